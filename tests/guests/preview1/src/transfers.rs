//! Reading and writing: files, standard streams, offsets.
use crate::sys::*;

fn pread(fd: u32, iovs: &[Iovec], offset: u64) -> Result<u32, i32> {
    let mut count = 0u32;
    match unsafe { fd_pread(fd, at(iovs), iovs.len() as u32, offset, out(&mut count)) } {
        SUCCESS => Ok(count),
        error => Err(error),
    }
}
fn pwrite(fd: u32, bytes: &[u8], offset: u64) -> Result<u32, i32> {
    let mut count = 0u32;
    match unsafe { fd_pwrite(fd, at(&[piece(bytes)]), 1, offset, out(&mut count)) } {
        SUCCESS => Ok(count),
        error => Err(error),
    }
}
fn tell(fd: u32) -> Result<u64, i32> {
    filled::<8>(|to| unsafe { fd_tell(fd, to) }).map(|bytes| u64_at(&bytes, 0))
}
fn writev(fd: u32, iovs: &[Iovec]) -> Result<u32, i32> {
    let mut count = 0u32;
    match unsafe { fd_write(fd, at(iovs), iovs.len() as u32, out(&mut count)) } {
        SUCCESS => Ok(count),
        error => Err(error),
    }
}
fn readv(fd: u32, iovs: &[Iovec]) -> Result<u32, i32> {
    let mut count = 0u32;
    match unsafe { fd_read(fd, at(iovs), iovs.len() as u32, out(&mut count)) } {
        SUCCESS => Ok(count),
        error => Err(error),
    }
}

fn files() {
    let file = create("file");
    assert_eq!(write(file, b"hello"), Ok(5));
    assert_eq!(tell(file), Ok(5));
    assert_eq!(read(file, 5), Ok(vec![]));
    assert_eq!(seek(file, 1, 0), Ok(1));
    assert_eq!(read(file, 2), Ok(b"el".to_vec()));
    assert_eq!(read(file, 100), Ok(b"lo".to_vec()));
    assert_eq!(read(open("file", 0, WRITE).unwrap(), 1), Err(BADF));
    assert_eq!(write(open("file", 0, READ).unwrap(), b"x"), Err(BADF));
    for fd in [WORK, NONE, 1] {
        assert_eq!(read(fd, 1), Err(BADF));
    }
    for fd in [WORK, NONE, 0] {
        assert_eq!(write(fd, b"x"), Err(BADF));
    }
}

fn pieces() {
    let file = create("file");
    // The address of an empty piece is not looked at.
    let empty = [OUTSIDE, 0];
    let iovs = [piece(b"one, "), empty, piece(b"two, "), piece(b""), piece(b"three")];
    assert_eq!(writev(file, &iovs), Ok(15));
    assert_eq!(contents("file"), b"one, two, three");
    assert_eq!(writev(file, &[]), Ok(0));
    assert_eq!(writev(file, &[empty, empty]), Ok(0));
    let (a, b, c) = ([b'x'; 4], [b'x'; 7], [b'x'; 8]);
    seek(file, 0, 0).unwrap();
    assert_eq!(readv(file, &[piece(&a), empty, piece(&b), piece(&c)]), Ok(15));
    assert_eq!((&a, &b, &c), (b"one,", b" two, t", b"hreexxxx"));
    assert_eq!(pread(file, &[piece(&a), piece(&b)], 5), Ok(10));
    assert_eq!((&a, &b), (b"two,", b" threet"));
    // More than the kernel takes at once: the rest is for the next call.
    let many = vec![piece(b"x"); 3000];
    assert_eq!(writev(create("many"), &many), Ok(1024));
    assert_eq!(readv(file, &[]), Ok(0));
}

fn offsets() {
    let file = create("file");
    assert_eq!(pwrite(file, b"xyz", 2), Ok(3));
    assert_eq!(tell(file), Ok(0));
    assert_eq!(contents("file"), b"\0\0xyz");
    let buffer = [0u8; 8];
    assert_eq!(pread(file, &[piece(&buffer)], 3), Ok(2));
    assert_eq!(&buffer[..2], b"yz");
    assert_eq!(pread(file, &[piece(&buffer)], 50), Ok(0));
    assert_eq!(pread(file, &[piece(&buffer)], u64::MAX), Err(INVAL));
    assert_eq!(pwrite(file, b"x", u64::MAX), Err(INVAL));
    assert!(matches!(pwrite(file, b"x", i64::MAX as u64), Err(INVAL | FBIG)));
    assert_eq!(pread(open("file", 0, WRITE).unwrap(), &[piece(&buffer)], 0), Err(BADF));
    assert_eq!(pwrite(open("file", 0, READ).unwrap(), b"x", 0), Err(BADF));
    for (fd, reading, writing) in [(0, SPIPE, BADF), (1, BADF, SPIPE), (WORK, BADF, BADF), (NONE, BADF, BADF)] {
        assert_eq!(pread(fd, &[piece(&buffer)], 0), Err(reading));
        assert_eq!(pwrite(fd, b"x", 0), Err(writing));
    }
}

fn seeking() {
    let file = create("file");
    write(file, b"0123456789").unwrap();
    assert_eq!(seek(file, 4, 0), Ok(4));
    assert_eq!(seek(file, 2, 1), Ok(6));
    assert_eq!(seek(file, -3, 2), Ok(7));
    assert_eq!(tell(file), Ok(7));
    assert_eq!(seek(file, 100, 2), Ok(110));
    assert_eq!(write(file, b"x"), Ok(1));
    assert_eq!(contents("file").len(), 111);
    for (offset, whence) in [(-1, 0), (-112, 1), (-112, 2), (i64::MIN, 1), (i64::MAX, 1), (0, 3)] {
        assert_eq!(seek(file, offset, whence), Err(INVAL), "{offset} {whence}");
    }
    assert_eq!(seek(file, 0, 256), Err(OVERFLOW));
    for (fd, error) in [(0, SPIPE), (1, SPIPE), (2, SPIPE), (WORK, BADF), (NONE, BADF)] {
        assert_eq!(seek(fd, 0, 1), Err(error));
        assert_eq!(tell(fd), Err(error));
    }
}

fn appending() {
    let file = open_with(WORK, 0, "file", CREAT, BOTH, APPEND).unwrap();
    let other = create("file");
    write(file, b"one").unwrap();
    assert_eq!(tell(file), Ok(3));
    write(other, b"ONE, ").unwrap();
    write(file, b"two").unwrap();
    assert_eq!(contents("file"), b"ONE, two");
    assert_eq!(tell(file), Ok(8));
    seek(file, 1, 0).unwrap();
    assert_eq!(read(file, 2), Ok(b"NE".to_vec()));
    // As Linux does it: not at the offset.
    assert_eq!(pwrite(file, b"!", 0), Ok(1));
    assert_eq!(tell(file), Ok(3));
    write(file, b"?").unwrap();
    assert_eq!(seek(file, -1, 1), Ok(9));
    assert_eq!(read(file, 9), Ok(b"?".to_vec()));
    assert_eq!(unsafe { fd_fdstat_set_flags(file, 0) }, SUCCESS);
    seek(file, 0, 0).unwrap();
    write(file, b"o").unwrap();
    assert_eq!(contents("file"), b"oNE, two!?");
}

// In the way of `cat`: all of it, in pieces of odd sizes.
fn copy() {
    loop {
        let bytes = read(0, 777).expect("standard input");
        if bytes.is_empty() {
            break;
        }
        assert_eq!(write(1, &bytes), Ok(bytes.len() as u32));
    }
}

fn input_that_waits() {
    let mut all = Vec::new();
    while all.len() < 5 {
        all.extend(read(0, 1).expect("a byte, sooner or later"));
    }
    assert_eq!(all, b"late!");
    assert_eq!(read(0, 1), Ok(vec![]));
}

fn input_that_does_not_wait() {
    assert_eq!(unsafe { fd_fdstat_set_flags(0, NONBLOCK) }, SUCCESS);
    assert_eq!(read(0, 1), Err(AGAIN));
    assert_eq!(read(0, 0), Ok(vec![]));
}

fn directory_as_input() {
    assert_eq!(read(0, 1), Err(ISDIR));
}

fn much_output() {
    let line = vec![b'x'; 100_000];
    for _ in 0..10 {
        assert_eq!(write(1, &line), Ok(100_000));
    }
    let part = vec![b'y'; 50_000];
    assert_eq!(writev(1, &[piece(&part), piece(&part[..1])]), Ok(50_001));
    assert_eq!(writev(1, &[piece(&part), piece(&part)]), Ok(100_000));
    unsafe { proc_exit(0) }
}

fn nobody_reads() {
    // There may be room for the first.
    let mut result = Ok(0);
    for _ in 0..3 {
        result = write(1, b"x");
    }
    assert_eq!(result, Err(PIPE));
}

// -S hostcall-fuel=1000
fn fuel() {
    let file = create("file");
    let many = vec![[0u32, 0]; 200];
    assert_eq!(writev(file, &many), Err(NOMEM));
    assert_eq!(readv(file, &many), Err(NOMEM));
    let large = vec![b'x'; 2000];
    assert_eq!(write(file, &large), Err(NOMEM));
    assert_eq!(pwrite(file, &large, 0), Err(NOMEM));
    assert_eq!(pread(file, &[piece(&large)], 0), Err(NOMEM));
    // What fits is done.
    assert_eq!(writev(file, &[piece(&large[..500]), piece(&large)]), Ok(500));
    let long = "x".repeat(2000);
    assert_eq!(open(&long, 0, READ), Err(NOMEM));
    let subscriptions = vec![0u8; 20 * 48];
    let events = vec![0u8; 20 * 32];
    let mut count = 0u32;
    let result = unsafe { poll_oneoff(at(&subscriptions[..]), at(&events[..]), 20, out(&mut count)) };
    assert_eq!(result, NOMEM);
}

fn pipes_with_names() {
    // Nobody reads it yet, and then somebody does.
    assert_eq!(open("fifo", 0, WRITE), Err(NXIO));
    let reader = open("fifo", 0, READ).unwrap();
    let writer = open("fifo", 0, WRITE).unwrap();
    assert_eq!(write(writer, b"through"), Ok(7));
    assert_eq!(read(reader, 100), Ok(b"through".to_vec()));
    let appender = open_with(WORK, 0, "fifo", 0, WRITE, APPEND).unwrap();
    assert_eq!(write(appender, b"again"), Ok(5));
    assert_eq!(read(reader, 100), Ok(b"again".to_vec()));
    let buffer = [0u8; 8];
    assert_eq!(pread(reader, &[piece(&buffer)], 0), Err(SPIPE));
    assert_eq!(pwrite(writer, b"x", 0), Err(SPIPE));
}


pub const CASES: &[crate::Case] = &[
    ("files", files),
    ("pieces", pieces),
    ("offsets", offsets),
    ("seeking", seeking),
    ("appending", appending),
    ("copy", copy),
    ("input-that-waits", input_that_waits),
    ("input-that-does-not-wait", input_that_does_not_wait),
    ("directory-as-input", directory_as_input),
    ("much-output", much_output),
    ("nobody-reads", nobody_reads),
    ("fuel", fuel),
    ("pipes-with-names", pipes_with_names),
];
