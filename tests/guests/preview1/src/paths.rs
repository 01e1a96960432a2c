//! Names below a directory, and what no name may lead to.
use crate::sys::*;

fn create_directory(path: &str) -> i32 {
    unsafe { path_create_directory(WORK, at(path), path.len() as u32) }
}
fn remove_directory(path: &str) -> i32 {
    unsafe { path_remove_directory(WORK, at(path), path.len() as u32) }
}
fn unlink(path: &str) -> i32 {
    unsafe { path_unlink_file(WORK, at(path), path.len() as u32) }
}
fn rename_between(fd: u32, from: &str, new_fd: u32, to: &str) -> i32 {
    unsafe { path_rename(fd, at(from), from.len() as u32, new_fd, at(to), to.len() as u32) }
}
fn rename(from: &str, to: &str) -> i32 {
    rename_between(WORK, from, WORK, to)
}
fn link_between(fd: u32, flags: u32, from: &str, new_fd: u32, to: &str) -> i32 {
    unsafe { path_link(fd, flags, at(from), from.len() as u32, new_fd, at(to), to.len() as u32) }
}
fn link(from: &str, to: &str) -> i32 {
    link_between(WORK, 0, from, WORK, to)
}
fn symlink(target: &str, path: &str) -> i32 {
    unsafe { path_symlink(at(target), target.len() as u32, WORK, at(path), path.len() as u32) }
}
fn readlink(path: &str, size: usize) -> Result<String, i32> {
    let mut buffer = vec![0u8; size];
    let mut used = 0u32;
    let result = unsafe {
        path_readlink(WORK, at(path), path.len() as u32, out(&mut buffer[..]), size as u32, out(&mut used))
    };
    buffer.truncate(used as usize);
    if result == SUCCESS { Ok(String::from_utf8(buffer).unwrap()) } else { Err(result) }
}
fn filestat(path: &str, flags: u32) -> Result<[u8; 64], i32> {
    filled::<64>(|to| unsafe { path_filestat_get(WORK, flags, at(path), path.len() as u32, to) })
}
fn set_times(fd: u32, path: &str, flags: u32, times: u32) -> i32 {
    unsafe { path_filestat_set_times(fd, flags, at(path), path.len() as u32, 1, 2, times) }
}

fn directories() {
    assert_eq!(create_directory("dir"), SUCCESS);
    assert_eq!(create_directory("dir/sub/"), SUCCESS);
    assert_eq!(create_directory("dir"), EXIST);
    assert_eq!(create_directory("none/sub"), NOENT);
    assert_eq!(remove_directory("dir"), NOTEMPTY);
    assert_eq!(remove_directory("dir/sub/"), SUCCESS);
    assert_eq!(unlink("dir"), ISDIR);
    create("file");
    assert_eq!(remove_directory("file"), NOTDIR);
    assert_eq!(remove_directory("dir"), SUCCESS);
    assert_eq!(remove_directory("dir"), NOENT);
    assert_eq!(unlink("file/"), NOTDIR);
    assert_eq!(unlink("file"), SUCCESS);
    assert_eq!(unlink("file"), NOENT);
}

fn opening() {
    assert_eq!(open("file", 0, READ), Err(NOENT));
    let file = open("file", CREAT | EXCL, BOTH).unwrap();
    write(file, b"12345").unwrap();
    assert_eq!(open("file", CREAT | EXCL, BOTH), Err(EXIST));
    assert_eq!(contents("file"), b"12345");
    open("file", TRUNC, WRITE).unwrap();
    assert_eq!(contents("file"), b"");
    assert_eq!(open("file", DIRECTORY, 0), Err(NOTDIR));
    assert_eq!(open("file/", 0, READ), Err(NOTDIR));
    assert_eq!(open(".", 0, BOTH), Err(ISDIR));
    assert_eq!(open(".", DIRECTORY | CREAT, 0), Err(INVAL));
    let directory = open(".", DIRECTORY, READ).unwrap();
    assert!(open_with(directory, 0, "file", 0, READ, 0).is_ok(), "below what was opened");
    assert_eq!(open_with(file, 0, "x", 0, READ, 0), Err(NOTDIR));
    assert_eq!(open_with(0, 0, "x", 0, READ, 0), Err(BADF));
    assert_eq!(open_with(NONE, 0, "x", 0, READ, 0), Err(BADF));
    // What is no flag.
    for (dirflags, oflags, rights, fdflags, error) in [
        (2, 0, READ, 0, INVAL),
        (0, 16, READ, 0, INVAL),
        (0, 0x10000, READ, 0, OVERFLOW),
        (0, 0, 1 << 30, 0, INVAL),
        (0, 0, 1 << 63, 0, OVERFLOW),
        (0, 0, READ, 32, INVAL),
    ] {
        assert_eq!(open_with(WORK, dirflags, "file", oflags, rights, fdflags), Err(error));
    }
}

fn renaming() {
    let file = create("a");
    write(file, b"a").unwrap();
    create("b");
    assert_eq!(rename("a", "b"), SUCCESS);
    assert_eq!(contents("b"), b"a");
    assert_eq!(rename("a", "b"), NOENT);
    create_directory("dir");
    create_directory("full");
    create("full/file");
    assert_eq!(rename("b", "dir"), ISDIR);
    assert_eq!(rename("dir", "b"), NOTDIR);
    assert_eq!(rename("dir", "full"), NOTEMPTY);
    assert_eq!(rename("dir", "dir/sub"), INVAL);
    assert_eq!(rename("dir/", "dir2/"), SUCCESS);
    assert_eq!(rename("b", "dir2/b"), SUCCESS);
    for (from, to) in [(0, WORK), (WORK, 0), (NONE, WORK), (WORK, NONE), (file, WORK)] {
        assert_eq!(rename_between(from, "x", to, "x"), BADF);
    }
}

fn links() {
    let file = create("file");
    write(file, b"1").unwrap();
    assert_eq!(link("file", "hard"), SUCCESS);
    assert_eq!(filestat("file", 0).unwrap()[..40], filestat("hard", 0).unwrap()[..40]);
    assert_eq!(u64_at(&filestat("file", 0).unwrap(), 24), 2);
    assert_eq!(link("file", "hard"), EXIST);
    assert_eq!(link("none", "other"), NOENT);
    assert_eq!(link_between(WORK, FOLLOW, "file", WORK, "x"), INVAL);
    create_directory("dir");
    assert_eq!(link("dir", "dir2"), PERM);
    assert_eq!(symlink("file", "soft"), SUCCESS);
    assert_eq!(symlink("file", "soft"), EXIST);
    assert_eq!(symlink("anything at all", "dangles"), SUCCESS);
    assert_eq!(symlink("/absolute", "x"), PERM);
    assert_eq!(symlink("x", "dir/"), EXIST);
    assert_eq!(symlink("x", "none/"), NOENT);
    assert_eq!(readlink("soft", 100), Ok("file".into()));
    assert_eq!(readlink("soft", 2), Ok("fi".into()));
    assert_eq!(readlink("soft", 0), Ok("".into()));
    assert_eq!(readlink("file", 100), Err(INVAL));
    assert_eq!(readlink("none", 100), Err(NOENT));
    assert_eq!(readlink("absolute", 100), Err(PERM));
    assert_eq!(readlink("not-utf8-target", 100), Err(ILSEQ));
    assert_eq!(filestat("soft", 0).unwrap()[16], 7);
    assert_eq!(filestat("soft", FOLLOW).unwrap()[16], 4);
    assert_eq!(filestat("dangles", FOLLOW), Err(NOENT));
    assert_eq!(open_with(WORK, 0, "soft", 0, READ, 0), Err(LOOP));
    assert_eq!(open_with(WORK, FOLLOW, "loop-a", 0, READ, 0), Err(LOOP));
    for fd in [0, file, NONE] {
        assert_eq!(link_between(fd, 0, "file", WORK, "x"), BADF);
        assert_eq!(link_between(WORK, 0, "file", fd, "x"), BADF);
        assert_eq!(unsafe { path_symlink(at("x"), 1, fd, at("y"), 1) }, BADF);
    }
}

fn attributes() {
    create("file");
    symlink("file", "soft");
    let times = |path, flags| {
        let stat = filestat(path, flags).unwrap();
        (u64_at(&stat, 40), u64_at(&stat, 48))
    };
    assert_eq!(set_times(WORK, "soft", FOLLOW, 1 | 4), SUCCESS);
    assert_eq!(times("file", 0), (1, 2));
    assert_ne!(times("soft", 0), (1, 2));
    assert_eq!(set_times(WORK, "soft", 0, 1 | 4), SUCCESS);
    assert_eq!(times("soft", 0), (1, 2));
    assert_eq!(set_times(WORK, "file", 0, 1 | 2), INVAL);
    assert_eq!(set_times(WORK, "none", 0, 1), NOENT);
    assert_eq!(set_times(READ_ONLY, "file", 0, 1), PERM);
    assert_eq!(set_times(0, "file", 0, 1), BADF);
    assert_eq!(filestat("fifo", 0).unwrap()[16], 0);
    assert_eq!(filestat("socket", 0).unwrap()[16], 6);
    assert_eq!(filestat("none", 0), Err(NOENT));
    assert_eq!(filestat("file/x", 0), Err(NOTDIR));
    assert_eq!(filestat("file", 2), Err(INVAL));
}

/// Every function that takes a path.
fn each(fd: u32, path: &str) -> Vec<(&'static str, i32)> {
    let (p, size) = (at(path), path.len() as u32);
    let mut buffer = [0u64; 8];
    let to = out(&mut buffer);
    create("source");
    unsafe {
        vec![
            ("create_directory", path_create_directory(fd, p, size)),
            ("filestat_get", path_filestat_get(fd, FOLLOW, p, size, to)),
            ("filestat_set_times", path_filestat_set_times(fd, FOLLOW, p, size, 1, 1, 1)),
            ("link from", path_link(fd, 0, p, size, WORK, at("new"), 3)),
            ("link to", path_link(WORK, 0, at("source"), 6, fd, p, size)),
            ("open", path_open(fd, FOLLOW, p, size, 0, READ, 0, 0, to)),
            ("create", path_open(fd, FOLLOW, p, size, CREAT, BOTH, 0, 0, to)),
            ("readlink", path_readlink(fd, p, size, to, 8, to)),
            ("remove_directory", path_remove_directory(fd, p, size)),
            ("rename from", path_rename(fd, p, size, WORK, at("new"), 3)),
            ("rename to", path_rename(WORK, at("source"), 6, fd, p, size)),
            ("symlink", path_symlink(at("x"), 1, fd, p, size)),
            ("unlink_file", path_unlink_file(fd, p, size)),
        ]
    }
}

fn nothing_leads_out() {
    for path in ["/etc/passwd", "../outside-the-walls/secret", "..", "x/../../outside-the-walls/new", "outside/secret",
                 "outside-relative/secret", "outside/new", "/"] {
        for (name, error) in each(WORK, path) {
            assert!([PERM, NOENT, ISDIR].contains(&error), "{name} {path} {error}");
        }
        assert_eq!(open(path, 0, READ), if path.starts_with('x') { Err(NOENT) } else { Err(PERM) });
    }
    for path in ["secret-link", "absolute"] {
        assert_eq!(open(path, 0, READ), Err(PERM));
        assert_eq!(open(path, CREAT | TRUNC, WRITE), Err(PERM));
        assert_eq!(filestat(path, FOLLOW), Err(PERM));
    }
}

fn read_only() {
    for path in ["file", "new", "sub", "link", "sub/new"] {
        for (name, error) in each(READ_ONLY, path) {
            match name {
                "filestat_get" | "open" => assert!([SUCCESS, NOENT].contains(&error), "{name} {path} {error}"),
                "readlink" => assert!([SUCCESS, NOENT, INVAL].contains(&error), "{name} {path} {error}"),
                _ => assert_eq!(error, PERM, "{name} {path}"),
            }
        }
    }
    for (oflags, rights) in [(0, WRITE), (TRUNC, READ), (CREAT, READ), (0, BOTH)] {
        assert_eq!(open_with(READ_ONLY, FOLLOW, "file", oflags, rights, 0), Err(PERM));
    }
    let file = open_with(READ_ONLY, 0, "file", 0, READ, 0).unwrap();
    assert_eq!(read(file, 100), Ok(b"read only\n".to_vec()));
    assert_eq!(write(file, b"x"), Err(PERM));
    assert_eq!(unsafe { fd_filestat_set_size(file, 0) }, PERM);
    assert_eq!(unsafe { fd_filestat_set_times(file, 0, 0, 1) }, PERM);
    // Also below it.
    let below = open_with(READ_ONLY, 0, "sub", DIRECTORY, READ, 0).unwrap();
    assert_eq!(open_with(below, 0, "new", CREAT, BOTH, 0), Err(PERM));
}

fn odd_paths() {
    let long = "x".repeat(300);
    let longer = "x/".repeat(4000);
    for (name, error) in each(WORK, "") {
        assert_eq!(error, NOENT, "{name}");
    }
    for (name, error) in each(WORK, "a\0b") {
        assert_eq!(error, INVAL, "{name}");
    }
    for path in [&long, &longer] {
        for (name, error) in each(WORK, path) {
            assert_eq!(error, NAMETOOLONG, "{name} {}", path.len());
        }
    }
    // Not UTF-8, which a path has to be.
    let mut result = 0u32;
    let bytes = [0xff_u8, 0xfe];
    assert_eq!(unsafe { path_open(WORK, 0, at(&bytes), 2, CREAT, BOTH, 0, 0, out(&mut result)) }, ILSEQ);
    for name in ["ünï¢ödé 🌍", " ", "a\\b", "con", "-", "...", "a.b.c."] {
        create(name);
        assert_eq!(unlink(name), SUCCESS);
    }
    create_directory("dir");
    create("dir/file");
    for path in ["./dir/file", "dir//file", "dir/./file", "dir/../dir/file", "./././dir/file"] {
        assert!(open(path, 0, READ).is_ok(), "{path}");
    }
    assert!(open("dir/../file", 0, READ) == Err(NOENT) && open("dir/../../file", 0, READ) == Err(PERM));
    assert_eq!(open("dir/file/..", 0, READ), Err(NOTDIR));
    for fd in [0, NONE, create("file")] {
        for (name, error) in each(fd, "x") {
            let expected = if name == "open" || name == "create" { [BADF, NOTDIR] } else { [BADF; 2] };
            assert!(expected.contains(&error), "{name} {error}");
        }
    }
}

pub const CASES: &[crate::Case] = &[
    ("directories", directories),
    ("opening", opening),
    ("renaming", renaming),
    ("links", links),
    ("attributes", attributes),
    ("nothing-leads-out", nothing_leads_out),
    ("read-only", read_only),
    ("odd-paths", odd_paths),
];
