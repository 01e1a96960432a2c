//! wasi:cli but for the streams themselves.
use crate::wasi::cli::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("arguments", arguments),
    ("environment", environment_as_given),
    ("environment-large", environment_large),
    ("print-environment", || {
        for (name, value) in environment::get_environment() {
            println!("{name}={value}");
        }
    }),
    ("print-while-writing", print_while_writing),
    ("print-input", || {
        println!("{:?}", std::io::read_to_string(std::io::stdin()).unwrap())
    }),
    ("print-arguments", || println!("{:?}", environment::get_arguments())),
    ("initial-cwd", initial_cwd),
    ("print-initial-cwd", || println!("{:?}", environment::initial_cwd())),
    ("exit-ok", || exit::exit(Ok(()))),
    ("exit-error", || exit::exit(Err(()))),
    ("exit-with-code", exit_with_code),
    ("terminals-none", terminals_none),
    ("terminals-all", terminals_all),
    ("unreachable", || std::process::abort()),
    ("spin", || loop {
        std::hint::black_box(());
    }),
    ("grow-memory", grow_memory),
    ("recurse", || {
        std::hint::black_box(recurse(0));
    }),
];

/// While a file of the guest is open.
fn print_while_writing() {
    use std::io::Write;
    let mut file = std::fs::File::create("/work/file").unwrap();
    println!("to stdout");
    eprintln!("to stderr");
    file.write_all(b"content").unwrap();
}

fn arguments() {
    let expected = ["probe.wasm", "arguments", "", "h\u{e9}llo \u{1f30d}", "--dir"];
    for _ in 0..3 {
        assert_eq!(environment::get_arguments(), expected);
    }
}

fn environment_as_given() {
    let expected = [("A", "1"), ("EMPTY", ""), ("UNI", "\u{e9}\u{1f30d}"), ("EQ", "a=b")];
    for _ in 0..3 {
        let got = environment::get_environment();
        let got: Vec<(&str, &str)> = got.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(got, expected);
    }
}

/// 512 variables of 1 KiB.
fn environment_large() {
    let got = environment::get_environment();
    assert_eq!(got.len(), 512);
    for (index, (name, value)) in got.iter().enumerate() {
        assert_eq!(*name, format!("V{index}"));
        assert_eq!(value.len(), 1024);
        assert!(value.bytes().all(|byte| byte == b'v'));
    }
}

fn initial_cwd() {
    assert_eq!(environment::initial_cwd(), None);
}

fn exit_with_code() {
    let code = environment::get_arguments()[2].parse().unwrap();
    exit::exit_with_code(code);
}

fn terminals_none() {
    assert!(terminal_stdin::get_terminal_stdin().is_none());
    assert!(terminal_stdout::get_terminal_stdout().is_none());
    assert!(terminal_stderr::get_terminal_stderr().is_none());
}

fn terminals_all() {
    for _ in 0..2 {
        assert!(terminal_stdin::get_terminal_stdin().is_some());
        assert!(terminal_stdout::get_terminal_stdout().is_some());
        assert!(terminal_stderr::get_terminal_stderr().is_some());
    }
}

/// Takes a mebibyte at a time until the host says no.
fn grow_memory() {
    let mut pages = 0;
    while core::arch::wasm32::memory_grow(0, 16) != usize::MAX {
        pages += 16;
        assert!(pages <= 65536);
    }
    println!("{pages}");
}

/// Uses nothing but the stack of calls: no frame of it is in linear memory.
#[inline(never)]
fn recurse(depth: u64) -> u64 {
    static NEXT: fn(u64) -> u64 = recurse;
    let next = unsafe { std::ptr::read_volatile(&NEXT) };
    next(depth + 1) ^ depth
}
