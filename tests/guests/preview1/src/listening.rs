//! With -S tcplisten: a socket that listens is descriptor 3. tests/cli/module_test.cpp plays the peer.
use crate::polling::{descriptor, poll, FD_READ, FD_WRITE};
use crate::sys::*;

const LISTENER: u32 = 3;
const SHUT_READ: u32 = 1;
const SHUT_WRITE: u32 = 2;
const PEEK: u32 = 1;
const WAIT_FOR_ALL: u32 = 2;

fn accept(fd: u32, flags: u32) -> Result<u32, i32> {
    let mut connection = 0u32;
    match unsafe { sock_accept(fd, flags, out(&mut connection)) } {
        SUCCESS => Ok(connection),
        error => Err(error),
    }
}
fn receive(fd: u32, iovs: &[Iovec], flags: u32) -> Result<u32, i32> {
    let mut size = 0u32;
    let mut result_flags = 0xffffu16;
    match unsafe { sock_recv(fd, at(iovs), iovs.len() as u32, flags, out(&mut size), out(&mut result_flags)) } {
        SUCCESS => {
            assert_eq!(result_flags, 0);
            Ok(size)
        }
        error => Err(error),
    }
}
fn send(fd: u32, iovs: &[Iovec]) -> Result<u32, i32> {
    let mut size = 0u32;
    match unsafe { sock_send(fd, at(iovs), iovs.len() as u32, 0, out(&mut size)) } {
        SUCCESS => Ok(size),
        error => Err(error),
    }
}

fn peer_serve() {
    let kind = |fd| filled::<24>(|to| unsafe { fd_fdstat_get(fd, to) }).unwrap()[0];
    assert_eq!(kind(LISTENER), 6);
    assert_eq!(u16_at(&filled::<24>(|to| unsafe { fd_fdstat_get(LISTENER, to) }).unwrap(), 2), 4, "does not wait");
    assert_eq!(poll(&[descriptor(1, FD_READ, LISTENER)]), Ok(vec![(1, FD_READ, 1, 0)]));
    assert_eq!(poll(&[descriptor(1, FD_WRITE, LISTENER)]), Err(BADF));
    let connection = accept(LISTENER, NONBLOCK).unwrap();
    assert_eq!(kind(connection), 6);
    assert_eq!(accept(connection, 0), Err(INVAL));
    assert_eq!(accept(LISTENER, APPEND), Err(INVAL));

    let (a, b) = ([0u8; 4], [0u8; 2]);
    assert_eq!(receive(connection, &[piece(&a)], 0), Err(AGAIN));
    assert_eq!(read(connection, 1), Err(AGAIN));
    assert_eq!(unsafe { fd_fdstat_set_flags(connection, 0) }, SUCCESS);
    assert_eq!(send(connection, &[piece(b"he"), piece(b"llo")]), Ok(5));
    // ping
    assert_eq!(poll(&[descriptor(1, FD_READ, connection)]), Ok(vec![(1, FD_READ, 1, 0)]));
    assert_eq!(receive(connection, &[piece(&a)], PEEK), Ok(4));
    assert_eq!(read(connection, 10), Ok(b"ping".to_vec()));
    assert_eq!(write(connection, b"more"), Ok(4));
    // one, and later two
    assert_eq!(receive(connection, &[piece(&a), piece(&b)], WAIT_FOR_ALL), Ok(6));
    assert_eq!((&a, &b), (b"onet", b"wo"));

    assert_eq!(receive(LISTENER, &[piece(&a)], 0), Err(NOTCONN));
    assert_eq!(send(LISTENER, &[piece(&a)]), Err(NOTCONN));
    assert_eq!(seek(connection, 0, 0), Err(SPIPE));
    assert_eq!(unsafe { sock_shutdown(connection, 0) }, INVAL);
    assert_eq!(unsafe { sock_shutdown(connection, SHUT_WRITE) }, SUCCESS);
    assert_eq!(send(connection, &[piece(&a)]), Err(PIPE));
    // bye, and the end
    assert_eq!(read(connection, 3), Ok(b"bye".to_vec()));
    assert_eq!(receive(connection, &[piece(&a)], 0), Ok(0));
    // By now it may have ended in both directions.
    assert!(matches!(unsafe { sock_shutdown(connection, SHUT_READ) }, SUCCESS | NOTCONN));
    assert_eq!(unsafe { fd_close(connection) }, SUCCESS);
}

pub const CASES: &[crate::Case] = &[("peer-serve", peer_serve)];
