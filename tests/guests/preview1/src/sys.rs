//! The functions as they are imported: all numbers, so that pointers may be anything.
#[link(wasm_import_module = "wasi_snapshot_preview1")]
extern "C" {
    pub fn args_get(argv: u32, buf: u32) -> i32;
    pub fn args_sizes_get(count: u32, size: u32) -> i32;
    pub fn environ_get(environ: u32, buf: u32) -> i32;
    pub fn environ_sizes_get(count: u32, size: u32) -> i32;
    pub fn clock_res_get(id: u32, result: u32) -> i32;
    pub fn clock_time_get(id: u32, precision: u64, result: u32) -> i32;
    pub fn fd_advise(fd: u32, offset: u64, len: u64, advice: u32) -> i32;
    pub fn fd_allocate(fd: u32, offset: u64, len: u64) -> i32;
    pub fn fd_close(fd: u32) -> i32;
    pub fn fd_datasync(fd: u32) -> i32;
    pub fn fd_fdstat_get(fd: u32, result: u32) -> i32;
    pub fn fd_fdstat_set_flags(fd: u32, flags: u32) -> i32;
    pub fn fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64) -> i32;
    pub fn fd_filestat_get(fd: u32, result: u32) -> i32;
    pub fn fd_filestat_set_size(fd: u32, size: u64) -> i32;
    pub fn fd_filestat_set_times(fd: u32, atim: u64, mtim: u64, flags: u32) -> i32;
    pub fn fd_pread(fd: u32, iovs: u32, count: u32, offset: u64, result: u32) -> i32;
    pub fn fd_prestat_get(fd: u32, result: u32) -> i32;
    pub fn fd_prestat_dir_name(fd: u32, path: u32, size: u32) -> i32;
    pub fn fd_pwrite(fd: u32, iovs: u32, count: u32, offset: u64, result: u32) -> i32;
    pub fn fd_read(fd: u32, iovs: u32, count: u32, result: u32) -> i32;
    pub fn fd_readdir(fd: u32, buf: u32, size: u32, cookie: u64, result: u32) -> i32;
    pub fn fd_renumber(from: u32, to: u32) -> i32;
    pub fn fd_seek(fd: u32, offset: i64, whence: u32, result: u32) -> i32;
    pub fn fd_sync(fd: u32) -> i32;
    pub fn fd_tell(fd: u32, result: u32) -> i32;
    pub fn fd_write(fd: u32, iovs: u32, count: u32, result: u32) -> i32;
    pub fn path_create_directory(fd: u32, path: u32, size: u32) -> i32;
    pub fn path_filestat_get(fd: u32, flags: u32, path: u32, size: u32, result: u32) -> i32;
    pub fn path_filestat_set_times(
        fd: u32, flags: u32, path: u32, size: u32, atim: u64, mtim: u64, times: u32,
    ) -> i32;
    pub fn path_link(
        fd: u32, flags: u32, path: u32, size: u32, new_fd: u32, new_path: u32, new_size: u32,
    ) -> i32;
    pub fn path_open(
        fd: u32, dirflags: u32, path: u32, size: u32, oflags: u32, base: u64, inheriting: u64,
        fdflags: u32, result: u32,
    ) -> i32;
    pub fn path_readlink(fd: u32, path: u32, size: u32, buf: u32, buf_size: u32, result: u32) -> i32;
    pub fn path_remove_directory(fd: u32, path: u32, size: u32) -> i32;
    pub fn path_rename(fd: u32, path: u32, size: u32, new_fd: u32, new_path: u32, new_size: u32) -> i32;
    pub fn path_symlink(path: u32, size: u32, fd: u32, new_path: u32, new_size: u32) -> i32;
    pub fn path_unlink_file(fd: u32, path: u32, size: u32) -> i32;
    pub fn poll_oneoff(subscriptions: u32, events: u32, count: u32, result: u32) -> i32;
    pub fn proc_exit(status: u32) -> !;
    pub fn proc_raise(signal: u32) -> i32;
    pub fn sched_yield() -> i32;
    pub fn random_get(buf: u32, size: u32) -> i32;
    pub fn sock_accept(fd: u32, flags: u32, result: u32) -> i32;
    pub fn sock_recv(fd: u32, iovs: u32, count: u32, flags: u32, size: u32, result: u32) -> i32;
    pub fn sock_send(fd: u32, iovs: u32, count: u32, flags: u32, result: u32) -> i32;
    pub fn sock_shutdown(fd: u32, how: u32) -> i32;
}

pub const SUCCESS: i32 = 0;
pub const AGAIN: i32 = 6;
pub const BADF: i32 = 8;
pub const EXIST: i32 = 20;
pub const FBIG: i32 = 22;
pub const ILSEQ: i32 = 25;
pub const INVAL: i32 = 28;
pub const ISDIR: i32 = 31;
pub const LOOP: i32 = 32;
pub const MFILE: i32 = 33;
pub const NAMETOOLONG: i32 = 37;
pub const NOENT: i32 = 44;
pub const NOMEM: i32 = 48;
pub const NOTCONN: i32 = 53;
pub const NOTDIR: i32 = 54;
pub const NOTEMPTY: i32 = 55;
pub const NOTSOCK: i32 = 57;
pub const NOTSUP: i32 = 58;
pub const NXIO: i32 = 60;
pub const OVERFLOW: i32 = 61;
pub const PERM: i32 = 63;
pub const PIPE: i32 = 64;
pub const SPIPE: i32 = 70;

/// The preopened directories.
pub const WORK: u32 = 3;
pub const READ_ONLY: u32 = 4;
/// A number that nothing has.
pub const NONE: u32 = 77;
/// Outside of any memory that the guest has.
pub const OUTSIDE: u32 = 0xffff_fff8;

pub const READ: u64 = 1 << 1;
pub const WRITE: u64 = 1 << 6;
pub const BOTH: u64 = READ | WRITE;
pub const CREAT: u32 = 1;
pub const DIRECTORY: u32 = 2;
pub const EXCL: u32 = 4;
pub const TRUNC: u32 = 8;
pub const APPEND: u32 = 1;
pub const NONBLOCK: u32 = 4;
pub const FOLLOW: u32 = 1;

pub fn at<T: ?Sized>(value: &T) -> u32 {
    value as *const T as *const u8 as u32
}
pub fn out<T: ?Sized>(value: &mut T) -> u32 {
    value as *mut T as *mut u8 as u32
}

/// Pieces of memory for reading and writing: address and size.
pub type Iovec = [u32; 2];
pub fn piece<T>(slice: &[T]) -> Iovec {
    [slice.as_ptr() as u32, std::mem::size_of_val(slice) as u32]
}

pub fn open_with(fd: u32, flags: u32, path: &str, oflags: u32, rights: u64, fdflags: u32) -> Result<u32, i32> {
    let mut result = 0u32;
    let size = path.len() as u32;
    match unsafe { path_open(fd, flags, at(path), size, oflags, rights, 0, fdflags, out(&mut result)) } {
        SUCCESS => Ok(result),
        error => Err(error),
    }
}
pub fn open(path: &str, oflags: u32, rights: u64) -> Result<u32, i32> {
    open_with(WORK, FOLLOW, path, oflags, rights, 0)
}
pub fn create(path: &str) -> u32 {
    open(path, CREAT | TRUNC, BOTH).expect("a new file")
}
pub fn write(fd: u32, bytes: &[u8]) -> Result<u32, i32> {
    let mut count = 0u32;
    match unsafe { fd_write(fd, at(&[piece(bytes)]), 1, out(&mut count)) } {
        SUCCESS => Ok(count),
        error => Err(error),
    }
}
pub fn read(fd: u32, size: usize) -> Result<Vec<u8>, i32> {
    let mut bytes = vec![0u8; size];
    let mut count = 0u32;
    match unsafe { fd_read(fd, at(&[piece(&bytes)]), 1, out(&mut count)) } {
        SUCCESS => {
            bytes.truncate(count as usize);
            Ok(bytes)
        }
        error => Err(error),
    }
}
pub fn seek(fd: u32, offset: i64, whence: u32) -> Result<u64, i32> {
    let mut result = 0u64;
    match unsafe { fd_seek(fd, offset, whence, out(&mut result)) } {
        SUCCESS => Ok(result),
        error => Err(error),
    }
}
pub fn contents(path: &str) -> Vec<u8> {
    let fd = open(path, 0, READ).expect("a file");
    let mut all = Vec::new();
    loop {
        let part = read(fd, 1000).expect("bytes");
        if part.is_empty() {
            break;
        }
        all.extend(part);
    }
    assert_eq!(unsafe { fd_close(fd) }, SUCCESS);
    all
}
/// What is read as a structure, filled with ones before so that padding shows.
pub fn filled<const N: usize>(call: impl FnOnce(u32) -> i32) -> Result<[u8; N], i32> {
    #[repr(align(8))]
    struct Aligned<const N: usize>([u8; N]);
    let mut bytes = Aligned([0xff; N]);
    match call(out(&mut bytes.0)) {
        SUCCESS => Ok(bytes.0),
        error => Err(error),
    }
}
pub fn u64_at(bytes: &[u8], offset: usize) -> u64 {
    u64::from_le_bytes(bytes[offset..offset + 8].try_into().unwrap())
}
pub fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    u32::from_le_bytes(bytes[offset..offset + 4].try_into().unwrap())
}
pub fn u16_at(bytes: &[u8], offset: usize) -> u16 {
    u16::from_le_bytes(bytes[offset..offset + 2].try_into().unwrap())
}
