//! wasi:clocks.
use crate::wasi::clocks::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("monotonic", monotonic),
    ("subscribe-duration", subscribe_duration),
    ("subscribe-instant", subscribe_instant),
    ("subscribe-never", subscribe_never),
    ("wall", wall),
    ("timezone", timezone_of_the_host),
    ("timezone-beyond", timezone_beyond),
    ("sleep-long", || {
        monotonic_clock::subscribe_duration(3_600_000_000_000).block();
    }),
];

fn monotonic() {
    let mut last = monotonic_clock::now();
    for _ in 0..100 {
        let now = monotonic_clock::now();
        assert!(now >= last);
        last = now;
    }
    assert!(monotonic_clock::resolution() > 0);
}

fn subscribe_duration() {
    // Ready at once, and without blocking.
    let zero = monotonic_clock::subscribe_duration(0);
    assert!((0..20).any(|_| zero.ready()));
    let start = monotonic_clock::now();
    let wait = monotonic_clock::subscribe_duration(20_000_000);
    assert!(!wait.ready());
    wait.block();
    assert!(monotonic_clock::now() - start >= 20_000_000);
    // A condition, not an event.
    assert!(wait.ready());
    wait.block();
    // Asking again and again without blocking ends, too.
    let busy = monotonic_clock::subscribe_duration(1_000_000);
    while !busy.ready() {}
}

fn subscribe_instant() {
    let now = monotonic_clock::now();
    assert!(monotonic_clock::subscribe_instant(0).ready());
    assert!(monotonic_clock::subscribe_instant(now).ready());
    let later = monotonic_clock::subscribe_instant(now + 20_000_000);
    later.block();
    assert!(monotonic_clock::now() >= now + 20_000_000);
}

fn subscribe_never() {
    assert!(!monotonic_clock::subscribe_duration(u64::MAX).ready());
    assert!(!monotonic_clock::subscribe_instant(u64::MAX).ready());
}

fn wall() {
    let first = wall_clock::now();
    assert!(first.seconds > 1_700_000_000);
    assert!(first.nanoseconds < 1_000_000_000);
    let second = wall_clock::now();
    assert!((second.seconds, second.nanoseconds) >= (first.seconds, first.nanoseconds));
    let resolution = wall_clock::resolution();
    assert!(resolution.seconds > 0 || resolution.nanoseconds > 0);
}

/// With TZ=AAA-1BBB,M3.5.0,M10.5.0.
fn timezone_of_the_host() {
    let january = wall_clock::Datetime { seconds: 1_736_942_400, nanoseconds: 0 };
    let july = wall_clock::Datetime { seconds: 1_752_580_800, nanoseconds: 999_999_999 };
    let winter = timezone::display(january);
    assert_eq!((winter.utc_offset, winter.name.as_str()), (3600, "AAA"));
    assert!(!winter.in_daylight_saving_time);
    let summer = timezone::display(july);
    assert_eq!((summer.utc_offset, summer.name.as_str()), (7200, "BBB"));
    assert!(summer.in_daylight_saving_time);
    assert_eq!(timezone::utc_offset(january), 3600);
    assert_eq!(timezone::utc_offset(july), 7200);
}

fn timezone_beyond() {
    let never = wall_clock::Datetime { seconds: u64::MAX, nanoseconds: u32::MAX };
    let utc = timezone::display(never);
    assert_eq!((utc.utc_offset, utc.name.as_str()), (0, "UTC"));
    assert!(!utc.in_daylight_saving_time);
    assert_eq!(timezone::utc_offset(never), 0);
}
