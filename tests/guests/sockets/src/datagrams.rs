//! What UDP sockets send and receive.
use crate::help::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("udp-echo", || FAMILIES.into_iter().for_each(echo)),
    ("udp-receive", || FAMILIES.into_iter().for_each(receive_some)),
    ("udp-many", || FAMILIES.into_iter().for_each(many)),
    ("udp-sizes", || FAMILIES.into_iter().for_each(sizes)),
    ("udp-filters-others", || FAMILIES.into_iter().for_each(filters_others)),
    ("udp-peer-only", || FAMILIES.into_iter().for_each(peer_only)),
    ("udp-first-error-counts", || FAMILIES.into_iter().for_each(first_error_counts)),
    ("udp-closed-receiver", || FAMILIES.into_iter().for_each(closed_receiver)),
    ("udp-closed-receiver-unconnected", || FAMILIES.into_iter().for_each(closed_receiver_unconnected)),
    ("udp-pollables", || FAMILIES.into_iter().for_each(pollables)),
    ("udp-broadcast", broadcast),
    ("udp-permit-missing", || {
        let socket = bound_udp(IpAddressFamily::Ipv4);
        let (_incoming, outgoing) = socket.stream(None).unwrap();
        let _ = outgoing.send(&[datagram(b"x", Some(loopback(IpAddressFamily::Ipv4, 1)))]);
    }),
    ("udp-permit-exceeded", || {
        let (_a, _b, outgoing) = to_itself();
        let permit = outgoing.check_send().unwrap() as usize;
        let _ = outgoing.send(&(0..=permit).map(|_| datagram(b"x", None)).collect::<Vec<_>>());
    }),
    ("udp-permit-used-up", || {
        let (_a, _b, outgoing) = to_itself();
        assert!(outgoing.check_send().unwrap() > 1);
        assert_eq!(outgoing.send(&[datagram(b"x", None)]).unwrap(), 1);
        let _ = outgoing.send(&[datagram(b"x", None)]);
    }),
];

fn to_itself() -> (IncomingDatagramStream, UdpSocket, OutgoingDatagramStream) {
    let socket = bound_udp(IpAddressFamily::Ipv4);
    let (incoming, outgoing) = socket.stream(Some(socket.local_address().unwrap())).unwrap();
    (incoming, socket, outgoing)
}

fn echo(family: IpAddressFamily) {
    let server = bound_udp(family);
    let (server_in, server_out) = server.stream(None).unwrap();
    let client = bound_udp(family);
    let (client_in, client_out) = client.stream(Some(server.local_address().unwrap())).unwrap();
    for size in [0, 1, 1000] {
        send_one(&client_out, datagram(&pattern(size), None)).unwrap();
        let question = &receive(&server_in, 1).unwrap()[0];
        assert_eq!(question.data, pattern(size));
        assert_eq!(question.remote_address, client.local_address().unwrap());
        send_one(&server_out, datagram(&question.data, Some(question.remote_address))).unwrap();
        let answer = &receive(&client_in, 10).unwrap()[0];
        assert_eq!(answer.data, pattern(size));
        assert_eq!(answer.remote_address, server.local_address().unwrap());
    }
}

fn receive_some(family: IpAddressFamily) {
    let socket = bound_udp(family);
    let (incoming, _outgoing) = socket.stream(None).unwrap();
    let ready = incoming.subscribe();
    assert!(incoming.receive(0).unwrap().is_empty());
    assert!(incoming.receive(u64::MAX).unwrap().is_empty());
    assert!(!ready.ready());
    let sender = bound_udp(family);
    let (_in, out) = sender.stream(Some(socket.local_address().unwrap())).unwrap();
    for byte in 0..5 {
        send_one(&out, datagram(&[byte], None)).unwrap();
    }
    ready.block();
    assert!(incoming.receive(0).unwrap().is_empty());
    let mut received = vec![];
    for most in [1, 2, u64::MAX] {
        ready.block();
        let some = incoming.receive(most).unwrap();
        assert!(some.len() as u64 <= most);
        received.extend(some.into_iter().map(|datagram| datagram.data[0]));
    }
    assert_eq!(received, [0, 1, 2, 3, 4]);
    assert!(!ready.ready());
}

/// Several by one call, in both directions.
fn many(family: IpAddressFamily) {
    let receiver = bound_udp(family);
    let (incoming, _outgoing) = receiver.stream(None).unwrap();
    let address = receiver.local_address().unwrap();
    let sender = bound_udp(family);
    let (_in, out) = sender.stream(None).unwrap();
    let permit = out.check_send().unwrap();
    assert!(permit >= 2);
    assert_eq!(out.send(&[]).unwrap(), 0);
    let permit = permit.min(out.check_send().unwrap());
    let datagrams: Vec<_> =
        (0..permit).map(|number| datagram(&[number as u8; 100], Some(address))).collect();
    assert_eq!(out.send(&datagrams).unwrap(), permit);
    incoming.subscribe().block();
    let received = incoming.receive(permit).unwrap();
    assert_eq!(received.len() as u64, permit);
    for (number, datagram) in received.iter().enumerate() {
        assert_eq!(datagram.data, [number as u8; 100]);
        assert_eq!(datagram.remote_address, sender.local_address().unwrap());
    }
}

fn sizes(family: IpAddressFamily) {
    let receiver = bound_udp(family);
    receiver.set_receive_buffer_size(1 << 20).unwrap();
    let (incoming, _outgoing) = receiver.stream(None).unwrap();
    let sender = bound_udp(family);
    sender.set_send_buffer_size(1 << 20).unwrap();
    let (_in, out) = sender.stream(Some(receiver.local_address().unwrap())).unwrap();
    let largest = match family {
        IpAddressFamily::Ipv4 => 65507,
        IpAddressFamily::Ipv6 => 65527,
    };
    for size in [0, 1472, 9000, largest] {
        send_one(&out, datagram(&pattern(size), None)).unwrap();
        let received = receive(&incoming, 16).unwrap();
        assert_eq!(received.len(), 1);
        assert!(received[0].data == pattern(size));
    }
    for size in [largest + 1, 65535, 65536, 1 << 20] {
        assert!(out.check_send().unwrap() > 0);
        fails(ErrorCode::DatagramTooLarge, out.send(&[datagram(&pattern(size), None)]));
    }
}

/// What others sent before the peer was fixed is not of the peer.
fn filters_others(family: IpAddressFamily) {
    let socket = bound_udp(family);
    let address = socket.local_address().unwrap();
    let senders: Vec<UdpSocket> = (0..2).map(|_| bound_udp(family)).collect();
    let streams: Vec<_> =
        senders.iter().map(|sender| sender.stream(Some(address)).unwrap()).collect();
    for round in 0..40 {
        send_one(&streams[0].1, datagram(b"A", None)).unwrap();
        if round == 20 || round == 39 {
            send_one(&streams[1].1, datagram(b"B", None)).unwrap();
        }
    }
    let peer = senders[1].local_address().unwrap();
    let (incoming, _outgoing) = socket.stream(Some(peer)).unwrap();
    let mut received = vec![];
    while received.len() < 2 {
        received.extend(receive(&incoming, 16).unwrap());
    }
    assert_eq!(received.len(), 2);
    for datagram in &received {
        assert_eq!(datagram.data, b"B");
        assert_eq!(datagram.remote_address, peer);
    }
    send_one(&streams[0].1, datagram(b"A", None)).unwrap();
    assert!(incoming.receive(16).unwrap().is_empty());
}

/// With a peer, there is one address to send to.
fn peer_only(family: IpAddressFamily) {
    let (peer, stranger) = (bound_udp(family), bound_udp(family));
    let (peer_in, _peer_out) = peer.stream(None).unwrap();
    let socket = bound_udp(family);
    let address = peer.local_address().unwrap();
    let (_incoming, outgoing) = socket.stream(Some(address)).unwrap();
    assert!(outgoing.check_send().unwrap() > 0);
    let wrong = datagram(b"x", Some(stranger.local_address().unwrap()));
    fails(ErrorCode::InvalidArgument, outgoing.send(&[wrong]));
    send_one(&outgoing, datagram(b"named", Some(address))).unwrap();
    send_one(&outgoing, datagram(b"unnamed", None)).unwrap();
    assert_eq!(receive(&peer_in, 1).unwrap()[0].data, b"named");
    assert_eq!(receive(&peer_in, 1).unwrap()[0].data, b"unnamed");
}

/// The first error ends a send; it is told only where nothing was sent before it.
fn first_error_counts(family: IpAddressFamily) {
    let receiver = bound_udp(family);
    let (incoming, _outgoing) = receiver.stream(None).unwrap();
    let to = Some(receiver.local_address().unwrap());
    let socket = bound_udp(family);
    let (_in, out) = socket.stream(None).unwrap();
    for wrong in [datagram(b"x", None), datagram(&pattern(70_000), to), datagram(&pattern(65_530), to)] {
        assert!(out.check_send().unwrap() >= 3);
        let sent = out.send(&[datagram(b"first", to), wrong, datagram(b"never", to)]).unwrap();
        assert_eq!(sent, 1);
        assert_eq!(receive(&incoming, 16).unwrap().len(), 1);
    }
    assert!(out.check_send().unwrap() >= 2);
    fails(ErrorCode::InvalidArgument, out.send(&[datagram(b"x", None), datagram(b"never", to)]));
    assert!(incoming.receive(16).unwrap().is_empty());
}

fn deserted(family: IpAddressFamily) -> IpSocketAddress {
    bound_udp(family).local_address().unwrap()
}

/// With a peer, the news that nobody is there reaches whoever waits for an answer, or sends again.
fn closed_receiver(family: IpAddressFamily) {
    let socket = bound_udp(family);
    let (incoming, outgoing) = socket.stream(Some(deserted(family))).unwrap();
    send_one(&outgoing, datagram(b"x", None)).unwrap();
    fails(ErrorCode::ConnectionRefused, receive(&incoming, 1));
    // It is told once.
    assert!(incoming.receive(1).unwrap().is_empty());
    send_one(&outgoing, datagram(b"x", None)).unwrap();
    incoming.subscribe().block();
    assert!(outgoing.check_send().unwrap() > 0);
    fails(ErrorCode::ConnectionRefused, outgoing.send(&[datagram(b"x", None)]));
}

/// Without one, it stops nobody: also not the news about an earlier peer.
fn closed_receiver_unconnected(family: IpAddressFamily) {
    let receiver = bound_udp(family);
    let (receiver_in, _receiver_out) = receiver.stream(None).unwrap();
    let to = Some(receiver.local_address().unwrap());
    let socket = bound_udp(family);
    {
        let (incoming, outgoing) = socket.stream(Some(deserted(family))).unwrap();
        send_one(&outgoing, datagram(b"x", None)).unwrap();
        incoming.subscribe().block();
    }
    let (incoming, outgoing) = socket.stream(None).unwrap();
    send_one(&outgoing, datagram(b"x", to)).unwrap();
    assert_eq!(receive(&receiver_in, 1).unwrap()[0].data, b"x");
    for _ in 0..10 {
        send_one(&outgoing, datagram(b"x", Some(deserted(family)))).unwrap();
        send_one(&outgoing, datagram(b"y", to)).unwrap();
        assert_eq!(receive(&receiver_in, 1).unwrap()[0].data, b"y");
    }
    assert!(incoming.receive(16).unwrap().is_empty());
}

fn pollables(family: IpAddressFamily) {
    let socket = bound_udp(family);
    let (incoming, outgoing) = socket.stream(None).unwrap();
    let sendable = outgoing.subscribe();
    assert!(sendable.ready());
    sendable.block();
    let receivable = incoming.subscribe();
    assert!(!receivable.ready());
    let sender = bound_udp(family);
    let (_in, out) = sender.stream(Some(socket.local_address().unwrap())).unwrap();
    for _ in 0..10 {
        send_one(&out, datagram(b"x", None)).unwrap();
        assert_eq!(poll(&[&receivable]), [0]);
        assert!(receivable.ready());
        assert_eq!(incoming.receive(10).unwrap().len(), 1);
        assert!(!receivable.ready());
        // Loops that never wait end all the same.
        send_one(&out, datagram(b"y", None)).unwrap();
        while !receivable.ready() {}
        while incoming.receive(1).unwrap().is_empty() {}
    }
}

fn broadcast() {
    let socket = udp(IpAddressFamily::Ipv4);
    socket.start_bind(&network(), unspecified(IpAddressFamily::Ipv4, 0)).unwrap();
    socket.finish_bind().unwrap();
    let (_incoming, outgoing) = socket.stream(None).unwrap();
    assert!(outgoing.check_send().unwrap() > 0);
    let all = datagram(b"x", Some(v4((255, 255, 255, 255), 9)));
    let result = outgoing.send(&[all]);
    assert!(matches!(result, Err(ErrorCode::AccessDenied | ErrorCode::RemoteUnreachable)), "{result:?}");
}
