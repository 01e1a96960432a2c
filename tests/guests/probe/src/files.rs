//! wasi:filesystem: preopens, and what a descriptor does to its own file. Paths are in paths.rs.
//!
//! `work()` is a directory of the case's own, writable; `read_only()` has `file` ("read only\n") and `sub`.
use crate::wasi::clocks::wall_clock::Datetime;
use crate::wasi::filesystem::preopens::get_directories;
use crate::wasi::filesystem::types::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("preopens", preopens),
    ("preopens-none", || assert_eq!(get_directories().len(), 0)),
    ("preopens-aliased", preopens_aliased),
    ("read-write", read_write),
    ("read-limits", read_limits),
    ("write-limits", write_limits),
    ("flags-and-types", flags_and_types),
    ("sizes", sizes),
    ("times", times),
    ("times-extreme", times_extreme),
    ("sync", sync),
    ("advise", advise),
    ("stat", stat),
    ("same-object", same_object),
    ("metadata-hash", metadata_hash),
    ("read-directory", read_directory),
    ("read-directory-large", read_directory_large),
    ("read-directory-not-utf8", read_directory_not_utf8),
    ("directory-as-file", directory_as_file),
    ("file-as-directory", file_as_directory),
    ("without-rights", without_rights),
    ("read-only-files", read_only_files),
    ("std", standard_library),
    ("descriptor-dropped-before-stream", descriptor_dropped_before_stream),
    ("descriptors-many", descriptors_many),
];

pub const NONE: PathFlags = PathFlags::empty();
pub const FOLLOW: PathFlags = PathFlags::SYMLINK_FOLLOW;
pub const RW: DescriptorFlags = DescriptorFlags::READ.union(DescriptorFlags::WRITE);
pub const MUTATE: DescriptorFlags = DescriptorFlags::READ.union(DescriptorFlags::MUTATE_DIRECTORY);

fn preopen(name: &str) -> Descriptor {
    let mut all = get_directories().into_iter();
    all.find(|(_, path)| path == name).expect("no such preopen").0
}
pub fn work() -> Descriptor {
    preopen("/work")
}
pub fn read_only() -> Descriptor {
    preopen("/ro")
}
pub fn open(path: &str) -> Descriptor {
    work().open_at(FOLLOW, path, OpenFlags::empty(), DescriptorFlags::READ).unwrap()
}
pub fn open_for_writing(path: &str) -> Descriptor {
    work().open_at(FOLLOW, path, OpenFlags::empty(), RW).unwrap()
}
/// New or truncated, for reading and writing.
pub fn create(path: &str) -> Descriptor {
    work().open_at(FOLLOW, path, OpenFlags::CREATE | OpenFlags::TRUNCATE, RW).unwrap()
}
pub fn open_directory(path: &str) -> Descriptor {
    work().open_at(FOLLOW, path, OpenFlags::DIRECTORY, MUTATE).unwrap()
}
pub fn write_file(path: &str, content: &[u8]) {
    let file = create(path);
    let mut offset = 0;
    while offset < content.len() {
        offset += file.write(&content[offset..], offset as u64).unwrap() as usize;
    }
}
pub fn read_all(file: &Descriptor) -> Vec<u8> {
    let mut all = vec![];
    loop {
        let (bytes, end) = file.read(1 << 20, all.len() as u64).unwrap();
        all.extend(bytes);
        if end {
            return all;
        }
    }
}

/// The error that an operation must end with.
#[track_caller]
pub fn fails<T: std::fmt::Debug>(result: Result<T, ErrorCode>, code: ErrorCode) {
    match result {
        Err(got) => assert_eq!(got, code),
        Ok(value) => panic!("{value:?} instead of {code:?}"),
    }
}

fn preopens() {
    let names = || -> Vec<String> { get_directories().into_iter().map(|(_, path)| path).collect() };
    assert_eq!(names(), ["/work", "/ro"]);
    // Each call gives fresh descriptors: dropping one lot does not matter to the next.
    let first = get_directories();
    let second = get_directories();
    assert_ne!(first[0].0.handle(), second[0].0.handle());
    drop(first);
    assert_eq!(second[0].0.get_type().unwrap(), DescriptorType::Directory);
    assert_eq!(names(), ["/work", "/ro"]);
}

/// Two preopens of one directory.
fn preopens_aliased() {
    let all = get_directories();
    assert_eq!(all.len(), 2);
    assert!(all[0].0.is_same_object(&all[1].0));
    all[0].0.create_directory_at("made").unwrap();
    assert_eq!(all[1].0.stat_at(NONE, "made").unwrap().type_, DescriptorType::Directory);
}

fn read_write() {
    let file = create("a");
    assert_eq!(file.write(b"hello", 0).unwrap(), 5);
    assert_eq!(file.write(b"J", 0).unwrap(), 1);
    assert_eq!(file.write(b"!", 5).unwrap(), 1);
    assert_eq!(read_all(&file), b"Jello!");
    let (bytes, end) = file.read(2, 1).unwrap();
    assert_eq!((bytes.as_slice(), end), (&b"el"[..], false));
    // Past the end there is nothing, and that is the end.
    assert_eq!(file.read(10, 6).unwrap(), (vec![], true));
    assert_eq!(file.read(10, 1000).unwrap(), (vec![], true));
    // Writing beyond the end leaves a hole.
    assert_eq!(file.write(b"x", 10).unwrap(), 1);
    assert_eq!(read_all(&file), b"Jello!\0\0\0\0x");
    assert_eq!(file.write(b"", 0).unwrap(), 0);
}

fn read_limits() {
    write_file("a", b"abc");
    let file = open("a");
    let (bytes, _) = file.read(u64::MAX, 0).unwrap();
    assert_eq!(bytes, b"abc");
    assert_eq!(file.read(0, 0).unwrap().0, []);
    fails(file.read(1, u64::MAX), ErrorCode::Invalid);
}

fn write_limits() {
    let file = create("a");
    fails(file.write(b"x", u64::MAX), ErrorCode::Invalid);
    let far = file.write(b"x", i64::MAX as u64 - 1);
    assert!(matches!(far, Err(ErrorCode::FileTooLarge | ErrorCode::Invalid)), "{far:?}");
}

fn flags_and_types() {
    write_file("a", b"");
    assert_eq!(open("a").get_flags().unwrap(), DescriptorFlags::READ);
    assert_eq!(open_for_writing("a").get_flags().unwrap(), RW);
    assert_eq!(open("a").get_type().unwrap(), DescriptorType::RegularFile);
    let directory = work();
    assert!(directory.get_flags().unwrap().contains(MUTATE));
    assert_eq!(directory.get_type().unwrap(), DescriptorType::Directory);
    assert!(!read_only().get_flags().unwrap().contains(DescriptorFlags::MUTATE_DIRECTORY));
    directory.symlink_at("a", "link").unwrap();
    let type_of = |path| directory.stat_at(NONE, path).unwrap().type_;
    assert_eq!(type_of("link"), DescriptorType::SymbolicLink);
    assert_eq!(type_of("fifo"), DescriptorType::Fifo);
    assert_eq!(type_of("socket"), DescriptorType::Socket);
}

fn sizes() {
    let file = create("a");
    file.write(b"hello", 0).unwrap();
    file.set_size(2).unwrap();
    assert_eq!(read_all(&file), b"he");
    file.set_size(4).unwrap();
    assert_eq!(read_all(&file), b"he\0\0");
    assert_eq!(file.stat().unwrap().size, 4);
    fails(file.set_size(u64::MAX), ErrorCode::Invalid);
    fails(open("a").set_size(0), ErrorCode::Invalid);
}

fn stamp(seconds: u64, nanoseconds: u32) -> NewTimestamp {
    NewTimestamp::Timestamp(Datetime { seconds, nanoseconds })
}

fn seconds_of(stat: DescriptorStat) -> (u64, u64) {
    let accessed = stat.data_access_timestamp.unwrap().seconds;
    (accessed, stat.data_modification_timestamp.unwrap().seconds)
}

fn times() {
    let file = create("a");
    file.set_times(stamp(1000, 5), stamp(2000, 7)).unwrap();
    let stat = file.stat().unwrap();
    let modified = stat.data_modification_timestamp.unwrap();
    assert_eq!((modified.seconds, modified.nanoseconds), (2000, 7));
    assert_eq!(seconds_of(stat), (1000, 2000));
    file.set_times(NewTimestamp::NoChange, stamp(3000, 0)).unwrap();
    assert_eq!(seconds_of(file.stat().unwrap()), (1000, 3000));
    file.set_times(NewTimestamp::NoChange, NewTimestamp::NoChange).unwrap();
    assert_eq!(seconds_of(file.stat().unwrap()), (1000, 3000));
    file.set_times(NewTimestamp::Now, NewTimestamp::NoChange).unwrap();
    let (accessed, modified) = seconds_of(file.stat().unwrap());
    assert!(accessed > 1_700_000_000);
    assert_eq!(modified, 3000);
    // By path: the link's own times, or those of what it names.
    let directory = work();
    directory.symlink_at("a", "link").unwrap();
    directory.set_times_at(FOLLOW, "link", stamp(4000, 0), stamp(5000, 0)).unwrap();
    assert_eq!(seconds_of(file.stat().unwrap()), (4000, 5000));
    directory.set_times_at(NONE, "link", stamp(6000, 0), stamp(7000, 0)).unwrap();
    assert_eq!(seconds_of(directory.stat_at(NONE, "link").unwrap()), (6000, 7000));
    assert_eq!(seconds_of(file.stat().unwrap()), (4000, 5000));
    directory.set_times(NewTimestamp::Now, stamp(8000, 0)).unwrap();
    assert_eq!(seconds_of(directory.stat().unwrap()).1, 8000);
}

/// Points in time that the kernel cannot keep must not hurt the host.
fn times_extreme() {
    let file = create("a");
    for seconds in [i64::MAX as u64, u64::MAX, 1 << 40] {
        let _ = file.set_times(stamp(seconds, 0), stamp(seconds, 999_999_999));
        let _ = work().set_times_at(NONE, "a", stamp(seconds, 0), NewTimestamp::NoChange);
        file.stat().unwrap();
    }
    fails(file.set_times(stamp(u64::MAX, 0), NewTimestamp::NoChange), ErrorCode::Overflow);
    let path = work().set_times_at(NONE, "a", stamp(u64::MAX, 0), NewTimestamp::NoChange);
    fails(path, ErrorCode::Overflow);
    // Not a number of nanoseconds at all.
    let _ = file.set_times(stamp(0, u32::MAX), NewTimestamp::NoChange);
}

fn sync() {
    let file = create("a");
    file.write(b"hello", 0).unwrap();
    file.sync_data().unwrap();
    file.sync().unwrap();
    // On a directory it works as well.
    work().sync_data().unwrap();
    work().sync().unwrap();
}

fn advise() {
    let file = create("a");
    for advice in [
        Advice::Normal,
        Advice::Sequential,
        Advice::Random,
        Advice::WillNeed,
        Advice::DontNeed,
        Advice::NoReuse,
    ] {
        file.advise(0, 100, advice).unwrap();
    }
    for (offset, length) in [(u64::MAX, 1), (0, u64::MAX), (u64::MAX, u64::MAX)] {
        let extreme = file.advise(offset, length, Advice::Normal);
        assert!(matches!(extreme, Ok(()) | Err(ErrorCode::Invalid)), "{extreme:?}");
    }
    fails(work().advise(0, 0, Advice::Normal), ErrorCode::BadDescriptor);
}

fn stat() {
    write_file("a", b"hello");
    let stat = open("a").stat().unwrap();
    assert_eq!(stat.type_, DescriptorType::RegularFile);
    assert_eq!((stat.size, stat.link_count), (5, 1));
    assert!(stat.status_change_timestamp.unwrap().seconds > 1_700_000_000);
    work().link_at(NONE, "a", &work(), "b").unwrap();
    assert_eq!(open("a").stat().unwrap().link_count, 2);
    assert_eq!(work().stat().unwrap().type_, DescriptorType::Directory);
    work().symlink_at("a", "link").unwrap();
    assert_eq!(work().stat_at(FOLLOW, "link").unwrap().size, 5);
    assert_eq!(work().stat_at(NONE, "link").unwrap().type_, DescriptorType::SymbolicLink);
    assert_eq!(work().stat_at(NONE, ".").unwrap().type_, DescriptorType::Directory);
}

fn same_object() {
    write_file("a", b"");
    write_file("b", b"");
    work().link_at(NONE, "a", &work(), "hard").unwrap();
    assert!(open("a").is_same_object(&open("a")));
    assert!(open("a").is_same_object(&open("hard")));
    assert!(!open("a").is_same_object(&open("b")));
    assert!(work().is_same_object(&work()));
    assert!(!work().is_same_object(&read_only()));
}

fn metadata_hash() {
    let pair = |hash: MetadataHashValue| (hash.lower, hash.upper);
    write_file("a", b"");
    write_file("b", b"");
    let hash = pair(open("a").metadata_hash().unwrap());
    assert_eq!(hash, pair(open("a").metadata_hash().unwrap()));
    assert_eq!(hash, pair(work().metadata_hash_at(NONE, "a").unwrap()));
    assert_ne!(hash, pair(open("b").metadata_hash().unwrap()));
    assert_ne!(hash, pair(work().metadata_hash().unwrap()));
    work().symlink_at("a", "link").unwrap();
    assert_eq!(hash, pair(work().metadata_hash_at(FOLLOW, "link").unwrap()));
    assert_ne!(hash, pair(work().metadata_hash_at(NONE, "link").unwrap()));
}

fn entries(directory: &Descriptor) -> Vec<(String, DescriptorType)> {
    let stream = directory.read_directory().unwrap();
    let mut all = vec![];
    while let Some(entry) = stream.read_directory_entry().unwrap() {
        all.push((entry.name, entry.type_));
    }
    assert!(stream.read_directory_entry().unwrap().is_none());
    all.sort_by(|left, right| left.0.cmp(&right.0));
    all
}

fn read_directory() {
    work().create_directory_at("d").unwrap();
    let directory = open_directory("d");
    assert_eq!(entries(&directory), []);
    directory.create_directory_at("sub").unwrap();
    write_file("d/file", b"");
    directory.symlink_at("file", "link").unwrap();
    write_file("d/\u{e9}\u{1f30d}", b"");
    let expected = [
        ("file".to_string(), DescriptorType::RegularFile),
        ("link".to_string(), DescriptorType::SymbolicLink),
        ("sub".to_string(), DescriptorType::Directory),
        ("\u{e9}\u{1f30d}".to_string(), DescriptorType::RegularFile),
    ];
    assert_eq!(entries(&directory), expected);
    // A second look is a fresh one.
    assert_eq!(entries(&directory), expected);
}

/// More names than one request of the kernel returns.
fn read_directory_large() {
    work().create_directory_at("d").unwrap();
    let directory = open_directory("d");
    for index in 0..3000 {
        let flags = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
        directory.open_at(NONE, &format!("a-rather-long-name-{index:05}"), flags, RW).unwrap();
    }
    let all = entries(&directory);
    assert_eq!(all.len(), 3000);
    assert_eq!(all[2999].0, "a-rather-long-name-02999");
}

fn read_directory_not_utf8() {
    let stream = open_directory("not-utf8").read_directory().unwrap();
    fails(stream.read_directory_entry(), ErrorCode::IllegalByteSequence);
}

fn directory_as_file() {
    let directory = work();
    fails(directory.read(1, 0), ErrorCode::BadDescriptor);
    fails(directory.write(b"x", 0), ErrorCode::BadDescriptor);
    fails(directory.set_size(0), ErrorCode::BadDescriptor);
    fails(directory.write_via_stream(0), ErrorCode::BadDescriptor);
    fails(directory.append_via_stream(), ErrorCode::BadDescriptor);
    fails(directory.read_via_stream(0), ErrorCode::IsDirectory);
}

fn file_as_directory() {
    write_file("a", b"");
    let file = open_for_writing("a");
    let other = work();
    let no_change = NewTimestamp::NoChange;
    fails(file.read_directory(), ErrorCode::NotDirectory);
    fails(file.create_directory_at("x"), ErrorCode::NotDirectory);
    fails(file.stat_at(NONE, "x"), ErrorCode::NotDirectory);
    fails(file.set_times_at(NONE, "x", no_change, no_change), ErrorCode::NotDirectory);
    fails(file.link_at(NONE, "x", &other, "y"), ErrorCode::NotDirectory);
    fails(other.link_at(NONE, "a", &file, "y"), ErrorCode::NotDirectory);
    fails(file.open_at(NONE, "x", OpenFlags::empty(), RW), ErrorCode::NotDirectory);
    fails(file.readlink_at("x"), ErrorCode::NotDirectory);
    fails(file.remove_directory_at("x"), ErrorCode::NotDirectory);
    fails(file.rename_at("x", &other, "y"), ErrorCode::NotDirectory);
    fails(other.rename_at("a", &file, "y"), ErrorCode::NotDirectory);
    fails(file.symlink_at("x", "y"), ErrorCode::NotDirectory);
    fails(file.unlink_file_at("x"), ErrorCode::NotDirectory);
    fails(file.metadata_hash_at(NONE, "x"), ErrorCode::NotDirectory);
}

/// A descriptor that was opened for one thing does not do the other.
fn without_rights() {
    write_file("a", b"abc");
    let reading = open("a");
    let bad = ErrorCode::BadDescriptor;
    fails(reading.write(b"x", 0), bad);
    fails(reading.write_via_stream(0), bad);
    fails(reading.append_via_stream(), bad);
    let flags = OpenFlags::empty();
    let writing = work().open_at(NONE, "a", flags, DescriptorFlags::WRITE).unwrap();
    fails(writing.read(1, 0), bad);
    fails(writing.read_via_stream(0), bad);
    assert_eq!(read_all(&reading), b"abc");
}

fn read_only_files() {
    let directory = read_only();
    let empty = OpenFlags::empty();
    let file = directory.open_at(NONE, "file", empty, DescriptorFlags::READ).unwrap();
    assert_eq!(read_all(&file), b"read only\n");
    let denied = ErrorCode::NotPermitted;
    fails(file.write(b"x", 0), denied);
    fails(file.write_via_stream(0), denied);
    fails(file.append_via_stream(), denied);
    fails(file.set_size(0), denied);
    fails(file.set_times(NewTimestamp::Now, NewTimestamp::Now), denied);
    assert_eq!(read_all(&file), b"read only\n");
}

/// What programs do, through their standard library.
fn standard_library() {
    use std::io::{Read, Seek, SeekFrom, Write};
    std::fs::create_dir_all("/work/x/y/z").unwrap();
    let mut file = std::fs::File::create("/work/x/y/z/f").unwrap();
    for line in 0..1000 {
        writeln!(file, "line {line}").unwrap();
    }
    drop(file);
    let mut file = std::fs::File::open("/work/x/y/z/f").unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text.lines().count(), 1000);
    file.seek(SeekFrom::End(-9)).unwrap();
    text.clear();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "line 999\n");
    std::fs::rename("/work/x/y/z/f", "/work/x/g").unwrap();
    assert!(std::fs::metadata("/work/x/y/z/f").is_err());
    assert_eq!(std::fs::metadata("/work/x/g").unwrap().len(), 8890);
    std::fs::remove_dir_all("/work/x").unwrap();
    assert!(!std::path::Path::new("/work/x").exists());
    assert!(std::fs::read("/etc/passwd").is_err());
    assert!(std::fs::write("/ro/file", b"x").is_err());
}

fn descriptor_dropped_before_stream() {
    write_file("a", b"abc");
    let stream = open("a").read_via_stream(0).unwrap();
    assert_eq!(stream.blocking_read(10).unwrap(), b"abc");
}

/// They are closed when they are dropped.
fn descriptors_many() {
    write_file("a", b"abc");
    for _ in 0..5000 {
        drop(open("a"));
        drop(work());
    }
}
