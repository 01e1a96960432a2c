//! Pointers that lead out of the memory, or are not aligned: each traps, in every function that looks at them.
use crate::sys::*;

/// Calls with the pointer that is wrong; numbered, since each ends the guest.
fn calls(bad: u32) -> Vec<(&'static str, Box<dyn Fn() -> i32>)> {
    let a = create("file");
    let buffer: &'static mut [u64; 8] = Box::leak(Box::new([0; 8]));
    let to = out(buffer);
    let inside: &'static [Iovec; 1] = Box::leak(Box::new([[to, 8]]));
    let outside: &'static [Iovec; 1] = Box::leak(Box::new([[OUTSIDE, 64]]));
    let one = at(inside);
    let wild = at(outside);
    let name = at("name");
    macro_rules! list {
        ($($call:ident($($argument:expr),*);)*) => {
            vec![$((stringify!($call), Box::new(move || unsafe { $call($($argument),*) }) as Box<dyn Fn() -> i32>)),*]
        };
    }
    list! {
        args_get(bad, to);
        args_sizes_get(bad, to);
        args_sizes_get(to, bad);
        environ_get(bad, to);
        environ_sizes_get(bad, to);
        environ_sizes_get(to, bad);
        clock_res_get(1, bad);
        clock_time_get(1, 0, bad);
        fd_fdstat_get(a, bad);
        fd_filestat_get(a, bad);
        fd_pread(a, bad, 1, 0, to);
        fd_pread(a, wild, 1, 0, to);
        fd_pread(a, one, 1, 0, bad);
        fd_prestat_get(WORK, bad);
        fd_pwrite(a, bad, 1, 0, to);
        fd_pwrite(a, wild, 1, 0, to);
        fd_pwrite(a, one, 1, 0, bad);
        fd_read(a, bad, 1, to);
        fd_read(a, wild, 1, to);
        fd_read(a, one, 1, bad);
        fd_readdir(WORK, to, 8, 0, bad);
        fd_seek(a, 0, 0, bad);
        fd_tell(a, bad);
        fd_write(a, bad, 1, to);
        fd_write(a, wild, 1, to);
        fd_write(a, one, 1, bad);
        path_filestat_get(WORK, 0, at("file"), 4, bad);
        path_open(WORK, 0, at("file"), 4, 0, READ, 0, 0, bad);
        path_readlink(WORK, at("loop-a"), 6, to, 8, bad);
        poll_oneoff(bad, to, 1, to);
        poll_oneoff(to, bad, 1, to);
        poll_oneoff(to, to, 1, bad);
        // Bytes, which need no alignment: from here on only outside of the memory.
        args_get(to, bad);
        environ_get(to, bad);
        fd_prestat_dir_name(WORK, bad, 100);
        fd_readdir(WORK, bad, 100, 0, to);
        path_create_directory(WORK, bad, 10);
        path_filestat_get(WORK, 0, bad, 10, to);
        path_filestat_set_times(WORK, 0, bad, 10, 0, 0, 0);
        path_link(WORK, 0, bad, 10, WORK, name, 4);
        path_link(WORK, 0, name, 4, WORK, bad, 10);
        path_open(WORK, 0, bad, 10, 0, READ, 0, 0, to);
        path_readlink(WORK, bad, 10, to, 8, to);
        path_readlink(WORK, at("loop-a"), 6, bad, 8, to);
        path_remove_directory(WORK, bad, 10);
        path_rename(WORK, bad, 10, WORK, name, 4);
        path_rename(WORK, name, 4, WORK, bad, 10);
        path_symlink(bad, 10, WORK, name, 4);
        path_symlink(name, 4, WORK, bad, 10);
        path_unlink_file(WORK, bad, 10);
        random_get(bad, 100);
    }
}

const UNALIGNED: usize = 32;

/// `traps OUTSIDE|UNALIGNED NUMBER`, or how many there are.
fn traps() {
    let arguments: Vec<String> = std::env::args().collect();
    let unaligned = arguments[2] == "unaligned";
    let buffer: &'static mut [u64; 16] = Box::leak(Box::new([0; 16]));
    let all = calls(if unaligned { out(buffer) + 1 } else { OUTSIDE });
    let Some(number) = arguments.get(3) else {
        println!("{}", if unaligned { UNALIGNED } else { all.len() });
        return;
    };
    let (name, call) = &all[number.parse::<usize>().unwrap()];
    eprintln!("{name} returned {}", call());
}

/// A pointer is looked at only when it is needed.
fn unused_pointers() {
    let mut buffer = [0u64; 8];
    let to = out(&mut buffer);
    assert_eq!(unsafe { fd_filestat_get(NONE, OUTSIDE) }, BADF);
    assert_eq!(unsafe { fd_write(1, OUTSIDE & !7, 0, to) }, SUCCESS);
    assert_eq!(unsafe { clock_time_get(9, 0, OUTSIDE) }, INVAL);
    assert_eq!(unsafe { path_readlink(WORK, at("loop-a"), 6, to, 0, to) }, SUCCESS);
    assert_eq!(unsafe { path_unlink_file(NONE, OUTSIDE, 10) }, BADF);
    // Nor is what is too much for one call.
    assert_eq!(unsafe { fd_read(1, OUTSIDE, 0x1fff_ffff, to) }, NOMEM);
    assert_eq!(unsafe { fd_write(1, 0, 0xffff_ffff, to) }, NOMEM);
    assert_eq!(unsafe { path_unlink_file(WORK, 0, 0xffff_ffff) }, NOMEM);
    assert_eq!(unsafe { poll_oneoff(0, 0, 0xffff_ffff, to) }, NOMEM);
}

pub const CASES: &[crate::Case] = &[("traps", traps), ("unused-pointers", unused_pointers)];
