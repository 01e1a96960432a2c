//! The state machine of TCP sockets: what each function answers in each state, and addresses.
use crate::help::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("tcp-unbound", || FAMILIES.into_iter().for_each(unbound)),
    ("tcp-bind-in-progress", || FAMILIES.into_iter().for_each(bind_in_progress)),
    ("tcp-bound", || FAMILIES.into_iter().for_each(bound)),
    ("tcp-listen-in-progress", || FAMILIES.into_iter().for_each(listen_in_progress)),
    ("tcp-listening", || FAMILIES.into_iter().for_each(listening)),
    ("tcp-connect-in-progress", || FAMILIES.into_iter().for_each(connect_in_progress)),
    ("tcp-connected", || FAMILIES.into_iter().for_each(connected_state)),
    ("tcp-closed", || FAMILIES.into_iter().for_each(closed_state)),
    ("tcp-bind-addresses", || FAMILIES.into_iter().for_each(bind_addresses)),
    ("tcp-bind-again", || FAMILIES.into_iter().for_each(bind_again)),
    ("tcp-connect-addresses", || FAMILIES.into_iter().for_each(connect_addresses)),
    ("tcp-connect-bound", || FAMILIES.into_iter().for_each(connect_bound)),
    ("tcp-listen-address-in-use", || FAMILIES.into_iter().for_each(listen_address_in_use)),
    ("tcp-v6-only", v6_only),
    ("tcp-pollable", || FAMILIES.into_iter().for_each(pollable)),
    ("tcp-backlog", || FAMILIES.into_iter().for_each(backlog)),
    ("tcp-drop-parent", || {
        let (client, _server) = connected(IpAddressFamily::Ipv4);
        drop(client.socket);
    }),
    ("tcp-drop-pollable-parent", || {
        let socket = tcp(IpAddressFamily::Ipv4);
        let _pollable = socket.subscribe();
        drop(socket);
    }),
];

/// What nobody may do but in one state each.
fn unfinished(socket: &TcpSocket) {
    fails(ErrorCode::NotInProgress, socket.finish_bind());
    fails(ErrorCode::NotInProgress, socket.finish_connect());
    fails(ErrorCode::NotInProgress, socket.finish_listen());
}

fn getters_work(socket: &TcpSocket, family: IpAddressFamily) {
    assert_eq!(socket.address_family(), family);
    assert!(!socket.keep_alive_enabled().unwrap());
    assert!(socket.keep_alive_idle_time().unwrap() > 0);
    assert!(socket.keep_alive_interval().unwrap() > 0);
    assert!(socket.keep_alive_count().unwrap() > 0);
    assert!(socket.hop_limit().unwrap() > 0);
    assert!(socket.receive_buffer_size().unwrap() > 0);
    assert!(socket.send_buffer_size().unwrap() > 0);
}

fn unbound(family: IpAddressFamily) {
    let socket = tcp(family);
    unfinished(&socket);
    fails(ErrorCode::InvalidState, socket.start_listen());
    fails(ErrorCode::InvalidState, socket.accept());
    for how in [ShutdownType::Receive, ShutdownType::Send, ShutdownType::Both] {
        fails(ErrorCode::InvalidState, socket.shutdown(how));
    }
    fails(ErrorCode::InvalidState, socket.local_address());
    fails(ErrorCode::InvalidState, socket.remote_address());
    assert!(!socket.is_listening());
    getters_work(&socket, family);
    socket.set_listen_backlog_size(32).unwrap();
    socket.subscribe().block();
}

fn bind_in_progress(family: IpAddressFamily) {
    let socket = tcp(family);
    let address = loopback(family, 0);
    socket.start_bind(&network(), address).unwrap();
    fails(ErrorCode::ConcurrencyConflict, socket.start_bind(&network(), address));
    fails(ErrorCode::ConcurrencyConflict, socket.start_connect(&network(), loopback(family, 1)));
    fails(ErrorCode::ConcurrencyConflict, socket.start_listen());
    fails(ErrorCode::NotInProgress, socket.finish_connect());
    fails(ErrorCode::NotInProgress, socket.finish_listen());
    fails(ErrorCode::InvalidState, socket.accept());
    fails(ErrorCode::InvalidState, socket.shutdown(ShutdownType::Both));
    fails(ErrorCode::InvalidState, socket.remote_address());
    getters_work(&socket, family);
    socket.subscribe().block();
    socket.finish_bind().unwrap();
    fails(ErrorCode::NotInProgress, socket.finish_bind());
}

fn bound(family: IpAddressFamily) {
    let socket = bound_tcp(family, 0);
    unfinished(&socket);
    fails(ErrorCode::InvalidState, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::InvalidState, socket.accept());
    fails(ErrorCode::InvalidState, socket.shutdown(ShutdownType::Both));
    assert_ne!(port(socket.local_address().unwrap()), 0);
    fails(ErrorCode::InvalidState, socket.remote_address());
    assert!(!socket.is_listening());
    getters_work(&socket, family);
    socket.subscribe().block();
}

fn listen_in_progress(family: IpAddressFamily) {
    let socket = bound_tcp(family, 0);
    socket.start_listen().unwrap();
    fails(ErrorCode::ConcurrencyConflict, socket.start_listen());
    fails(ErrorCode::ConcurrencyConflict, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::ConcurrencyConflict, socket.start_connect(&network(), loopback(family, 1)));
    fails(ErrorCode::NotInProgress, socket.finish_bind());
    fails(ErrorCode::NotInProgress, socket.finish_connect());
    fails(ErrorCode::InvalidState, socket.accept());
    assert!(!socket.is_listening());
    socket.subscribe().block();
    socket.finish_listen().unwrap();
    assert!(socket.is_listening());
}

fn listening(family: IpAddressFamily) {
    let socket = listener(family);
    unfinished(&socket);
    fails(ErrorCode::InvalidState, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::InvalidState, socket.start_connect(&network(), loopback(family, 1)));
    fails(ErrorCode::InvalidState, socket.start_listen());
    fails(ErrorCode::InvalidState, socket.shutdown(ShutdownType::Both));
    fails(ErrorCode::InvalidState, socket.remote_address());
    fails(ErrorCode::WouldBlock, socket.accept());
    assert!(socket.is_listening());
    getters_work(&socket, family);
}

/// A connection that no peer answers: the queue of the listener is full.
fn connect_in_progress(family: IpAddressFamily) {
    let listener = bound_tcp(family, 0);
    listener.set_listen_backlog_size(1).unwrap();
    listener.start_listen().unwrap();
    listener.finish_listen().unwrap();
    let address = listener.local_address().unwrap();
    let mut waiting = vec![];
    let socket = loop {
        let socket = tcp(family);
        socket.start_connect(&network(), address).unwrap();
        match socket.finish_connect() {
            Ok((input, output)) => waiting.push(Connection { input, output, socket }),
            Err(ErrorCode::WouldBlock) if waiting.len() > 1 => break socket,
            Err(ErrorCode::WouldBlock) => waiting.push(finish_connect(socket).unwrap()),
            Err(error) => panic!("{error:?}"),
        }
        assert!(waiting.len() < 16);
    };
    fails(ErrorCode::ConcurrencyConflict, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::ConcurrencyConflict, socket.start_connect(&network(), address));
    fails(ErrorCode::ConcurrencyConflict, socket.start_listen());
    fails(ErrorCode::NotInProgress, socket.finish_bind());
    fails(ErrorCode::NotInProgress, socket.finish_listen());
    fails(ErrorCode::InvalidState, socket.accept());
    fails(ErrorCode::InvalidState, socket.shutdown(ShutdownType::Both));
    fails(ErrorCode::InvalidState, socket.remote_address());
    fails(ErrorCode::InvalidState, socket.set_listen_backlog_size(1));
    fails(ErrorCode::WouldBlock, socket.finish_connect());
    assert!(!socket.subscribe().ready());
    fails(ErrorCode::WouldBlock, socket.finish_connect());
}

fn connected_state(family: IpAddressFamily) {
    let (client, server) = connected(family);
    for end in [&client, &server] {
        let socket = &end.socket;
        unfinished(socket);
        fails(ErrorCode::InvalidState, socket.start_bind(&network(), loopback(family, 0)));
        fails(ErrorCode::InvalidState, socket.start_connect(&network(), loopback(family, 1)));
        fails(ErrorCode::InvalidState, socket.start_listen());
        fails(ErrorCode::InvalidState, socket.accept());
        fails(ErrorCode::InvalidState, socket.set_listen_backlog_size(1));
        assert!(!socket.is_listening());
        getters_work(socket, family);
        socket.subscribe().block();
    }
    assert_eq!(client.socket.local_address().unwrap(), server.socket.remote_address().unwrap());
    assert_eq!(server.socket.local_address().unwrap(), client.socket.remote_address().unwrap());
}

/// A port at which nobody listens.
pub fn deserted(family: IpAddressFamily) -> (TcpSocket, IpSocketAddress) {
    let socket = bound_tcp(family, 0);
    let address = socket.local_address().unwrap();
    (socket, address)
}

fn closed_state(family: IpAddressFamily) {
    let (_owner, address) = deserted(family);
    let socket = tcp(family);
    socket.start_connect(&network(), address).unwrap();
    while let Err(error) = socket.finish_connect() {
        match error {
            ErrorCode::WouldBlock => socket.subscribe().block(),
            ErrorCode::ConnectionRefused => break,
            other => panic!("{other:?}"),
        }
    }
    unfinished(&socket);
    fails(ErrorCode::InvalidState, socket.start_bind(&network(), loopback(family, 0)));
    fails(ErrorCode::InvalidState, socket.start_connect(&network(), address));
    fails(ErrorCode::InvalidState, socket.start_listen());
    fails(ErrorCode::InvalidState, socket.accept());
    fails(ErrorCode::InvalidState, socket.shutdown(ShutdownType::Both));
    fails(ErrorCode::InvalidState, socket.local_address());
    fails(ErrorCode::InvalidState, socket.remote_address());
    fails(ErrorCode::InvalidState, socket.set_listen_backlog_size(1));
    fails(ErrorCode::InvalidState, socket.keep_alive_enabled());
    fails(ErrorCode::InvalidState, socket.set_keep_alive_enabled(true));
    fails(ErrorCode::InvalidState, socket.keep_alive_idle_time());
    fails(ErrorCode::InvalidState, socket.set_keep_alive_idle_time(1));
    fails(ErrorCode::InvalidState, socket.keep_alive_interval());
    fails(ErrorCode::InvalidState, socket.set_keep_alive_interval(1));
    fails(ErrorCode::InvalidState, socket.keep_alive_count());
    fails(ErrorCode::InvalidState, socket.set_keep_alive_count(1));
    fails(ErrorCode::InvalidState, socket.hop_limit());
    fails(ErrorCode::InvalidState, socket.set_hop_limit(1));
    fails(ErrorCode::InvalidState, socket.receive_buffer_size());
    fails(ErrorCode::InvalidState, socket.set_receive_buffer_size(1));
    fails(ErrorCode::InvalidState, socket.send_buffer_size());
    fails(ErrorCode::InvalidState, socket.set_send_buffer_size(1));
    assert!(!socket.is_listening());
    assert_eq!(socket.address_family(), family);
    socket.subscribe().block();
}

fn bind_addresses(family: IpAddressFamily) {
    let socket = tcp(family);
    let mut refused = vec![loopback(other(family), 0)];
    match family {
        IpAddressFamily::Ipv4 => refused.extend([v4((224, 0, 0, 1), 0), v4((255, 255, 255, 255), 0)]),
        IpAddressFamily::Ipv6 => refused.extend([
            mapped(0),
            v6((0xff02, 0, 0, 0, 0, 0, 0, 1), 0),
            v6((0, 0, 0, 0, 0, 0, 0x7f00, 1), 0),
        ]),
    }
    for address in refused {
        fails(ErrorCode::InvalidArgument, socket.start_bind(&network(), address));
        fails(ErrorCode::NotInProgress, socket.finish_bind());
    }
    let foreign = match family {
        IpAddressFamily::Ipv4 => vec![v4((192, 0, 2, 1), 0)],
        IpAddressFamily::Ipv6 => vec![
            v6((0x2001, 0xdb8, 0, 0, 0, 0, 0, 1), 0),
            // Of an interface that is not there.
            IpSocketAddress::Ipv6(Ipv6SocketAddress {
                port: 0,
                flow_info: 0,
                address: (0xfe80, 0, 0, 0, 0, 0, 0, 1),
                scope_id: 1_000_000,
            }),
        ],
    };
    for address in foreign {
        fails(ErrorCode::AddressNotBindable, tcp(family).start_bind(&network(), address));
    }
    let listener = listener(family);
    let taken = listener.local_address().unwrap();
    fails(ErrorCode::AddressInUse, socket.start_bind(&network(), taken));
    // A bind that failed leaves the socket unbound.
    socket.start_bind(&network(), unspecified(family, 0)).unwrap();
    socket.finish_bind().unwrap();
    let address = socket.local_address().unwrap();
    assert_eq!(address, unspecified(family, port(address)));
}

/// The port of a listener whose connection ended a moment ago.
fn bind_again(family: IpAddressFamily) {
    let address = {
        let listener = listener(family);
        let client = connect(listener.local_address().unwrap()).unwrap();
        let server = accept(&listener).unwrap();
        // The side that closes first keeps the port for a minute.
        let address = listener.local_address().unwrap();
        drop(server);
        closed(client.input.blocking_read(1));
        address
    };
    let socket = tcp(family);
    socket.start_bind(&network(), address).unwrap();
    socket.finish_bind().unwrap();
    socket.start_listen().unwrap();
    socket.finish_listen().unwrap();
}

fn connect_addresses(family: IpAddressFamily) {
    let socket = tcp(family);
    let mut refused =
        vec![loopback(other(family), 1), loopback(family, 0), unspecified(family, 1)];
    match family {
        IpAddressFamily::Ipv4 => refused.extend([v4((224, 0, 0, 1), 1), v4((255, 255, 255, 255), 1)]),
        IpAddressFamily::Ipv6 => refused.extend([mapped(1), v6((0xff02, 0, 0, 0, 0, 0, 0, 1), 1)]),
    }
    for address in refused {
        fails(ErrorCode::InvalidArgument, socket.start_connect(&network(), address));
        fails(ErrorCode::NotInProgress, socket.finish_connect());
    }
    // The socket is as it was.
    let listener = listener(family);
    socket.start_connect(&network(), listener.local_address().unwrap()).unwrap();
    finish_connect(socket).unwrap();
}

fn connect_bound(family: IpAddressFamily) {
    let listener = listener(family);
    let socket = bound_tcp(family, 0);
    let address = socket.local_address().unwrap();
    socket.start_connect(&network(), listener.local_address().unwrap()).unwrap();
    let client = finish_connect(socket).unwrap();
    let server = accept(&listener).unwrap();
    assert_eq!(client.socket.local_address().unwrap(), address);
    assert_eq!(server.socket.remote_address().unwrap(), address);
}

/// Two sockets may be bound to one address; one may listen.
fn listen_address_in_use(family: IpAddressFamily) {
    let first = bound_tcp(family, 0);
    let second = bound_tcp(family, port(first.local_address().unwrap()));
    first.start_listen().unwrap();
    first.finish_listen().unwrap();
    fails(ErrorCode::AddressInUse, second.start_listen());
    fails(ErrorCode::InvalidState, second.start_listen());
    fails(ErrorCode::InvalidState, second.local_address());
}

/// An IPv6 socket that is bound to every address leaves those of IPv4 to others.
fn v6_only() {
    let v6 = tcp(IpAddressFamily::Ipv6);
    v6.start_bind(&network(), unspecified(IpAddressFamily::Ipv6, 0)).unwrap();
    v6.finish_bind().unwrap();
    v6.start_listen().unwrap();
    v6.finish_listen().unwrap();
    let port = port(v6.local_address().unwrap());
    let refused = connect(loopback(IpAddressFamily::Ipv4, port));
    assert!(matches!(refused, Err(ErrorCode::ConnectionRefused)));
    let v4 = tcp(IpAddressFamily::Ipv4);
    v4.start_bind(&network(), unspecified(IpAddressFamily::Ipv4, port)).unwrap();
    v4.finish_bind().unwrap();
    v4.start_listen().unwrap();
    v4.finish_listen().unwrap();
    connect(loopback(IpAddressFamily::Ipv4, port)).unwrap();
    accept(&v4).unwrap();
    fails(ErrorCode::WouldBlock, v6.accept());
}

/// One pollable for all states of a socket.
fn pollable(family: IpAddressFamily) {
    let listener = tcp(family);
    let ready = listener.subscribe();
    assert!(ready.ready());
    listener.start_bind(&network(), loopback(family, 0)).unwrap();
    assert!(ready.ready());
    listener.finish_bind().unwrap();
    assert!(ready.ready());
    listener.start_listen().unwrap();
    assert!(ready.ready());
    listener.finish_listen().unwrap();
    assert!(!ready.ready());
    for _ in 0..3 {
        let client = tcp(family);
        let client_ready = client.subscribe();
        client.start_connect(&network(), listener.local_address().unwrap()).unwrap();
        let mut waiting = vec![0, 1];
        while let Some(&first) = waiting.first() {
            let all = [&client_ready, &ready];
            let list: Vec<&Pollable> = waiting.iter().map(|&index| all[index]).collect();
            let found = waiting[poll(&list)[0] as usize];
            assert!(waiting.contains(&found), "{first}");
            waiting.retain(|&index| index != found);
        }
        let streams = client.finish_connect().unwrap();
        assert!(client_ready.ready());
        accept(&listener).unwrap();
        assert!(!ready.ready());
        fails(ErrorCode::WouldBlock, listener.accept());
        drop(streams);
        drop(client_ready);
    }
    drop(ready);
}

fn backlog(family: IpAddressFamily) {
    let socket = bound_tcp(family, 0);
    fails(ErrorCode::InvalidArgument, socket.set_listen_backlog_size(0));
    socket.set_listen_backlog_size(u64::MAX).unwrap();
    socket.start_listen().unwrap();
    socket.finish_listen().unwrap();
    fails(ErrorCode::InvalidArgument, socket.set_listen_backlog_size(0));
    socket.set_listen_backlog_size(2).unwrap();
    socket.set_listen_backlog_size(u64::MAX).unwrap();
    let clients: Vec<Connection> =
        (0..20).map(|_| connect(socket.local_address().unwrap()).unwrap()).collect();
    for _ in &clients {
        accept(&socket).unwrap();
    }
}
