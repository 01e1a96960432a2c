//! The states of UDP sockets, and their addresses.
use crate::help::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("udp-unbound", || FAMILIES.into_iter().for_each(unbound)),
    ("udp-bind-in-progress", || FAMILIES.into_iter().for_each(bind_in_progress)),
    ("udp-bound", || FAMILIES.into_iter().for_each(bound)),
    ("udp-bind-addresses", || FAMILIES.into_iter().for_each(bind_addresses)),
    ("udp-peers", || FAMILIES.into_iter().for_each(peers)),
    ("udp-peer-addresses", || FAMILIES.into_iter().for_each(peer_addresses)),
    ("udp-keeps-binding", || FAMILIES.into_iter().for_each(keeps_binding)),
    ("udp-replaced-streams", || FAMILIES.into_iter().for_each(replaced_streams)),
    ("udp-drop-parent", || {
        let socket = bound_udp(IpAddressFamily::Ipv4);
        let _streams = socket.stream(None).unwrap();
        drop(socket);
    }),
];

fn options_work(socket: &UdpSocket, family: IpAddressFamily) {
    assert_eq!(socket.address_family(), family);
    assert!(socket.unicast_hop_limit().unwrap() > 0);
    assert!(socket.receive_buffer_size().unwrap() > 0);
    assert!(socket.send_buffer_size().unwrap() > 0);
    socket.subscribe().block();
}

fn unbound(family: IpAddressFamily) {
    let socket = udp(family);
    fails(ErrorCode::NotInProgress, socket.finish_bind());
    fails(ErrorCode::InvalidState, socket.stream(None));
    fails(ErrorCode::InvalidState, socket.stream(Some(loopback(family, 1))));
    fails(ErrorCode::InvalidState, socket.local_address());
    fails(ErrorCode::InvalidState, socket.remote_address());
    options_work(&socket, family);
}

fn bind_in_progress(family: IpAddressFamily) {
    let socket = udp(family);
    socket.start_bind(&network(), loopback(family, 0)).unwrap();
    fails(ErrorCode::ConcurrencyConflict, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::ConcurrencyConflict, socket.stream(None));
    options_work(&socket, family);
    socket.finish_bind().unwrap();
    fails(ErrorCode::NotInProgress, socket.finish_bind());
}

fn bound(family: IpAddressFamily) {
    let socket = bound_udp(family);
    fails(ErrorCode::InvalidState, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::NotInProgress, socket.finish_bind());
    let address = socket.local_address().unwrap();
    assert_ne!(port(address), 0);
    assert_eq!(address, loopback(family, port(address)));
    fails(ErrorCode::InvalidState, socket.remote_address());
    options_work(&socket, family);
}

fn bind_addresses(family: IpAddressFamily) {
    let socket = udp(family);
    fails(ErrorCode::InvalidArgument, socket.start_bind(&network(), loopback(other(family), 0)));
    if family == IpAddressFamily::Ipv6 {
        fails(ErrorCode::InvalidArgument, socket.start_bind(&network(), mapped(0)));
    }
    let foreign = match family {
        IpAddressFamily::Ipv4 => v4((192, 0, 2, 1), 0),
        IpAddressFamily::Ipv6 => v6((0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 0),
    };
    fails(ErrorCode::AddressNotBindable, socket.start_bind(&network(), foreign));
    let taken = bound_udp(family);
    fails(ErrorCode::AddressInUse, socket.start_bind(&network(), taken.local_address().unwrap()));
    fails(ErrorCode::NotInProgress, socket.finish_bind());
    socket.start_bind(&network(), unspecified(family, 0)).unwrap();
    socket.finish_bind().unwrap();
}

/// With a peer, without, with another: as often as the guest likes.
fn peers(family: IpAddressFamily) {
    let socket = udp(family);
    socket.start_bind(&network(), unspecified(family, 0)).unwrap();
    socket.finish_bind().unwrap();
    let port = port(socket.local_address().unwrap());
    let (first, second) = (bound_udp(family), bound_udp(family));
    let (first, second) = (first.local_address().unwrap(), second.local_address().unwrap());
    for peer in [None, None, Some(first), Some(first), Some(second), None, Some(first), None] {
        drop(socket.stream(peer).unwrap());
        match peer {
            Some(peer) => assert_eq!(socket.remote_address().unwrap(), peer),
            None => fails(ErrorCode::InvalidState, socket.remote_address()),
        }
        let local = match peer {
            Some(_) => loopback(family, port),
            None => unspecified(family, port),
        };
        assert_eq!(socket.local_address().unwrap(), local);
    }
}

fn peer_addresses(family: IpAddressFamily) {
    let socket = bound_udp(family);
    let mut refused = vec![loopback(other(family), 1), unspecified(family, 1), loopback(family, 0)];
    if family == IpAddressFamily::Ipv6 {
        refused.push(mapped(1));
    }
    let (_incoming, outgoing) = socket.stream(None).unwrap();
    for address in refused {
        fails(ErrorCode::InvalidArgument, socket.stream(Some(address)));
        assert!(outgoing.check_send().unwrap() > 0);
        fails(ErrorCode::InvalidArgument, outgoing.send(&[datagram(b"x", Some(address))]));
    }
    assert!(outgoing.check_send().unwrap() > 0);
    fails(ErrorCode::InvalidArgument, outgoing.send(&[datagram(b"x", None)]));
}

/// A socket whose peer is forgotten gets what is sent to its address.
fn keeps_binding(family: IpAddressFamily) {
    for address in [unspecified(family, 0), loopback(family, 0)] {
        let socket = udp(family);
        socket.start_bind(&network(), address).unwrap();
        socket.finish_bind().unwrap();
        let before = socket.local_address().unwrap();
        let stranger = bound_udp(family);
        drop(socket.stream(Some(stranger.local_address().unwrap())).unwrap());
        let (incoming, _outgoing) = socket.stream(None).unwrap();
        assert_eq!(socket.local_address().unwrap(), before);
        let sender = bound_udp(family);
        let (_in, out) = sender.stream(Some(loopback(family, port(before)))).unwrap();
        send_one(&out, datagram(b"found", None)).unwrap();
        assert_eq!(receive(&incoming, 1).unwrap()[0].data, b"found");
    }
}

fn replaced_streams(family: IpAddressFamily) {
    let socket = bound_udp(family);
    let peer = bound_udp(family);
    let (incoming, outgoing) = socket.stream(None).unwrap();
    let ready = incoming.subscribe();
    assert!(!ready.ready());
    assert!(outgoing.check_send().unwrap() > 0);
    let (new_incoming, new_outgoing) = socket.stream(Some(peer.local_address().unwrap())).unwrap();
    ready.block();
    outgoing.subscribe().block();
    fails(ErrorCode::InvalidState, incoming.receive(1));
    fails(ErrorCode::InvalidState, outgoing.send(&[datagram(b"x", None)]));
    fails(ErrorCode::InvalidState, outgoing.check_send());
    assert!(new_incoming.receive(1).unwrap().is_empty());
    send_one(&new_outgoing, datagram(b"x", None)).unwrap();
    drop(ready);
    // A stream that fails leaves nothing that works half.
    fails(ErrorCode::InvalidArgument, socket.stream(Some(unspecified(family, 1))));
    send_one(&new_outgoing, datagram(b"x", None)).unwrap();
}
