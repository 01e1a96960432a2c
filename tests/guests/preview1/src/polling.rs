//! poll_oneoff.
use crate::sys::*;

const CLOCK: u8 = 0;
pub const FD_READ: u8 = 1;
pub const FD_WRITE: u8 = 2;

#[repr(align(8))]
#[derive(Clone, Copy)]
#[allow(dead_code)] // The host reads it.
pub struct Subscription([u8; 48]);

fn clock(userdata: u64, id: u32, timeout: u64, flags: u16) -> Subscription {
    let mut bytes = [0xffu8; 48];
    bytes[0..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = CLOCK;
    bytes[16..20].copy_from_slice(&id.to_le_bytes());
    bytes[24..32].copy_from_slice(&timeout.to_le_bytes());
    bytes[40..42].copy_from_slice(&flags.to_le_bytes());
    Subscription(bytes)
}
pub fn descriptor(userdata: u64, tag: u8, fd: u32) -> Subscription {
    let mut bytes = [0xffu8; 48];
    bytes[0..8].copy_from_slice(&userdata.to_le_bytes());
    bytes[8] = tag;
    bytes[16..20].copy_from_slice(&fd.to_le_bytes());
    Subscription(bytes)
}

/// Userdata, type, bytes, flags of each event.
pub fn poll(subscriptions: &[Subscription]) -> Result<Vec<(u64, u8, u64, u16)>, i32> {
    let mut events = vec![[u64::MAX; 4]; subscriptions.len()];
    let mut count = 0u32;
    let result = unsafe {
        poll_oneoff(at(subscriptions), out(&mut events[..]), subscriptions.len() as u32, out(&mut count))
    };
    if result != SUCCESS {
        return Err(result);
    }
    let event = |words: &[u64; 4]| {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        assert_eq!(u16_at(&bytes, 8), 0, "error");
        assert_eq!((&bytes[11..16], &bytes[26..32]), (&[0u8; 5][..], &[0u8; 6][..]), "padding");
        (u64_at(&bytes, 0), bytes[10], u64_at(&bytes, 16), u16_at(&bytes, 24))
    };
    Ok(events[..count as usize].iter().map(event).collect())
}
fn now(id: u32) -> u64 {
    u64_at(&filled::<8>(|to| unsafe { clock_time_get(id, 0, to) }).unwrap(), 0)
}

const MILLISECOND: u64 = 1_000_000;

fn sleeping() {
    for (id, flags) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let begin = now(1);
        let timeout = 20 * MILLISECOND + if flags == 1 { now(id) } else { 0 };
        assert_eq!(poll(&[clock(7, id, timeout, flags)]), Ok(vec![(7, CLOCK, 0, 0)]));
        assert!(now(1) - begin >= 19 * MILLISECOND);
    }
    // The past is over; the first of several ends it, and all that are over by then are told.
    assert_eq!(poll(&[clock(1, 1, 1, 1)]).unwrap().len(), 1);
    assert_eq!(poll(&[clock(1, 0, 1, 1)]).unwrap().len(), 1);
    let both = poll(&[clock(1, 1, u64::MAX, 0), clock(2, 1, 0, 0), clock(3, 1, 0, 0)]).unwrap();
    assert_eq!(both.iter().map(|event| event.0).collect::<Vec<_>>(), [2, 3]);
}

fn files_are_ready() {
    let file = create("file");
    write(file, b"12345").unwrap();
    seek(file, 2, 0).unwrap();
    let subscriptions = [
        descriptor(1, FD_READ, file),
        descriptor(2, FD_WRITE, file),
        clock(3, 1, u64::MAX, 0),
        descriptor(4, FD_WRITE, 1),
    ];
    let events = poll(&subscriptions).unwrap();
    assert_eq!(events, [(1, FD_READ, 3, 0), (2, FD_WRITE, 1, 0), (4, FD_WRITE, 1, 0)]);
    seek(file, 0, 2).unwrap();
    assert_eq!(poll(&subscriptions[..1]), Ok(vec![(1, FD_READ, 0, 1)]));
}

fn input_comes() {
    // However often it is asked for, it is one condition.
    let mut subscriptions = vec![descriptor(1, FD_READ, 0); 100];
    subscriptions.push(clock(2, 1, 60_000 * MILLISECOND, 0));
    let events = poll(&subscriptions).unwrap();
    assert_eq!(events, vec![(1, FD_READ, 1, 0); 100]);
    assert_eq!(read(0, 10), Ok(b"late".to_vec()));
    assert_eq!(poll(&subscriptions[..1]), Ok(vec![(1, FD_READ, 1, 0)]));
    assert_eq!(read(0, 10), Ok(vec![]));
}

fn input_does_not_come() {
    let subscriptions = [descriptor(1, FD_READ, 0), clock(2, 1, 20 * MILLISECOND, 0)];
    for _ in 0..3 {
        assert_eq!(poll(&subscriptions), Ok(vec![(2, CLOCK, 0, 0)]));
    }
}

fn poll_errors() {
    let mut count = 0u32;
    assert_eq!(unsafe { poll_oneoff(8, 8, 0, out(&mut count)) }, INVAL);
    let reader = { create("file"); open("file", 0, READ).unwrap() };
    let writer = open("file", 0, WRITE).unwrap();
    for (subscription, error) in [
        (descriptor(1, FD_READ, NONE), BADF),
        (descriptor(1, FD_READ, WORK), BADF),
        (descriptor(1, FD_READ, 1), BADF),
        (descriptor(1, FD_WRITE, 0), BADF),
        (descriptor(1, FD_READ, writer), BADF),
        (descriptor(1, FD_WRITE, reader), BADF),
        (descriptor(1, 3, 0), INVAL),
        (clock(1, 2, 0, 0), INVAL),
        (clock(1, 9, 0, 0), INVAL),
        (clock(1, 1, 0, 2), INVAL),
    ] {
        assert_eq!(poll(&[clock(2, 1, 0, 0), subscription]), Err(error));
    }
}

fn wait_for_ever() {
    let _ = poll(&[clock(1, 1, u64::MAX, 0), descriptor(2, FD_READ, 0)]);
}

pub const CASES: &[crate::Case] = &[
    ("sleeping", sleeping),
    ("files-are-ready", files_are_ready),
    ("input-comes", input_comes),
    ("input-does-not-come", input_does_not_come),
    ("poll-errors", poll_errors),
    ("wait-for-ever", wait_for_ever),
    ("read-for-ever", || {
        let _ = read(0, 1);
    }),
];
