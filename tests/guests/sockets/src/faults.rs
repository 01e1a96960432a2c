//! What goes wrong: refused and reset connections, and limits.
use crate::help::*;
use crate::peers;
use crate::tcp_states::deserted;
use crate::Case;

pub const CASES: &[Case] = &[
    ("tcp-refused", || FAMILIES.into_iter().for_each(refused)),
    ("tcp-reset-while-reading", reset_while_reading),
    ("tcp-reset-while-writing", reset_while_writing),
    ("tcp-reset-while-flushing", reset_while_flushing),
    ("tcp-reset-while-waiting", reset_while_waiting),
    ("tcp-reset-at-once", reset_at_once),
    ("tcp-reader-gone", || FAMILIES.into_iter().for_each(reader_gone)),
    ("tcp-gone-before-accept", || FAMILIES.into_iter().for_each(gone_before_accept)),
    ("tcp-dropped-in-flight", || FAMILIES.into_iter().for_each(dropped_in_flight)),
    ("new-socket-limit", new_socket_limit),
    ("network-error-code", foreign_error),
    ("buffers-without-end", buffers_without_end),
    ("handles-without-end", || {
        let mut all = vec![];
        loop {
            all.push(connected(IpAddressFamily::Ipv4));
        }
    }),
];

fn refused(family: IpAddressFamily) {
    let (_owner, address) = deserted(family);
    assert!(matches!(connect(address), Err(ErrorCode::ConnectionRefused)));
}

/// A connection to the peer that the test plays, which resets it when it is asked.
fn to_peer() -> Connection {
    connect(loopback(IpAddressFamily::Ipv4, peers::argument(2))).unwrap()
}

/// Asks for it, and waits until it is done.
fn reset_by_peer() {
    closed(to_peer().input.blocking_read(1));
}

fn reset_while_reading() {
    let client = to_peer();
    reset_by_peer();
    client.input.subscribe().block();
    assert_eq!(broken(client.input.read(10)), ErrorCode::ConnectionReset);
    closed(client.input.blocking_read(10));
    closed(client.input.read(0));
    client.input.subscribe().block();
    fails(ErrorCode::InvalidState, client.socket.remote_address());
    client.socket.local_address().unwrap();
    client.socket.shutdown(ShutdownType::Both).unwrap();
}

/// A connection that is reset while something is left to be sent.
fn with_broken_write() -> Connection {
    let client = to_peer();
    fill(&client.output);
    reset_by_peer();
    client
}

fn reset_while_writing() {
    let client = with_broken_write();
    client.output.subscribe().block();
    assert_eq!(broken(client.output.check_write()), ErrorCode::ConnectionReset);
    closed(client.output.check_write());
    closed(client.output.write(b""));
    closed(client.output.flush());
    let client = to_peer();
    assert!(client.output.check_write().unwrap() > 0);
    reset_by_peer();
    assert_eq!(broken(client.output.write(b"x")), ErrorCode::ConnectionReset);
    closed(client.output.check_write());
}

fn reset_while_flushing() {
    let client = with_broken_write();
    client.output.subscribe().block();
    assert_eq!(broken(client.output.flush()), ErrorCode::ConnectionReset);
    closed(client.output.flush());
    let client = with_broken_write();
    assert_eq!(broken(client.output.blocking_flush()), ErrorCode::ConnectionReset);
    closed(client.output.blocking_flush());
    let client = with_broken_write();
    assert_eq!(broken(client.output.blocking_write_and_flush(b"x")), ErrorCode::ConnectionReset);
    closed(client.output.blocking_write_and_flush(b"x"));
}

fn reset_while_waiting() {
    let client = to_peer();
    let ready = client.input.subscribe();
    assert!(!ready.ready());
    reset_by_peer();
    ready.block();
    assert_eq!(broken(client.input.read(10)), ErrorCode::ConnectionReset);
}

/// The first thing that is done with it.
fn reset_at_once() {
    for close in [true, false] {
        let client = to_peer();
        reset_by_peer();
        if close {
            client.socket.shutdown(ShutdownType::Both).unwrap();
            closed(client.input.blocking_read(1));
        }
    }
}

/// Who writes to somebody that is gone is told, and not ended by a signal.
fn reader_gone(family: IpAddressFamily) {
    let (client, server) = connected(family);
    drop(server);
    loop {
        match client.output.blocking_write_and_flush(b"anybody?") {
            Ok(()) => {}
            Err(StreamError::Closed) => break,
            result => {
                assert_eq!(broken(result), ErrorCode::ConnectionReset);
                break;
            }
        }
    }
    closed(client.output.check_write());
}

fn gone_before_accept(family: IpAddressFamily) {
    let listener = listener(family);
    let address = listener.local_address().unwrap();
    for _ in 0..3 {
        let client = connect(address).unwrap();
        client.output.blocking_write_and_flush(b"last words").unwrap();
    }
    for _ in 0..3 {
        let server = accept(&listener).unwrap();
        assert_eq!(read_to_end(&server.input).unwrap(), b"last words");
    }
    fails(ErrorCode::WouldBlock, listener.accept());
}

/// Sockets, streams and pollables go while the loop still watches for them.
fn dropped_in_flight(family: IpAddressFamily) {
    for _ in 0..50 {
        let listener = listener(family);
        let waiting = listener.subscribe();
        assert!(!waiting.ready());
        let (client, server) = connected(family);
        let reading = client.input.subscribe();
        assert!(!reading.ready());
        fill(&server.output);
        let writing = server.output.subscribe();
        assert!(!writing.ready());
        client.input.blocking_read(1).unwrap();
    }
    // The loop works afterwards.
    let (client, server) = connected(family);
    client.output.blocking_write_and_flush(b"x").unwrap();
    assert_eq!(server.input.blocking_read(1).unwrap(), b"x");
}

/// As many sockets as a guest may have; a limit that is met leaves what there is as it was.
fn new_socket_limit() {
    use crate::wasi::sockets::{tcp_create_socket::create_tcp_socket, udp_create_socket::create_udp_socket};
    let listener = listener(IpAddressFamily::Ipv4);
    let client = connect(listener.local_address().unwrap()).unwrap();
    let mut all = vec![];
    loop {
        match create_udp_socket(IpAddressFamily::Ipv4) {
            Ok(socket) => all.push(socket),
            Err(error) => {
                assert_eq!(error, ErrorCode::NewSocketLimit);
                break;
            }
        }
    }
    assert!(all.len() > 100);
    fails(ErrorCode::NewSocketLimit, create_tcp_socket(IpAddressFamily::Ipv6));
    fails(ErrorCode::NewSocketLimit, create_udp_socket(IpAddressFamily::Ipv6));
    listener.subscribe().block();
    fails(ErrorCode::NewSocketLimit, listener.accept());
    all.pop();
    let server = accept(&listener).unwrap();
    client.output.blocking_write_and_flush(b"x").unwrap();
    assert_eq!(server.input.blocking_read(1).unwrap(), b"x");
}

/// Errors of sockets and of files are not each other's.
fn foreign_error() {
    use crate::wasi::filesystem::preopens::get_directories;
    use crate::wasi::filesystem::types::{filesystem_error_code, DescriptorFlags, OpenFlags, PathFlags};
    let (directory, _) = get_directories().into_iter().find(|(_, path)| path == "/work").unwrap();
    let file = directory
        .open_at(PathFlags::empty(), "file", OpenFlags::CREATE, DescriptorFlags::WRITE)
        .unwrap();
    let stream = file.write_via_stream(u64::MAX - 10).unwrap();
    match stream.blocking_write_and_flush(b"x") {
        Err(StreamError::LastOperationFailed(error)) => {
            assert!(network_error_code(&error).is_none());
            assert!(filesystem_error_code(&error).is_some());
        }
        result => panic!("{result:?}"),
    }
    let client = to_peer();
    reset_by_peer();
    match client.input.blocking_read(1) {
        Err(StreamError::LastOperationFailed(error)) => {
            assert_eq!(network_error_code(&error), Some(ErrorCode::ConnectionReset));
            assert!(filesystem_error_code(&error).is_none());
        }
        result => panic!("{result:?}"),
    }
}

/// Buffers of connections come out of the budget, also of those that are dropped: here it is used up, and one who
/// writes is told.
fn buffers_without_end() {
    let mut servers = vec![];
    let listener = bound_tcp(IpAddressFamily::Ipv4, 0);
    listener.set_receive_buffer_size(1024).unwrap();
    listener.start_listen().unwrap();
    listener.finish_listen().unwrap();
    loop {
        let client = connect(listener.local_address().unwrap()).unwrap();
        client.socket.set_send_buffer_size(1024).unwrap();
        let server = accept(&listener).unwrap();
        servers.push(server);
        loop {
            match client.output.check_write() {
                Ok(0) => break,
                Ok(permit) => match client.output.write(&vec![0; permit as usize]) {
                    Ok(()) => {}
                    Err(StreamError::LastOperationFailed(error)) => {
                        assert_eq!(network_error_code(&error), Some(ErrorCode::OutOfMemory));
                        closed(client.output.check_write());
                        return;
                    }
                    result => panic!("{result:?}"),
                },
                result => panic!("{result:?}"),
            }
        }
    }
}
