//! wasi:random.
use crate::wasi::random::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("random", secure),
    ("random-insecure", insecure_numbers),
    ("random-seed", seed),
    ("random-at-limit", || {
        assert_eq!(random::get_random_bytes(1000).len(), 1000);
        assert_eq!(insecure::get_insecure_random_bytes(1000).len(), 1000);
    }),
    ("random-beyond-limit", || {
        random::get_random_bytes(1001);
    }),
    ("random-insecure-beyond-limit", || {
        insecure::get_insecure_random_bytes(1001);
    }),
    ("random-beyond-everything", || {
        random::get_random_bytes(u64::MAX);
    }),
];

/// Every bit occurs in both states, and nothing comes twice.
fn check(bytes: fn(u64) -> Vec<u8>, number: fn() -> u64) {
    assert_eq!(bytes(0), []);
    for size in [1, 7, 256, 4096, 65536, 1 << 20] {
        assert_eq!(bytes(size).len() as u64, size);
    }
    let many = bytes(1000);
    assert_eq!(many.iter().fold(0, |any, byte| any | byte), 0xff);
    assert_eq!(many.iter().fold(0xff, |all, byte| all & byte), 0);
    assert_ne!(bytes(32), bytes(32));
    assert_ne!(number(), number());
}

fn secure() {
    check(random::get_random_bytes, random::get_random_u64);
}

fn insecure_numbers() {
    check(insecure::get_insecure_random_bytes, insecure::get_insecure_random_u64);
}

fn seed() {
    let (low, high) = insecure_seed::insecure_seed();
    assert!(low != 0 || high != 0);
}
