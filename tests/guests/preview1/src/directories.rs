//! fd_readdir: entries, cookies, buffers that are too small.
use crate::sys::*;
use std::collections::BTreeMap;

struct Entry {
    next: u64,
    inode: u64,
    kind: u8,
}

fn readdir(fd: u32, size: usize, cookie: u64) -> Result<Vec<u8>, i32> {
    let mut buffer = vec![0xffu8; size];
    let mut used = 0u32;
    match unsafe { fd_readdir(fd, out(&mut buffer[..]), size as u32, cookie, out(&mut used)) } {
        SUCCESS => {
            buffer.truncate(used as usize);
            Ok(buffer)
        }
        error => Err(error),
    }
}

/// The whole entries at the front.
fn entries(mut bytes: &[u8]) -> Vec<(String, Entry)> {
    let mut result = Vec::new();
    while bytes.len() >= 24 {
        let size = u32_at(bytes, 16) as usize;
        if bytes.len() < 24 + size {
            break;
        }
        assert_eq!(bytes[21..24], [0; 3], "padding");
        let name = String::from_utf8(bytes[24..24 + size].to_vec()).unwrap();
        let entry = Entry { next: u64_at(bytes, 0), inode: u64_at(bytes, 8), kind: bytes[20] };
        result.push((name, entry));
        bytes = &bytes[24 + size..];
    }
    result
}

/// All of a directory, by buffers of this size.
fn list(fd: u32, size: usize) -> BTreeMap<String, Entry> {
    let mut result = BTreeMap::new();
    let mut cookie = 0;
    loop {
        let bytes = readdir(fd, size, cookie).unwrap();
        let part = entries(&bytes);
        if let Some((_, last)) = part.last() {
            cookie = last.next;
        }
        let full = bytes.len() == size;
        assert!(!full || !part.is_empty(), "the buffer is large enough for one");
        for (name, entry) in part {
            assert!(result.insert(name, entry).is_none(), "no entry comes twice");
        }
        if !full {
            return result;
        }
    }
}

fn inode(path: &str) -> u64 {
    let stat = filled::<64>(|to| unsafe {
        path_filestat_get(WORK, 0, at(path), path.len() as u32, to)
    });
    u64_at(&stat.unwrap(), 8)
}

fn make_directory(path: &str) -> u32 {
    assert_eq!(unsafe { path_create_directory(WORK, at(path), path.len() as u32) }, SUCCESS);
    open(path, DIRECTORY, 0).unwrap()
}

fn all_entries() {
    let directory = make_directory("dir");
    let names = |all: &BTreeMap<String, Entry>| all.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&list(directory, 1000)), [".", ".."]);
    create("dir/file");
    make_directory("dir/sub");
    assert_eq!(unsafe { path_symlink(at("file"), 4, directory, at("link"), 4) }, SUCCESS);
    let all = list(directory, 1000);
    assert_eq!(names(&all), [".", "..", "file", "link", "sub"]);
    assert_eq!(all.values().map(|entry| entry.kind).collect::<Vec<_>>(), [3, 3, 4, 7, 3]);
    for (name, path) in [(".", "dir"), ("..", "dir"), ("file", "dir/file"), ("sub", "dir/sub")] {
        assert_eq!(all[name].inode, inode(path), "{name}");
    }
    // However it is cut.
    for size in [29, 30, 31, 50, 60, 100] {
        assert_eq!(names(&list(directory, size)), [".", "..", "file", "link", "sub"]);
    }
    // Also a directory that was given, of which there is only the name.
    assert!(list(WORK, 100).contains_key("dir"));
    assert_eq!(names(&list(READ_ONLY, 1000)), [".", "..", "file", "link", "sub"]);
}

fn cut_off() {
    let directory = make_directory("dir");
    create("dir/a-name-of-some-length");
    assert_eq!(readdir(directory, 0, 0), Ok(vec![]));
    let whole = readdir(directory, 1000, 0).unwrap();
    for size in 1..whole.len() {
        assert_eq!(readdir(directory, size, 0).unwrap(), whole[..size], "{size}");
    }
    assert_eq!(readdir(directory, whole.len(), 0).unwrap(), whole);
}

fn cookies() {
    let directory = make_directory("dir");
    for i in 0..500 {
        create(&format!("dir/{i}"));
        assert_eq!(unsafe { fd_close(5 + 1) }, SUCCESS);
    }
    let all = list(directory, 4096);
    assert_eq!(all.len(), 502);
    // Each leads to where it was taken, in whatever order it is used.
    let order = entries(&readdir(directory, 100_000, 0).unwrap());
    for i in [400, 3, 250, 499, 0] {
        let bytes = readdir(directory, 100_000, order[i].1.next).unwrap();
        let rest: Vec<String> = entries(&bytes).into_iter().map(|(name, _)| name).collect();
        let expected: Vec<String> = order[i + 1..].iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(rest, expected);
    }
    let last = order.last().unwrap().1.next;
    assert_eq!(readdir(directory, 1000, last), Ok(vec![]));
    for cookie in [u64::MAX, 1 << 63] {
        assert_eq!(readdir(directory, 1000, cookie), Ok(vec![]));
    }
    // And survives when what was read is removed.
    let mut cookie = 0;
    let mut removed = 0;
    loop {
        let part = entries(&readdir(directory, 300, cookie).unwrap());
        let Some((_, last)) = part.last() else { break };
        cookie = last.next;
        for (name, _) in part {
            if name.starts_with('.') {
                continue;
            }
            let path = format!("dir/{name}");
            assert_eq!(unsafe { path_unlink_file(WORK, at(&path[..]), path.len() as u32) }, SUCCESS);
            removed += 1;
        }
    }
    assert_eq!(removed, 500);
    assert_eq!(list(directory, 1000).len(), 2);
}

fn readdir_errors() {
    let file = create("file");
    for fd in [0, file, NONE] {
        assert_eq!(readdir(fd, 100, 0), Err(BADF));
    }
    let bad = open("not-utf8", DIRECTORY, 0).unwrap();
    assert_eq!(readdir(bad, 1000, 0), Err(ILSEQ));
}

pub const CASES: &[crate::Case] = &[
    ("all-entries", all_entries),
    ("cut-off", cut_off),
    ("cookies", cookies),
    ("readdir-errors", readdir_errors),
];
