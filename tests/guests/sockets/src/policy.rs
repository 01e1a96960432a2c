//! What is refused to those who were not allowed it.
use crate::help::*;
use crate::wasi::sockets::{tcp_create_socket::create_tcp_socket, udp_create_socket::create_udp_socket};
use crate::Case;

pub const CASES: &[Case] = &[
    ("no-tcp", || {
        FAMILIES.into_iter().for_each(|family| fails(ErrorCode::AccessDenied, create_tcp_socket(family)));
        FAMILIES.into_iter().for_each(|family| drop(bound_udp(family)));
    }),
    ("no-udp", || {
        FAMILIES.into_iter().for_each(|family| fails(ErrorCode::AccessDenied, create_udp_socket(family)));
        FAMILIES.into_iter().for_each(|family| drop(listener(family)));
    }),
    ("denied", || FAMILIES.into_iter().for_each(denied)),
    ("denied-listen", denied_listen),
    ("denied-peer", denied_peer),
];

/// Nothing was allowed.
fn denied(family: IpAddressFamily) {
    let socket = tcp(family);
    for address in [loopback(family, 0), unspecified(family, 0), loopback(family, 8080)] {
        fails(ErrorCode::AccessDenied, socket.start_bind(&network(), address));
        fails(ErrorCode::NotInProgress, socket.finish_bind());
    }
    let outcome = connect(loopback(family, 80));
    assert!(matches!(outcome, Err(ErrorCode::AccessDenied)));
    // What is wrong anyway is told first.
    fails(ErrorCode::InvalidArgument, socket.start_connect(&network(), loopback(family, 0)));
    let socket = udp(family);
    fails(ErrorCode::AccessDenied, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::AccessDenied, socket.start_bind(&network(), unspecified(family, 0)));
    fails(ErrorCode::InvalidState, socket.stream(None));
}

/// With --allow-net only: what a client binds to is no place to listen.
fn denied_listen() {
    let socket = tcp(IpAddressFamily::Ipv4);
    socket.start_bind(&network(), unspecified(IpAddressFamily::Ipv4, 0)).unwrap();
    socket.finish_bind().unwrap();
    fails(ErrorCode::AccessDenied, socket.start_listen());
    let socket = tcp(IpAddressFamily::Ipv4);
    fails(ErrorCode::AccessDenied, socket.start_bind(&network(), loopback(IpAddressFamily::Ipv4, 0)));
}

/// With --allow-listen only: who may be reached may not reach others.
fn denied_peer() {
    let family = IpAddressFamily::Ipv4;
    let listener = listener(family);
    let outcome = connect(listener.local_address().unwrap());
    assert!(matches!(outcome, Err(ErrorCode::AccessDenied)));
    let socket = bound_udp(family);
    let peer = Some(loopback(family, 9));
    fails(ErrorCode::AccessDenied, socket.stream(peer));
    let (_incoming, outgoing) = socket.stream(None).unwrap();
    assert!(outgoing.check_send().unwrap() > 0);
    fails(ErrorCode::AccessDenied, outgoing.send(&[datagram(b"x", peer)]));
}
