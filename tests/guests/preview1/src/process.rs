//! Arguments, variables, clocks, random bytes, the end.
use crate::sys::*;

fn strings(
    sizes: unsafe extern "C" fn(u32, u32) -> i32,
    get: unsafe extern "C" fn(u32, u32) -> i32,
) -> Vec<Vec<u8>> {
    let (mut count, mut size) = (0u32, 0u32);
    assert_eq!(unsafe { sizes(out(&mut count), out(&mut size)) }, SUCCESS);
    let mut pointers = vec![0u32; count as usize];
    let mut buffer = vec![0xffu8; size as usize];
    assert_eq!(unsafe { get(out(&mut pointers[..]), out(&mut buffer[..])) }, SUCCESS);
    let base = buffer.as_ptr() as u32;
    pointers
        .iter()
        .map(|pointer| {
            let rest = &buffer[(pointer - base) as usize..];
            rest[..rest.iter().position(|byte| *byte == 0).expect("a NUL")].to_vec()
        })
        .collect()
}

fn arguments() {
    let all = strings(args_sizes_get, args_get);
    let expected: [&str; 5] = ["preview1.wasm", "arguments", "", "héllo 🌍", "--dir"];
    assert_eq!(all, expected.map(|text| text.as_bytes().to_vec()));
    assert_eq!(all, strings(args_sizes_get, args_get), "the same each time");
}

fn variables() {
    let all = strings(environ_sizes_get, environ_get);
    let expected = ["A=1", "EMPTY=", "UNI=é🌍", "EQ=a=b"];
    assert_eq!(all, expected.map(|text| text.as_bytes().to_vec()));
}

fn no_variables() {
    assert!(strings(environ_sizes_get, environ_get).is_empty());
}

fn clocks() {
    for id in 0..2 {
        let resolution = u64_at(&filled::<8>(|to| unsafe { clock_res_get(id, to) }).unwrap(), 0);
        assert!(resolution > 0 && resolution <= 1_000_000_000);
        let now = || u64_at(&filled::<8>(|to| unsafe { clock_time_get(id, 0, to) }).unwrap(), 0);
        let before = now();
        assert!(before > 0 && now() >= before);
    }
    // Those of the process are nobody's, and there are no others.
    for (id, error) in [(2, BADF), (3, BADF), (4, INVAL), (0x8000_0000, OVERFLOW)] {
        assert_eq!(filled::<8>(|to| unsafe { clock_res_get(id, to) }), Err(error));
        assert_eq!(filled::<8>(|to| unsafe { clock_time_get(id, 0, to) }), Err(error));
    }
}

fn random() {
    let [mut a, mut b] = [[0u8; 64]; 2];
    assert_eq!(unsafe { random_get(out(&mut a), 64) }, SUCCESS);
    assert_eq!(unsafe { random_get(out(&mut b), 64) }, SUCCESS);
    assert_ne!(a, b);
    assert_eq!(unsafe { random_get(at(&a), 0) }, SUCCESS);
}

fn yields() {
    assert_eq!(unsafe { sched_yield() }, SUCCESS);
}

fn signals() {
    for (signal, error) in [(0, NOTSUP), (9, NOTSUP), (30, NOTSUP), (31, INVAL), (256, OVERFLOW)] {
        assert_eq!(unsafe { proc_raise(signal) }, error);
    }
}

fn exit_with(status: u32) {
    unsafe { proc_exit(status) }
}

pub const CASES: &[crate::Case] = &[
    ("arguments", arguments),
    ("variables", variables),
    ("no-variables", no_variables),
    ("clocks", clocks),
    ("random", random),
    ("too-random", || {
        let mut buffer = vec![0u8; 2000];
        unsafe { random_get(out(&mut buffer[..]), 2000) };
    }),
    ("yields", yields),
    ("signals", signals),
    ("exit-0", || exit_with(0)),
    ("exit-3", || exit_with(3)),
    ("exit-125", || exit_with(125)),
    ("exit-126", || exit_with(126)),
    ("exit-huge", || exit_with(0xffff_ffff)),
];
