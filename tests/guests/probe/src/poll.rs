//! wasi:io/poll, and the rules for handles that hold for every resource.
use crate::wasi::cli::{stdin, stdout};
use crate::wasi::clocks::monotonic_clock::{now, subscribe_duration, subscribe_instant};
use crate::wasi::io::poll::{poll, Pollable};
use crate::wasi::io::streams::{InputStream, OutputStream};
use crate::Case;

pub const CASES: &[Case] = &[
    ("poll-ready", poll_ready),
    ("poll-waits", poll_waits),
    ("poll-duplicates", poll_duplicates),
    ("poll-many", poll_many),
    ("poll-again", poll_again),
    ("poll-stdin", poll_stdin),
    ("poll-empty", || {
        poll(&[]);
    }),
    ("handle-zero", || unsafe {
        let _ = Pollable::from_handle(0).ready();
    }),
    ("handle-unknown", || unsafe {
        let _ = Pollable::from_handle(12345).ready();
    }),
    ("handle-of-another-type", || unsafe {
        let stream = stdin::get_stdin();
        let _ = OutputStream::from_handle(stream.handle()).check_write();
    }),
    ("handle-dropped-twice", || unsafe {
        let pollable = subscribe_duration(0);
        drop(Pollable::from_handle(pollable.handle()));
        drop(pollable);
    }),
    ("parent-dropped-first", || {
        let stream = stdout::get_stdout();
        let _pollable = stream.subscribe();
        drop(stream);
    }),
    ("parent-dropped-first-input", || {
        let stream = stdin::get_stdin();
        let _pollable = stream.subscribe();
        drop(stream);
    }),
    ("handles-are-reused", handles_are_reused),
    ("handles-without-end", || loop {
        std::mem::forget(subscribe_duration(0));
    }),
];

fn poll_ready() {
    let past = subscribe_instant(0);
    let never = subscribe_duration(u64::MAX);
    assert_eq!(poll(&[&never, &past, &never]), [1]);
    assert!(past.ready());
    assert!(!never.ready());
    past.block();
}

fn poll_waits() {
    let start = now();
    let (short, long) = (subscribe_duration(10_000_000), subscribe_duration(60_000_000_000));
    assert_eq!(poll(&[&long, &short]), [1]);
    assert!(now() - start >= 10_000_000);
    assert!(!long.ready());
}

fn poll_duplicates() {
    let ready = subscribe_duration(0);
    let mut indices = poll(&[&ready, &ready, &ready]);
    indices.sort();
    assert_eq!(indices, [0, 1, 2]);
}

fn poll_many() {
    let pollables: Vec<Pollable> = (0..1000).map(|_| subscribe_duration(0)).collect();
    let list: Vec<&Pollable> = pollables.iter().collect();
    let mut indices = poll(&list);
    indices.sort();
    assert_eq!(indices, (0..1000).collect::<Vec<u32>>());
}

/// A pollable is a condition: it can be waited for again.
fn poll_again() {
    let pollable = subscribe_duration(1_000_000);
    for _ in 0..3 {
        assert_eq!(poll(&[&pollable]), [0]);
        pollable.block();
        assert!(pollable.ready());
    }
}

/// stdin gets its bytes later, or never: the timer decides; then they come.
fn poll_stdin() {
    let input: InputStream = stdin::get_stdin();
    let readable = input.subscribe();
    let timer = subscribe_duration(1_000_000);
    assert!(poll(&[&readable, &timer]).contains(&1));
    readable.block();
    assert_eq!(input.read(100).unwrap(), b"late\n");
}

fn handles_are_reused() {
    let first = subscribe_duration(0);
    let index = first.handle();
    drop(first);
    for _ in 0..100_000 {
        assert_eq!(subscribe_duration(0).handle(), index);
    }
}
