//! The options of TCP and UDP sockets.
use crate::help::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("tcp-options", || FAMILIES.into_iter().for_each(tcp_options)),
    ("tcp-options-clamped", || FAMILIES.into_iter().for_each(tcp_options_clamped)),
    ("tcp-options-inherited", || FAMILIES.into_iter().for_each(inherited)),
    ("udp-options", || FAMILIES.into_iter().for_each(udp_options)),
];

const SECOND: u64 = 1_000_000_000;

fn set_all(socket: &TcpSocket, value: u64) {
    socket.set_keep_alive_enabled(value % 2 == 0).unwrap();
    socket.set_keep_alive_idle_time(value * SECOND).unwrap();
    socket.set_keep_alive_interval((value + 1) * SECOND).unwrap();
    socket.set_keep_alive_count(value as u32 + 2).unwrap();
    socket.set_hop_limit(value as u8 + 3).unwrap();
    socket.set_receive_buffer_size(0x10000 + value * 1024).unwrap();
    socket.set_send_buffer_size(0x20000 + value * 1024).unwrap();
}

fn has_all(socket: &TcpSocket, value: u64) {
    assert_eq!(socket.keep_alive_enabled().unwrap(), value % 2 == 0);
    assert_eq!(socket.keep_alive_idle_time().unwrap(), value * SECOND);
    assert_eq!(socket.keep_alive_interval().unwrap(), (value + 1) * SECOND);
    assert_eq!(socket.keep_alive_count().unwrap(), value as u32 + 2);
    assert_eq!(socket.hop_limit().unwrap(), value as u8 + 3);
    assert_eq!(socket.receive_buffer_size().unwrap(), 0x10000 + value * 1024);
    assert_eq!(socket.send_buffer_size().unwrap(), 0x20000 + value * 1024);
}

fn tcp_options(family: IpAddressFamily) {
    let socket = tcp(family);
    for value in [1, 42] {
        set_all(&socket, value);
        has_all(&socket, value);
    }
    fails(ErrorCode::InvalidArgument, socket.set_listen_backlog_size(0));
    fails(ErrorCode::InvalidArgument, socket.set_keep_alive_idle_time(0));
    fails(ErrorCode::InvalidArgument, socket.set_keep_alive_interval(0));
    fails(ErrorCode::InvalidArgument, socket.set_keep_alive_count(0));
    fails(ErrorCode::InvalidArgument, socket.set_hop_limit(0));
    fails(ErrorCode::InvalidArgument, socket.set_receive_buffer_size(0));
    fails(ErrorCode::InvalidArgument, socket.set_send_buffer_size(0));
    has_all(&socket, 42);
}

fn tcp_options_clamped(family: IpAddressFamily) {
    let socket = tcp(family);
    for (set, get) in [(1, SECOND), (SECOND + 1, 2 * SECOND), (u64::MAX, 32767 * SECOND)] {
        socket.set_keep_alive_idle_time(set).unwrap();
        assert_eq!(socket.keep_alive_idle_time().unwrap(), get);
        socket.set_keep_alive_interval(set).unwrap();
        assert_eq!(socket.keep_alive_interval().unwrap(), get);
    }
    for (set, get) in [(1, 1), (127, 127), (128, 127), (u32::MAX, 127)] {
        socket.set_keep_alive_count(set).unwrap();
        assert_eq!(socket.keep_alive_count().unwrap(), get);
    }
    for limit in [1, 255] {
        socket.set_hop_limit(limit).unwrap();
        assert_eq!(socket.hop_limit().unwrap(), limit);
    }
    for size in [1, u64::MAX, 1 << 31, 1 << 32] {
        socket.set_receive_buffer_size(size).unwrap();
        assert!(socket.receive_buffer_size().unwrap() > 0);
        socket.set_send_buffer_size(size).unwrap();
        assert!(socket.send_buffer_size().unwrap() > 0);
    }
    for size in [1, u64::MAX, 1 << 32] {
        socket.set_listen_backlog_size(size).unwrap();
    }
}

/// Accepted sockets have the options that the listener had when the connection came.
fn inherited(family: IpAddressFamily) {
    let listener = bound_tcp(family, 0);
    set_all(&listener, 42);
    listener.start_listen().unwrap();
    listener.finish_listen().unwrap();
    let address = listener.local_address().unwrap();
    let _client = connect(address).unwrap();
    let accepted = accept(&listener).unwrap();
    has_all(&accepted.socket, 42);
    set_all(&listener, 43);
    has_all(&accepted.socket, 42);
    let _client = connect(address).unwrap();
    let accepted = accept(&listener).unwrap();
    has_all(&accepted.socket, 43);
    assert_eq!(accepted.socket.address_family(), family);
}

fn udp_options(family: IpAddressFamily) {
    let socket = udp(family);
    assert!(socket.unicast_hop_limit().unwrap() > 0);
    fails(ErrorCode::InvalidArgument, socket.set_unicast_hop_limit(0));
    fails(ErrorCode::InvalidArgument, socket.set_receive_buffer_size(0));
    fails(ErrorCode::InvalidArgument, socket.set_send_buffer_size(0));
    for limit in [1, 42, 255] {
        socket.set_unicast_hop_limit(limit).unwrap();
        assert_eq!(socket.unicast_hop_limit().unwrap(), limit);
    }
    for size in [1, u64::MAX, 1 << 32] {
        socket.set_receive_buffer_size(size).unwrap();
        assert!(socket.receive_buffer_size().unwrap() > 0);
        socket.set_send_buffer_size(size).unwrap();
        assert!(socket.send_buffer_size().unwrap() > 0);
    }
    socket.set_receive_buffer_size(0x10000).unwrap();
    assert_eq!(socket.receive_buffer_size().unwrap(), 0x10000);
    socket.set_send_buffer_size(0x10000).unwrap();
    assert_eq!(socket.send_buffer_size().unwrap(), 0x10000);
}
