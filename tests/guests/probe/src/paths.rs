//! wasi:filesystem: functions that take paths, their errors, and the walls of the sandbox.
use crate::files::*;
use crate::wasi::filesystem::types::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("open-kinds", open_kinds),
    ("open-invalid", open_invalid),
    ("create-directory", create_directory),
    ("remove-directory", remove_directory),
    ("unlink", unlink),
    ("rename", rename),
    ("rename-errors", rename_errors),
    ("links", links),
    ("symlinks", symlinks),
    ("no-entry", no_entry),
    ("not-directory", not_directory),
    ("name-too-long", name_too_long),
    ("loops", loops),
    ("odd-paths", odd_paths),
    ("trailing-slashes", trailing_slashes),
    ("escape-by-dots", escape_by_dots),
    ("escape-by-absolute-path", escape_by_absolute_path),
    ("escape-by-symlink", escape_by_symlink),
    ("dots-inside", dots_inside),
    ("read-only-paths", read_only_paths),
    ("read-only-two-directories", read_only_two_directories),
    ("read-only-descriptor", read_only_descriptor),
];

const EMPTY: OpenFlags = OpenFlags::empty();
const READ: DescriptorFlags = DescriptorFlags::READ;

/// Every function that takes one path, with a path that leads to `code`.
#[track_caller]
fn all_fail(directory: &Descriptor, path: &str, code: ErrorCode) {
    let no_change = NewTimestamp::NoChange;
    let other = work();
    write_file("other", b"");
    fails(directory.create_directory_at(path), code);
    fails(directory.stat_at(FOLLOW, path), code);
    fails(directory.set_times_at(FOLLOW, path, no_change, NewTimestamp::Now), code);
    fails(directory.link_at(NONE, path, &other, "new"), code);
    fails(other.link_at(NONE, "other", directory, path), code);
    fails(directory.open_at(FOLLOW, path, EMPTY, READ), code);
    fails(directory.open_at(FOLLOW, path, OpenFlags::CREATE, RW), code);
    fails(directory.readlink_at(path), code);
    fails(directory.remove_directory_at(path), code);
    fails(directory.rename_at(path, &other, "new"), code);
    fails(other.rename_at("other", directory, path), code);
    fails(directory.symlink_at("target", path), code);
    fails(directory.unlink_file_at(path), code);
    fails(directory.metadata_hash_at(FOLLOW, path), code);
    other.unlink_file_at("other").unwrap();
}

fn open_kinds() {
    let directory = work();
    write_file("file", b"abc");
    directory.create_directory_at("sub").unwrap();
    fails(directory.open_at(NONE, "file", OpenFlags::DIRECTORY, READ), ErrorCode::NotDirectory);
    let exclusive = OpenFlags::CREATE | OpenFlags::EXCLUSIVE;
    fails(directory.open_at(NONE, "file", exclusive, RW), ErrorCode::Exist);
    directory.open_at(NONE, "fresh", exclusive, RW).unwrap();
    directory.open_at(NONE, "sub", EMPTY, READ).unwrap();
    directory.open_at(NONE, "sub", OpenFlags::DIRECTORY, READ).unwrap();
    fails(directory.open_at(NONE, "sub", EMPTY, RW), ErrorCode::IsDirectory);
    directory.open_at(NONE, "file", OpenFlags::TRUNCATE, RW).unwrap();
    assert_eq!(open("file").stat().unwrap().size, 0);
    directory.symlink_at("file", "link").unwrap();
    directory.open_at(FOLLOW, "link", EMPTY, READ).unwrap();
    fails(directory.open_at(NONE, "link", EMPTY, READ), ErrorCode::Loop);
    directory.symlink_at("sub", "sublink").unwrap();
    write_file("sub/inner", b"");
    // Only the last component is at stake: links on the way are followed.
    directory.open_at(NONE, "sublink/inner", EMPTY, READ).unwrap();
    directory.open_at(FOLLOW, "sublink", OpenFlags::DIRECTORY, READ).unwrap();
}

fn open_invalid() {
    let directory = work();
    directory.create_directory_at("sub").unwrap();
    for flag in [OpenFlags::CREATE, OpenFlags::EXCLUSIVE, OpenFlags::TRUNCATE] {
        let result = directory.open_at(NONE, "sub", OpenFlags::DIRECTORY | flag, READ);
        fails(result, ErrorCode::Invalid);
    }
}

fn create_directory() {
    let directory = work();
    directory.create_directory_at("a").unwrap();
    directory.create_directory_at("a/b").unwrap();
    fails(directory.create_directory_at("a"), ErrorCode::Exist);
    fails(directory.create_directory_at("a/b"), ErrorCode::Exist);
    fails(directory.create_directory_at("c/d"), ErrorCode::NoEntry);
    fails(directory.create_directory_at("dangling"), ErrorCode::Exist);
}

fn remove_directory() {
    let directory = work();
    directory.create_directory_at("a").unwrap();
    directory.create_directory_at("a/b").unwrap();
    write_file("file", b"");
    fails(directory.remove_directory_at("a"), ErrorCode::NotEmpty);
    directory.remove_directory_at("a/b").unwrap();
    directory.remove_directory_at("a").unwrap();
    fails(directory.remove_directory_at("a"), ErrorCode::NoEntry);
    fails(directory.remove_directory_at("file"), ErrorCode::NotDirectory);
    directory.create_directory_at("c").unwrap();
    directory.symlink_at("c", "link").unwrap();
    fails(directory.remove_directory_at("link"), ErrorCode::NotDirectory);
}

fn unlink() {
    let directory = work();
    write_file("file", b"");
    directory.create_directory_at("sub").unwrap();
    directory.symlink_at("file", "link").unwrap();
    directory.unlink_file_at("link").unwrap();
    directory.stat_at(NONE, "file").unwrap();
    let open_file = open("file");
    directory.unlink_file_at("file").unwrap();
    fails(directory.unlink_file_at("file"), ErrorCode::NoEntry);
    // What is open stays.
    assert_eq!(open_file.stat().unwrap().link_count, 0);
    fails(directory.unlink_file_at("sub"), ErrorCode::IsDirectory);
}

fn rename() {
    let directory = work();
    write_file("a", b"a");
    directory.rename_at("a", &directory, "b").unwrap();
    fails(directory.stat_at(NONE, "a"), ErrorCode::NoEntry);
    assert_eq!(read_all(&open("b")), b"a");
    directory.rename_at("b", &directory, "b").unwrap();
    write_file("c", b"c");
    directory.rename_at("b", &directory, "c").unwrap();
    assert_eq!(read_all(&open("c")), b"a");
    directory.create_directory_at("d").unwrap();
    let sub = open_directory("d");
    directory.rename_at("c", &sub, "e").unwrap();
    assert_eq!(read_all(&open("d/e")), b"a");
    directory.create_directory_at("f").unwrap();
    directory.rename_at("d", &directory, "f").unwrap();
    assert_eq!(read_all(&open("f/e")), b"a");
    // A link is renamed itself.
    directory.symlink_at("f", "link").unwrap();
    directory.rename_at("link", &directory, "moved").unwrap();
    assert_eq!(directory.readlink_at("moved").unwrap(), "f");
}

fn rename_errors() {
    let directory = work();
    write_file("file", b"");
    directory.create_directory_at("empty").unwrap();
    directory.create_directory_at("full").unwrap();
    write_file("full/x", b"");
    fails(directory.rename_at("none", &directory, "x"), ErrorCode::NoEntry);
    fails(directory.rename_at("file", &directory, "none/x"), ErrorCode::NoEntry);
    fails(directory.rename_at("file", &directory, "empty"), ErrorCode::IsDirectory);
    fails(directory.rename_at("empty", &directory, "file"), ErrorCode::NotDirectory);
    fails(directory.rename_at("empty", &directory, "full"), ErrorCode::NotEmpty);
    fails(directory.rename_at("full", &directory, "full/sub"), ErrorCode::Invalid);
}

fn links() {
    let directory = work();
    write_file("a", b"abc");
    directory.link_at(NONE, "a", &directory, "b").unwrap();
    assert!(open("a").is_same_object(&open("b")));
    fails(directory.link_at(NONE, "a", &directory, "b"), ErrorCode::Exist);
    fails(directory.link_at(NONE, "none", &directory, "c"), ErrorCode::NoEntry);
    fails(directory.link_at(NONE, "a", &directory, "none/c"), ErrorCode::NoEntry);
    fails(directory.link_at(FOLLOW, "a", &directory, "c"), ErrorCode::Invalid);
    directory.create_directory_at("sub").unwrap();
    fails(directory.link_at(NONE, "sub", &directory, "c"), ErrorCode::NotPermitted);
    // A link to a link is one to the link.
    directory.symlink_at("a", "soft").unwrap();
    directory.link_at(NONE, "soft", &directory, "hard").unwrap();
    assert_eq!(directory.readlink_at("hard").unwrap(), "a");
}

fn symlinks() {
    let directory = work();
    for target in ["a", "sub/../a", "../../outside", "nowhere", "h\u{e9}"] {
        directory.symlink_at(target, "link").unwrap();
        assert_eq!(directory.readlink_at("link").unwrap(), target);
        directory.unlink_file_at("link").unwrap();
    }
    write_file("file", b"");
    fails(directory.readlink_at("file"), ErrorCode::Invalid);
    fails(directory.readlink_at("none"), ErrorCode::NoEntry);
    fails(directory.readlink_at("."), ErrorCode::Invalid);
    fails(directory.symlink_at("x", "file"), ErrorCode::Exist);
    fails(directory.symlink_at("x", "none/link"), ErrorCode::NoEntry);
    // An absolute target would be one of the host.
    fails(directory.symlink_at("/etc/passwd", "link"), ErrorCode::NotPermitted);
    fails(directory.readlink_at("absolute"), ErrorCode::NotPermitted);
    fails(directory.readlink_at("not-utf8-target"), ErrorCode::IllegalByteSequence);
    let target = "x".repeat(4000);
    directory.symlink_at(&target, "long").unwrap();
    assert_eq!(directory.readlink_at("long").unwrap(), target);
}

fn no_entry() {
    let directory = work();
    all_fail(&directory, "none/x", ErrorCode::NoEntry);
    all_fail(&directory, "", ErrorCode::NoEntry);
    let no_change = NewTimestamp::NoChange;
    for path in ["none", "dangling"] {
        fails(directory.stat_at(FOLLOW, path), ErrorCode::NoEntry);
        fails(directory.set_times_at(FOLLOW, path, no_change, no_change), ErrorCode::NoEntry);
        fails(directory.open_at(FOLLOW, path, EMPTY, READ), ErrorCode::NoEntry);
        fails(directory.metadata_hash_at(FOLLOW, path), ErrorCode::NoEntry);
    }
}

fn not_directory() {
    write_file("file", b"");
    all_fail(&work(), "file/x", ErrorCode::NotDirectory);
}

fn name_too_long() {
    all_fail(&work(), &"n".repeat(256), ErrorCode::NameTooLong);
    all_fail(&work(), &"n/".repeat(2500), ErrorCode::NameTooLong);
}

/// `loop-a` and `loop-b` name each other.
fn loops() {
    all_fail(&work(), "loop-a/x", ErrorCode::Loop);
    let directory = work();
    fails(directory.stat_at(FOLLOW, "loop-a"), ErrorCode::Loop);
    fails(directory.open_at(FOLLOW, "loop-a", EMPTY, READ), ErrorCode::Loop);
    directory.stat_at(NONE, "loop-a").unwrap();
}

fn odd_paths() {
    let directory = work();
    all_fail_with(&directory, "nul\0byte", &[ErrorCode::Invalid, ErrorCode::IllegalByteSequence]);
    write_file("h\u{e9} \u{1f30d}\n", b"odd");
    assert_eq!(read_all(&open("h\u{e9} \u{1f30d}\n")), b"odd");
    write_file("...", b"dots");
    assert_eq!(read_all(&open("./...")), b"dots");
    write_file("..x", b"");
    write_file("back\\slash", b"");
    directory.stat_at(NONE, "back\\slash").unwrap();
}

#[track_caller]
fn all_fail_with(directory: &Descriptor, path: &str, codes: &[ErrorCode]) {
    let no_change = NewTimestamp::NoChange;
    let other = work();
    write_file("other", b"");
    let got = [
        directory.create_directory_at(path).unwrap_err(),
        directory.stat_at(FOLLOW, path).map(|_| ()).unwrap_err(),
        directory.set_times_at(FOLLOW, path, no_change, no_change).unwrap_err(),
        directory.link_at(NONE, path, &other, "new").unwrap_err(),
        other.link_at(NONE, "other", directory, path).unwrap_err(),
        directory.open_at(FOLLOW, path, OpenFlags::CREATE, RW).map(|_| ()).unwrap_err(),
        directory.readlink_at(path).map(|_| ()).unwrap_err(),
        directory.remove_directory_at(path).unwrap_err(),
        directory.rename_at(path, &other, "new").unwrap_err(),
        other.rename_at("other", directory, path).unwrap_err(),
        directory.symlink_at("target", path).unwrap_err(),
        directory.symlink_at(path, "link").err().unwrap_or(codes[0]),
        directory.unlink_file_at(path).unwrap_err(),
        directory.metadata_hash_at(FOLLOW, path).map(|_| ()).unwrap_err(),
    ];
    for code in got {
        assert!(codes.contains(&code), "{code:?}");
    }
}

fn trailing_slashes() {
    let directory = work();
    write_file("file", b"");
    directory.create_directory_at("sub/").unwrap();
    fails(directory.open_at(FOLLOW, "file/", EMPTY, READ), ErrorCode::NotDirectory);
    fails(directory.stat_at(FOLLOW, "file/"), ErrorCode::NotDirectory);
    fails(directory.unlink_file_at("file/"), ErrorCode::NotDirectory);
    fails(directory.rename_at("file/", &directory, "x"), ErrorCode::NotDirectory);
    directory.open_at(FOLLOW, "sub/", EMPTY, READ).unwrap();
    directory.open_at(FOLLOW, "sub//", OpenFlags::DIRECTORY, READ).unwrap();
    assert_eq!(directory.stat_at(NONE, "sub/").unwrap().type_, DescriptorType::Directory);
    let code = directory.unlink_file_at("sub/").unwrap_err();
    assert!(matches!(code, ErrorCode::IsDirectory | ErrorCode::NotPermitted), "{code:?}");
    directory.rename_at("sub/", &directory, "sub2/").unwrap();
    directory.remove_directory_at("sub2/").unwrap();
    assert!(directory.symlink_at("file", "link/").is_err());
    assert!(directory.open_at(NONE, "new/", OpenFlags::CREATE, RW).is_err());
    fails(directory.stat_at(NONE, "new"), ErrorCode::NoEntry);
}

fn escape_by_dots() {
    let directory = work();
    directory.create_directory_at("sub").unwrap();
    let paths = ["..", "../x", "sub/../..", "sub/../../x", "./..", "../work/secret", "sub/../../outside/secret"];
    for path in paths {
        all_fail(&directory, path, ErrorCode::NotPermitted);
    }
    // The wall is that of the descriptor, not that of the preopen.
    fails(open_directory("sub").stat_at(NONE, "../sub"), ErrorCode::NotPermitted);
    fails(open_directory("sub").open_at(NONE, "..", EMPTY, READ), ErrorCode::NotPermitted);
}

fn escape_by_absolute_path() {
    for path in ["/", "/etc/passwd", "//work", "/work"] {
        all_fail(&work(), path, ErrorCode::NotPermitted);
    }
}

/// `outside` and `outside-relative` are links to a directory beside `work`; `secret-link` to a file in it.
fn escape_by_symlink() {
    let directory = work();
    for link in ["outside", "outside-relative"] {
        all_fail(&directory, &format!("{link}/secret"), ErrorCode::NotPermitted);
        all_fail(&directory, &format!("{link}/../outside/secret"), ErrorCode::NotPermitted);
        fails(directory.open_at(FOLLOW, link, OpenFlags::DIRECTORY, READ), ErrorCode::NotPermitted);
    }
    fails(directory.open_at(FOLLOW, "secret-link", EMPTY, READ), ErrorCode::NotPermitted);
    fails(directory.open_at(FOLLOW, "secret-link", OpenFlags::TRUNCATE, RW), ErrorCode::NotPermitted);
    fails(directory.stat_at(FOLLOW, "secret-link"), ErrorCode::NotPermitted);
    fails(directory.metadata_hash_at(FOLLOW, "secret-link"), ErrorCode::NotPermitted);
    // The link itself is inside.
    directory.stat_at(NONE, "secret-link").unwrap();
    // One that the guest makes is worth no more.
    directory.symlink_at("../outside-the-walls/secret", "mine").unwrap();
    fails(directory.open_at(FOLLOW, "mine", EMPTY, READ), ErrorCode::NotPermitted);
    directory.create_directory_at("sub").unwrap();
    directory.symlink_at("..", "sub/up").unwrap();
    directory.stat_at(NONE, "sub/up/sub").unwrap();
    fails(directory.stat_at(NONE, "sub/up/.."), ErrorCode::NotPermitted);
}

fn dots_inside() {
    let directory = work();
    directory.create_directory_at("a").unwrap();
    directory.create_directory_at("a/b").unwrap();
    write_file("file", b"abc");
    for path in ["a/../file", "a/b/../../file", "./file", "a/./../file", ".//file"] {
        assert_eq!(directory.stat_at(NONE, path).unwrap().size, 3, "{path}");
        assert_eq!(read_all(&open(path)), b"abc");
    }
    directory.symlink_at("../file", "a/link").unwrap();
    assert_eq!(read_all(&open("a/link")), b"abc");
}

fn read_only_paths() {
    let directory = read_only();
    let denied = ErrorCode::NotPermitted;
    let no_change = NewTimestamp::NoChange;
    assert_eq!(directory.stat_at(NONE, "file").unwrap().size, 10);
    assert_eq!(directory.readlink_at("link").unwrap(), "file");
    directory.metadata_hash_at(NONE, "file").unwrap();
    fails(directory.create_directory_at("new"), denied);
    fails(directory.set_times_at(NONE, "file", no_change, NewTimestamp::Now), denied);
    fails(directory.set_times(no_change, NewTimestamp::Now), denied);
    fails(directory.link_at(NONE, "file", &directory, "new"), denied);
    fails(directory.open_at(NONE, "file", EMPTY, RW), denied);
    fails(directory.open_at(NONE, "file", EMPTY, DescriptorFlags::WRITE), denied);
    fails(directory.open_at(NONE, "file", OpenFlags::TRUNCATE, READ), denied);
    fails(directory.open_at(NONE, "new", OpenFlags::CREATE, READ), denied);
    fails(directory.open_at(NONE, "sub", OpenFlags::DIRECTORY, MUTATE), denied);
    fails(directory.remove_directory_at("sub"), denied);
    fails(directory.rename_at("file", &directory, "new"), denied);
    fails(directory.symlink_at("file", "new"), denied);
    fails(directory.unlink_file_at("file"), denied);
    // Permissions travel with what is opened below.
    let sub = directory.open_at(NONE, "sub", OpenFlags::DIRECTORY, READ).unwrap();
    fails(sub.create_directory_at("new"), denied);
    fails(sub.open_at(NONE, "new", OpenFlags::CREATE, RW), denied);
}

/// Nothing crosses between a writable and a read-only directory, either way.
fn read_only_two_directories() {
    let (writable, fixed) = (work(), read_only());
    let denied = ErrorCode::NotPermitted;
    write_file("mine", b"mine");
    fails(fixed.link_at(NONE, "file", &writable, "stolen"), denied);
    fails(writable.link_at(NONE, "mine", &fixed, "planted"), denied);
    fails(fixed.rename_at("file", &writable, "stolen"), denied);
    fails(writable.rename_at("mine", &fixed, "planted"), denied);
    assert_eq!(read_all(&open("mine")), b"mine");
    assert_eq!(fixed.stat_at(NONE, "file").unwrap().size, 10);
    fails(fixed.stat_at(NONE, "planted"), ErrorCode::NoEntry);
    fails(writable.stat_at(NONE, "stolen"), ErrorCode::NoEntry);
}

/// A directory opened without mutate-directory in a writable preopen.
fn read_only_descriptor() {
    let directory = work();
    directory.create_directory_at("sub").unwrap();
    write_file("sub/file", b"abc");
    let fixed = directory.open_at(NONE, "sub", OpenFlags::DIRECTORY, READ).unwrap();
    assert!(!fixed.get_flags().unwrap().contains(DescriptorFlags::MUTATE_DIRECTORY));
    assert_eq!(fixed.stat_at(NONE, "file").unwrap().size, 3);
}
