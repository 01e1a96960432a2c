//! Measures from inside what calls into WASI cost. Prints a line `name value unit` for each; the smallest mean of
//! several rounds, since whatever else the machine does only adds. Bindings are used as any program would: what they
//! allocate in the guest is part of the figure.
//!
//! usage: wasi_calls --only PREFIX    which of them; all of them where PREFIX is empty
wit_bindgen::generate!({
    path: "wit",
    world: "wasi-calls",
    generate_all,
});

use std::hint::black_box;
use wasi::cli::{environment, stdout};
use wasi::clocks::monotonic_clock;
use wasi::io::poll;
use wasi::random::random;

// Short rounds, and many: some are not interrupted.
const ROUNDS: u32 = 50;
const ROUND_NS: u64 = 1_000_000;

fn time(iterations: u64, call: &mut impl FnMut()) -> u64 {
    let start = monotonic_clock::now();
    for _ in 0..iterations {
        call();
    }
    monotonic_clock::now() - start
}

fn measure(only: &str, name: &str, mut call: impl FnMut()) {
    if !name.starts_with(only) {
        return;
    }
    let mut iterations = 16;
    while time(iterations, &mut call) < ROUND_NS {
        iterations *= 2;
    }
    let best = (0..ROUNDS).map(|_| time(iterations, &mut call)).min().unwrap();
    println!("{name} {:.1} ns", best as f64 / iterations as f64);
}

fn main() {
    let prefix = std::env::args().nth(2).unwrap_or_default();
    let only = prefix.as_str();
    measure(only, "resolution", || {
        black_box(monotonic_clock::resolution());
    });
    measure(only, "now", || {
        black_box(monotonic_clock::now());
    });
    measure(only, "get-random-u64", || {
        black_box(random::get_random_u64());
    });
    let output = stdout::get_stdout();
    measure(only, "check-write", || {
        black_box(output.check_write()).unwrap();
    });
    let ready: Vec<_> = (0..100).map(|_| monotonic_clock::subscribe_instant(0)).collect();
    measure(only, "ready", || {
        black_box(ready[0].ready());
    });
    let references: Vec<_> = ready.iter().collect();
    measure(only, "poll-1", || {
        black_box(poll::poll(&references[..1]));
    });
    measure(only, "poll-100", || {
        black_box(poll::poll(&references));
    });
    measure(only, "get-random-bytes-16", || {
        black_box(random::get_random_bytes(16));
    });
    measure(only, "get-random-bytes-64k", || {
        black_box(random::get_random_bytes(65536));
    });
    measure(only, "subscribe-drop", || {
        black_box(monotonic_clock::subscribe_instant(0));
    });
    measure(only, "get-arguments", || {
        black_box(environment::get_arguments());
    });
}
