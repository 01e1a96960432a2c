//! wasi:io/{streams,error}, on the standard streams and on files.
use crate::files::{open, write_file};
use crate::wasi::cli::{stderr, stdin, stdout};
use crate::wasi::filesystem::types::{filesystem_error_code, ErrorCode};
use crate::wasi::io::poll::poll;
use crate::wasi::io::streams::{InputStream, OutputStream, StreamError};
use crate::Case;

pub const CASES: &[Case] = &[
    ("stdin-read", stdin_read),
    ("stdin-blocking-read", stdin_blocking_read),
    ("stdin-skip", stdin_skip),
    ("stdin-blocking-skip", stdin_blocking_skip),
    ("stdin-end", stdin_end),
    ("stdin-not-ready", stdin_not_ready),
    ("stdin-directory", stdin_directory),
    ("stdin-directory-read", || stdin_fails(|input| input.read(10).map(|_| ()))),
    ("stdin-directory-skip", || stdin_fails(|input| input.skip(10).map(|_| ()))),
    ("stdin-directory-blocking-skip", || stdin_fails(|input| input.blocking_skip(10).map(|_| ()))),
    ("stdin-busy-read", stdin_busy_read),
    ("stdin-unread", || {}),
    ("stdout-write", stdout_write),
    ("stdout-prompt", stdout_prompt),
    ("stdout-write-zeroes", stdout_write_zeroes),
    ("stdout-closed", stdout_closed),
    ("stdout-closed-write", stdout_closed_write),
    ("stdout-large", stdout_large),
    ("stdout-dropped", stdout_dropped),
    ("stderr-write", stderr_write),
    ("flush", flush),
    ("splice", splice),
    ("splice-closed", splice_closed),
    ("splice-file-to-file", splice_file_to_file),
    ("blocking-splice", blocking_splice),
    ("file-streams", file_streams),
    ("file-stream-end", file_stream_end),
    ("file-stream-error", file_stream_error),
    ("file-stream-errors", file_stream_errors),
    ("permit-exceeded", || {
        let out = stdout::get_stdout();
        let permit = out.check_write().unwrap();
        let _ = out.write(&vec![b'x'; permit as usize + 1]);
    }),
    ("permit-missing", || {
        let _ = stdout::get_stdout().write(b"x");
    }),
    ("permit-used-up", || {
        let out = stdout::get_stdout();
        let permit = out.check_write().unwrap();
        out.write(&vec![b'x'; permit as usize]).unwrap();
        let _ = out.write(b"x");
    }),
    ("write-zeroes-beyond-permit", || {
        let out = stdout::get_stdout();
        let permit = out.check_write().unwrap();
        let _ = out.write_zeroes(permit + 1);
    }),
    ("blocking-write-beyond-4096", || {
        let _ = stdout::get_stdout().blocking_write_and_flush(&[b'x'; 4097]);
    }),
    ("blocking-write-zeroes-beyond-4096", || {
        let _ = stdout::get_stdout().blocking_write_zeroes_and_flush(4097);
    }),
];

fn closed<T: std::fmt::Debug>(result: Result<T, StreamError>) {
    assert!(matches!(result, Err(StreamError::Closed)), "{result:?}");
}

/// The whole input, as a program would read it.
fn read_to_end(stream: &InputStream) -> Vec<u8> {
    let mut all = vec![];
    loop {
        match stream.blocking_read(65536) {
            Ok(bytes) => {
                assert!(!bytes.is_empty());
                all.extend(bytes);
            }
            Err(StreamError::Closed) => return all,
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn stdin_read() {
    let input = stdin::get_stdin();
    assert_eq!(input.read(0).unwrap(), []);
    input.subscribe().block();
    assert_eq!(input.read(3).unwrap(), b"hel");
    input.subscribe().block();
    assert_eq!(input.read(u64::MAX).unwrap(), b"lo\n");
    loop {
        match input.read(10) {
            Ok(bytes) => assert_eq!(bytes, []),
            Err(error) => return closed::<()>(Err(error)),
        }
        input.subscribe().block();
    }
}

fn stdin_blocking_read() {
    let input = stdin::get_stdin();
    assert_eq!(input.blocking_read(0).unwrap_or_default(), []);
    assert_eq!(input.blocking_read(2).unwrap(), b"he");
    assert_eq!(input.blocking_read(100).unwrap(), b"llo\n");
    closed(input.blocking_read(1));
    closed(input.blocking_read(0));
}

fn stdin_skip() {
    let input = stdin::get_stdin();
    input.subscribe().block();
    assert_eq!(input.skip(2).unwrap(), 2);
    assert_eq!(input.skip(0).unwrap(), 0);
    assert_eq!(input.blocking_read(100).unwrap(), b"llo\n");
    loop {
        match input.skip(10) {
            Ok(count) => assert_eq!(count, 0),
            Err(error) => return closed::<()>(Err(error)),
        }
        input.subscribe().block();
    }
}

fn stdin_blocking_skip() {
    let input = stdin::get_stdin();
    assert_eq!(input.blocking_skip(4).unwrap(), 4);
    assert_eq!(input.blocking_read(100).unwrap(), b"o\n");
    closed(input.blocking_skip(1));
}

/// Nothing comes, and it is over at once.
fn stdin_end() {
    let input = stdin::get_stdin();
    let pollable = input.subscribe();
    pollable.block();
    assert!(pollable.ready());
    closed(input.blocking_read(1));
    closed(input.read(1));
    closed(input.read(0));
    closed(input.skip(1));
    closed(input.blocking_skip(1));
    assert!(pollable.ready());
}

/// stdin is open and silent.
fn stdin_not_ready() {
    let input = stdin::get_stdin();
    for _ in 0..10 {
        assert_eq!(input.read(10).unwrap(), []);
        assert_eq!(input.skip(10).unwrap(), 0);
        assert!(!input.subscribe().ready());
    }
}

fn stdin_directory() {
    let input = stdin::get_stdin();
    input.subscribe().block();
    match input.blocking_read(10) {
        Err(StreamError::LastOperationFailed(error)) => {
            assert_eq!(filesystem_error_code(&error), Some(ErrorCode::IsDirectory));
            assert!(!error.to_debug_string().is_empty());
        }
        other => panic!("{other:?}"),
    }
    // An error is told once.
    closed(input.blocking_read(10));
    closed(input.read(10));
}

/// stdin is a directory: each way to read it says so once.
fn stdin_fails(operation: fn(&InputStream) -> Result<(), StreamError>) {
    let input = stdin::get_stdin();
    input.subscribe().block();
    match operation(&input) {
        Err(StreamError::LastOperationFailed(error)) => {
            assert_eq!(filesystem_error_code(&error), Some(ErrorCode::IsDirectory));
        }
        other => panic!("{other:?}"),
    }
    closed(operation(&input));
}

/// Reading in a loop without ever blocking ends when the bytes come.
fn stdin_busy_read() {
    let input = stdin::get_stdin();
    let mut all = vec![];
    loop {
        match input.read(100) {
            Ok(bytes) => all.extend(bytes),
            Err(error) => {
                closed::<()>(Err(error));
                break;
            }
        }
    }
    assert_eq!(all, b"late\n");
}

fn stdout_write() {
    let out = stdout::get_stdout();
    out.subscribe().block();
    let permit = out.check_write().unwrap();
    assert!(permit > 0);
    out.write(b"one ").unwrap();
    out.flush().unwrap();
    out.subscribe().block();
    assert!(out.check_write().unwrap() > 0);
    out.write(b"").unwrap();
    out.blocking_write_and_flush(b"two ").unwrap();
    out.blocking_write_and_flush(b"").unwrap();
    out.blocking_write_and_flush(&[b'4'; 4096]).unwrap();
    out.blocking_write_and_flush(b"\n").unwrap();
    // Two handles of one stream do not get in each other's way.
    stdout::get_stdout().blocking_write_and_flush(b"three\n").unwrap();
}

/// A prompt without a newline is out before the answer is read.
fn stdout_prompt() {
    stdout::get_stdout().blocking_write_and_flush(b"name? ").unwrap();
    let name = read_to_end(&stdin::get_stdin());
    assert_eq!(name, b"late\n");
}

fn stdout_write_zeroes() {
    let out = stdout::get_stdout();
    assert!(out.check_write().unwrap() >= 3);
    out.write_zeroes(3).unwrap();
    out.blocking_flush().unwrap();
    out.blocking_write_zeroes_and_flush(4096).unwrap();
    out.blocking_write_zeroes_and_flush(0).unwrap();
}

/// Until the reader is found gone; from then on everything is closed, and nothing traps.
fn until_closed(out: &OutputStream, operation: impl Fn() -> Result<(), StreamError>) {
    for _ in 0..100 {
        if let Err(error) = operation() {
            return closed::<()>(Err(error));
        }
        out.subscribe().block();
    }
    panic!("never closed");
}

fn stdout_closed() {
    let out = stdout::get_stdout();
    until_closed(&out, || out.blocking_write_and_flush(b"nobody reads this\n"));
    closed(out.blocking_write_and_flush(b"x"));
    closed(out.check_write());
    closed(out.flush());
    closed(out.blocking_flush());
    closed(out.blocking_write_zeroes_and_flush(1));
    assert!(out.subscribe().ready());
    eprintln!("closed");
    std::process::exit(0);
}

/// The permit is given before anybody knows; the write finds out.
fn stdout_closed_write() {
    let writes: [fn(&OutputStream) -> Result<(), StreamError>; 2] =
        [|out| out.write(b"nobody"), |out| out.write_zeroes(3)];
    for write in writes {
        let out = stdout::get_stdout();
        assert!(out.check_write().unwrap() > 0);
        closed(write(&out));
        closed(out.check_write());
    }
    eprintln!("closed");
    std::process::exit(0);
}

/// More than a pipe holds.
fn stdout_large() {
    let out = stdout::get_stdout();
    let mut left = 1_000_000usize;
    while left > 0 {
        out.subscribe().block();
        let permit = out.check_write().unwrap() as usize;
        assert!(permit > 0);
        let count = permit.min(left);
        out.write(&vec![b'a'; count]).unwrap();
        left -= count;
    }
    out.blocking_flush().unwrap();
    out.blocking_write_and_flush(b"\n").unwrap();
}

/// What was accepted is written, although nobody flushed: the stream is dropped with more than the pipe holds.
fn stdout_dropped() {
    let out = stdout::get_stdout();
    for _ in 0..20 {
        out.subscribe().block();
        let permit = out.check_write().unwrap();
        assert!(permit >= 4096);
        out.write(&vec![b'd'; permit.min(65536) as usize]).unwrap();
    }
    drop(out);
    let out = stdout::get_stdout();
    assert!(out.check_write().unwrap() > 0);
    out.write(b"end").unwrap();
    drop(out);
    std::process::exit(0);
}

fn stderr_write() {
    stderr::get_stderr().blocking_write_and_flush(b"to stderr\n").unwrap();
}

fn flush() {
    let out = stdout::get_stdout();
    for _ in 0..10 {
        out.flush().unwrap();
        out.subscribe().block();
        // What a flush was asked for before may come back late, but it comes back.
        assert!(out.check_write().unwrap() > 0);
        out.blocking_flush().unwrap();
    }
}

fn splice() {
    let (input, out) = (stdin::get_stdin(), stdout::get_stdout());
    let mut total = 0;
    loop {
        poll(&[&input.subscribe()]);
        poll(&[&out.subscribe()]);
        match out.splice(&input, 2) {
            Ok(count) => {
                assert!(count <= 2);
                total += count;
            }
            Err(error) => {
                closed::<()>(Err(error));
                break;
            }
        }
    }
    assert_eq!(total, 6);
    out.blocking_flush().unwrap();
}

fn splice_closed() {
    let (input, out) = (stdin::get_stdin(), stdout::get_stdout());
    closed(out.blocking_splice(&input, 10));
    closed(out.splice(&input, 10));
    // The sink is as it was.
    out.blocking_write_and_flush(b"still open\n").unwrap();
}

fn blocking_splice() {
    let (input, out) = (stdin::get_stdin(), stdout::get_stdout());
    let mut total = 0;
    while total < 5 {
        total += out.blocking_splice(&input, 1000).unwrap();
    }
    assert_eq!(total, 5);
    closed(out.blocking_splice(&input, 1000));
}

fn splice_file_to_file() {
    let content: Vec<u8> = (0..300_000u32).map(|i| (i * 7 % 251) as u8).collect();
    write_file("from", &content);
    let source = open("from").read_via_stream(0).unwrap();
    let target_file = crate::files::create("to");
    let target = target_file.write_via_stream(0).unwrap();
    loop {
        match target.blocking_splice(&source, u64::MAX) {
            Ok(count) => assert!(count > 0),
            Err(error) => {
                closed::<()>(Err(error));
                break;
            }
        }
    }
    target.blocking_flush().unwrap();
    drop(target);
    assert_eq!(crate::files::read_all(&open("to")), content);
}

fn file_streams() {
    let content: Vec<u8> = (0..200_000u32).map(|i| (i % 253) as u8).collect();
    let file = crate::files::create("streamed");
    let out = file.write_via_stream(0).unwrap();
    for chunk in content.chunks(4096) {
        out.blocking_write_and_flush(chunk).unwrap();
    }
    assert!(out.check_write().unwrap() > 0);
    out.write(b"tail").unwrap();
    out.blocking_flush().unwrap();
    drop(out);
    let input = open("streamed").read_via_stream(100_000).unwrap();
    let mut expected = content[100_000..].to_vec();
    expected.extend(b"tail");
    assert_eq!(read_to_end(&input), expected);
    // Skipping counts like reading.
    let input = open("streamed").read_via_stream(0).unwrap();
    let mut skipped = 0;
    while skipped < 1000 {
        skipped += input.blocking_skip(1000 - skipped).unwrap();
    }
    assert_eq!(input.blocking_read(4).unwrap(), content[1000..1004]);
    // A hole is zeros.
    let sparse = crate::files::create("sparse");
    let out = sparse.write_via_stream(10).unwrap();
    out.blocking_write_and_flush(b"x").unwrap();
    out.blocking_write_zeroes_and_flush(3).unwrap();
    drop(out);
    assert_eq!(crate::files::read_all(&open("sparse")), b"\0\0\0\0\0\0\0\0\0\0x\0\0\0");
    // Appending goes to the end, wherever that is by then.
    let out = open_append("sparse");
    out.blocking_write_and_flush(b"end").unwrap();
    drop(out);
    assert_eq!(crate::files::read_all(&open("sparse")), b"\0\0\0\0\0\0\0\0\0\0x\0\0\0end");
}

fn open_append(path: &str) -> OutputStream {
    crate::files::open_for_writing(path).append_via_stream().unwrap()
}

fn file_stream_end() {
    write_file("short", b"abc");
    let input = open("short").read_via_stream(0).unwrap();
    assert_eq!(read_to_end(&input), b"abc");
    closed(input.read(1));
    closed(input.read(0));
    closed(input.skip(1));
    assert!(input.subscribe().ready());
    let beyond = open("short").read_via_stream(100).unwrap();
    closed(beyond.blocking_read(1));
}

/// A write that the kernel refuses: an offset that no file reaches.
fn file_stream_error() {
    let file = crate::files::create("refusing");
    let out = file.write_via_stream(i64::MAX as u64 - 10).unwrap();
    let error = match out.blocking_write_and_flush(&[1; 100]) {
        Err(StreamError::LastOperationFailed(error)) => error,
        other => panic!("{other:?}"),
    };
    let code = filesystem_error_code(&error);
    assert!(matches!(code, Some(ErrorCode::FileTooLarge | ErrorCode::Invalid)), "{code:?}");
    assert!(!error.to_debug_string().is_empty());
    closed(out.blocking_write_and_flush(b"x"));
    closed(out.check_write());
}

/// Each way to write tells of the refusal, once.
fn file_stream_errors() {
    write_file("source", b"abc");
    let file = crate::files::create("refusing");
    let source = open("source");
    let writes: [&dyn Fn(&OutputStream) -> Result<(), StreamError>; 5] = [
        &|out| out.write(&[1; 100]),
        &|out| out.write_zeroes(100),
        &|out| out.blocking_write_zeroes_and_flush(100),
        &|out| out.splice(&source.read_via_stream(0).unwrap(), 3).map(|_| ()),
        &|out| out.blocking_splice(&source.read_via_stream(0).unwrap(), 3).map(|_| ()),
    ];
    for write in writes {
        let out = file.write_via_stream(i64::MAX as u64 - 1).unwrap();
        assert!(out.check_write().unwrap() > 0);
        match write(&out) {
            Err(StreamError::LastOperationFailed(error)) => {
                assert!(filesystem_error_code(&error).is_some());
            }
            other => panic!("{other:?}"),
        }
        closed(out.check_write());
    }
}
