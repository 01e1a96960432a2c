//! What a descriptor stands for, and what may be done with it as a whole.
use crate::sys::*;

const DIRECTORY_TYPE: u8 = 3;
const FILE_TYPE: u8 = 4;

fn fdstat(fd: u32) -> Result<[u8; 24], i32> {
    filled::<24>(|to| unsafe { fd_fdstat_get(fd, to) })
}
fn filestat(fd: u32) -> Result<[u8; 64], i32> {
    filled::<64>(|to| unsafe { fd_filestat_get(fd, to) })
}
fn close(fd: u32) {
    assert_eq!(unsafe { fd_close(fd) }, SUCCESS);
}

fn fdstat_get() {
    let file = create("file");
    let stat = fdstat(file).unwrap();
    assert_eq!((stat[0], stat[1], u16_at(&stat, 2), u32_at(&stat, 4)), (FILE_TYPE, 0, 0, 0));
    assert_eq!(u64_at(&stat, 8), (1 << 30) - 1);
    assert_eq!(u64_at(&stat, 16), (1 << 30) - 1);
    let reader = open("file", 0, READ).unwrap();
    assert_eq!(u64_at(&fdstat(reader).unwrap(), 8) & BOTH, READ);
    let writer = open("file", 0, WRITE).unwrap();
    assert_eq!(u64_at(&fdstat(writer).unwrap(), 8) & BOTH, WRITE);
    for flags in [APPEND, NONBLOCK, APPEND | NONBLOCK] {
        let fd = open_with(WORK, 0, "file", 0, BOTH, flags).unwrap();
        assert_eq!(u32::from(u16_at(&fdstat(fd).unwrap(), 2)), flags);
        close(fd);
    }
    for flags in [2, 8, 16] {
        assert_eq!(open_with(WORK, 0, "file", 0, BOTH, flags), Err(NOTSUP));
    }
    for directory in [WORK, READ_ONLY, open(".", DIRECTORY, 0).unwrap()] {
        let stat = fdstat(directory).unwrap();
        assert_eq!((stat[0], u16_at(&stat, 2)), (DIRECTORY_TYPE, 0));
        assert_eq!(u64_at(&stat, 8) & (1 << 2), 0, "no directory is sought in");
    }
    // Where the standard streams lead is not said.
    for (fd, rights) in [(0, READ), (1, WRITE), (2, WRITE)] {
        let stat = fdstat(fd).unwrap();
        assert_eq!((stat[0], u64_at(&stat, 8)), (0, rights));
    }
    assert_eq!(fdstat(NONE), Err(BADF));
}

fn terminals() {
    for fd in 0..3 {
        assert_eq!(fdstat(fd).unwrap()[0], 2, "a character device");
        assert_eq!(filestat(fd).unwrap()[16], 2);
    }
}

fn set_flags() {
    let file = create("file");
    let set = |fd, flags| unsafe { fd_fdstat_set_flags(fd, flags) };
    assert_eq!(set(file, APPEND | NONBLOCK), SUCCESS);
    assert_eq!(u16_at(&fdstat(file).unwrap(), 2), 5);
    assert_eq!(set(file, 0), SUCCESS);
    assert_eq!(u16_at(&fdstat(file).unwrap(), 2), 0);
    for flags in [2, 8, 16, 32] {
        assert_eq!(set(file, flags), INVAL);
    }
    assert_eq!(set(file, 0x10000), OVERFLOW);
    assert_eq!(set(0, NONBLOCK), SUCCESS);
    assert_eq!(u16_at(&fdstat(0).unwrap(), 2), 4);
    assert_eq!(set(WORK, 0), BADF);
    assert_eq!(set(NONE, 0), BADF);
}

fn set_rights() {
    let file = create("file");
    let set = |fd, rights| unsafe { fd_fdstat_set_rights(fd, rights, rights) };
    assert_eq!(set(file, READ), NOTSUP);
    assert_eq!(set(WORK, READ), NOTSUP);
    assert_eq!(set(file, 1 << 30), INVAL);
    assert_eq!(set(file, 1 << 63), OVERFLOW);
    assert_eq!(set(0, READ), BADF);
    assert_eq!(set(NONE, READ), BADF);
}

fn filestat_get() {
    let file = create("file");
    write(file, b"12345").unwrap();
    let stat = filestat(file).unwrap();
    let again = filestat(open("file", 0, READ).unwrap()).unwrap();
    assert_eq!(stat[..40], again[..40], "the same file has the same device and inode");
    assert_eq!((stat[16], &stat[17..24]), (FILE_TYPE, &[0u8; 7][..]));
    assert_eq!((u64_at(&stat, 24), u64_at(&stat, 32)), (1, 5));
    for time in [40, 48, 56] {
        assert!(u64_at(&stat, time) > 1_600_000_000_000_000_000);
    }
    let other = filestat(create("other")).unwrap();
    assert_eq!(u64_at(&stat, 0), u64_at(&other, 0));
    assert_ne!(u64_at(&stat, 8), u64_at(&other, 8));
    assert_eq!(filestat(WORK).unwrap()[16], DIRECTORY_TYPE);
    assert_eq!(filestat(0).unwrap(), [0; 64]);
    assert_eq!(filestat(NONE), Err(BADF));
}

fn set_size() {
    let file = create("file");
    let set = |fd, size| unsafe { fd_filestat_set_size(fd, size) };
    write(file, b"12345").unwrap();
    assert_eq!(set(file, 2), SUCCESS);
    assert_eq!(contents("file"), b"12");
    assert_eq!(set(file, 4), SUCCESS);
    assert_eq!(contents("file"), b"12\0\0");
    assert_eq!(set(file, u64::MAX), INVAL);
    assert_eq!(set(open("file", 0, READ).unwrap(), 0), INVAL);
    for fd in [0, WORK, NONE] {
        assert_eq!(set(fd, 0), BADF);
    }
}

fn set_times() {
    let file = create("file");
    let set = |fd, atim, mtim, flags| unsafe { fd_filestat_set_times(fd, atim, mtim, flags) };
    let times = || {
        let stat = filestat(file).unwrap();
        (u64_at(&stat, 40), u64_at(&stat, 48))
    };
    assert_eq!(set(file, 1_000_000_001, 2_000_000_002, 1 | 4), SUCCESS);
    assert_eq!(times(), (1_000_000_001, 2_000_000_002));
    assert_eq!(set(file, 7, 7, 0), SUCCESS);
    assert_eq!(times(), (1_000_000_001, 2_000_000_002));
    assert_eq!(set(file, 3, 0, 1 | 8), SUCCESS);
    assert!(times().0 == 3 && times().1 > 1_600_000_000_000_000_000);
    assert_eq!(set(file, 0, 4, 2 | 4), SUCCESS);
    assert!(times().1 == 4 && times().0 > 1_600_000_000_000_000_000);
    assert_eq!(set(WORK, 5, 5, 1 | 4), SUCCESS);
    for flags in [1 | 2, 4 | 8, 16] {
        assert_eq!(set(file, 0, 0, flags), INVAL);
    }
    assert_eq!(set(file, 0, 0, 0x10000), OVERFLOW);
    assert_eq!(set(READ_ONLY, 0, 0, 1), PERM);
    assert_eq!(set(0, 0, 0, 1), BADF);
    assert_eq!(set(NONE, 0, 0, 1), BADF);
}

fn advise_and_allocate() {
    let file = create("file");
    for advice in 0..6 {
        assert_eq!(unsafe { fd_advise(file, 0, 100, advice) }, SUCCESS);
    }
    assert_eq!(unsafe { fd_advise(file, 0, 0, 6) }, INVAL);
    assert_eq!(unsafe { fd_advise(file, 0, 0, 256) }, OVERFLOW);
    assert_eq!(unsafe { fd_advise(file, u64::MAX, 0, 0) }, INVAL);
    for fd in [0, WORK, NONE] {
        assert_eq!(unsafe { fd_advise(fd, 0, 0, 0) }, BADF);
        assert_eq!(unsafe { fd_allocate(fd, 0, 1) }, BADF);
    }
    assert_eq!(unsafe { fd_allocate(file, 10, 90) }, NOTSUP);
    assert_eq!(contents("file"), b"");
}

fn synchronise() {
    let file = create("file");
    write(file, b"1").unwrap();
    assert_eq!(unsafe { fd_sync(file) }, SUCCESS);
    assert_eq!(unsafe { fd_datasync(file) }, SUCCESS);
    for fd in [0, WORK, NONE] {
        assert_eq!(unsafe { fd_sync(fd) }, BADF);
        assert_eq!(unsafe { fd_datasync(fd) }, BADF);
    }
}

fn prestat() {
    for (fd, name) in [(WORK, "/work"), (READ_ONLY, "/ro")] {
        let stat = filled::<8>(|to| unsafe { fd_prestat_get(fd, to) }).unwrap();
        assert_eq!((u32_at(&stat, 0), u32_at(&stat, 4)), (0, name.len() as u32));
        let mut path = vec![b'x'; name.len() + 1];
        let size = path.len() as u32;
        assert_eq!(unsafe { fd_prestat_dir_name(fd, out(&mut path[..]), size) }, SUCCESS);
        assert_eq!(path, format!("{name}x").into_bytes());
        assert_eq!(unsafe { fd_prestat_dir_name(fd, out(&mut path[..]), 2) }, NAMETOOLONG);
    }
    let mut path = [0u8; 8];
    for (fd, error) in [(0, NOTDIR), (open(".", 0, 0).unwrap(), NOTDIR), (NONE, BADF)] {
        assert_eq!(filled::<8>(|to| unsafe { fd_prestat_get(fd, to) }), Err(BADF));
        assert_eq!(unsafe { fd_prestat_dir_name(fd, out(&mut path), 8) }, error);
    }
}

fn numbers() {
    // The lowest that is free, as in POSIX.
    let [a, b, c] = ["a", "b", "c"].map(create);
    assert_eq!((b, c), (a + 1, a + 2));
    close(b);
    assert_eq!(create("d"), b);
    assert_eq!(unsafe { fd_close(NONE) }, BADF);
    assert_eq!(unsafe { fd_close(u32::MAX) }, BADF);
    close(0);
    assert_eq!(read(0, 1), Err(BADF));
    assert_eq!(create("e"), 0);
    close(WORK);
    assert_eq!(open("a", 0, READ), Err(BADF));
}

fn renumber() {
    let from = create("from");
    let to = create("to");
    write(from, b"from").unwrap();
    assert_eq!(unsafe { fd_renumber(from, to) }, SUCCESS);
    assert_eq!(unsafe { fd_close(from) }, BADF);
    write(to, b" too").unwrap();
    assert_eq!(contents("from"), b"from too");
    assert_eq!(contents("to"), b"");
    assert_eq!(create("next"), from);
    assert_eq!(unsafe { fd_renumber(to, to) }, SUCCESS);
    for (from, to) in [(to, NONE), (NONE, to), (NONE, NONE), (to, u32::MAX)] {
        assert_eq!(unsafe { fd_renumber(from, to) }, BADF);
    }
    // Standard output goes into a file, and nowhere else.
    assert_eq!(unsafe { fd_renumber(to, 1) }, SUCCESS);
    write(1, b"!").unwrap();
    assert_eq!(contents("from"), b"from too!");
    assert_eq!(unsafe { fd_renumber(2, 1) }, SUCCESS);
    unsafe { proc_exit(0) }
}

fn too_many() {
    create("file");
    let mut opened = 0;
    let error = loop {
        match open("file", 0, READ) {
            Ok(_) => opened += 1,
            Err(error) => break error,
        }
    };
    assert!(opened > 100, "{opened}");
    assert_eq!(error, MFILE);
    close(20);
    assert_eq!(open("file", 0, READ), Ok(20));
}

fn no_sockets() {
    let file = create("file");
    let mut buffer = [0u8; 8];
    let iovs = [piece(&buffer)];
    for (fd, error) in [(file, NOTSOCK), (0, NOTSOCK), (WORK, NOTSOCK), (NONE, BADF)] {
        let result = out(&mut buffer);
        assert_eq!(unsafe { sock_accept(fd, 0, result) }, error);
        assert_eq!(unsafe { sock_recv(fd, at(&iovs), 1, 0, result, result) }, error);
        assert_eq!(unsafe { sock_send(fd, at(&iovs), 1, 0, result) }, error);
        assert_eq!(unsafe { sock_shutdown(fd, 3) }, error);
        assert_eq!(unsafe { sock_shutdown(fd, 4) }, INVAL);
        assert_eq!(unsafe { sock_recv(fd, at(&iovs), 1, 4, result, result) }, INVAL);
        assert_eq!(unsafe { sock_send(fd, at(&iovs), 1, 1, result) }, INVAL);
        assert_eq!(unsafe { sock_accept(fd, 32, result) }, INVAL);
    }
}

pub const CASES: &[crate::Case] = &[
    ("fdstat-get", fdstat_get),
    ("terminals", terminals),
    ("set-flags", set_flags),
    ("set-rights", set_rights),
    ("filestat-get", filestat_get),
    ("set-size", set_size),
    ("set-times", set_times),
    ("advise-and-allocate", advise_and_allocate),
    ("synchronise", synchronise),
    ("prestat", prestat),
    ("numbers", numbers),
    ("renumber", renumber),
    ("too-many", too_many),
    ("no-sockets", no_sockets),
];
