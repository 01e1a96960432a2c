//! What the cases have in common: addresses, and sockets that are bound, listening or connected.
pub use crate::wasi::io::poll::{poll, Pollable};
pub use crate::wasi::io::streams::{InputStream, OutputStream, StreamError};
pub use crate::wasi::sockets::network::{
    network_error_code, ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress, Network,
};
pub use crate::wasi::sockets::tcp::{ShutdownType, TcpSocket};
pub use crate::wasi::sockets::udp::{
    IncomingDatagram, IncomingDatagramStream, OutgoingDatagram, OutgoingDatagramStream, UdpSocket,
};
use crate::wasi::sockets::{instance_network, tcp_create_socket, udp_create_socket};

pub const FAMILIES: [IpAddressFamily; 2] = [IpAddressFamily::Ipv4, IpAddressFamily::Ipv6];

pub fn network() -> Network {
    instance_network::instance_network()
}

pub fn tcp(family: IpAddressFamily) -> TcpSocket {
    tcp_create_socket::create_tcp_socket(family).unwrap()
}

pub fn udp(family: IpAddressFamily) -> UdpSocket {
    udp_create_socket::create_udp_socket(family).unwrap()
}

pub fn v4(address: (u8, u8, u8, u8), port: u16) -> IpSocketAddress {
    IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address })
}

pub fn v6(address: (u16, u16, u16, u16, u16, u16, u16, u16), port: u16) -> IpSocketAddress {
    IpSocketAddress::Ipv6(Ipv6SocketAddress { port, flow_info: 0, address, scope_id: 0 })
}

pub fn loopback(family: IpAddressFamily, port: u16) -> IpSocketAddress {
    match family {
        IpAddressFamily::Ipv4 => v4((127, 0, 0, 1), port),
        IpAddressFamily::Ipv6 => v6((0, 0, 0, 0, 0, 0, 0, 1), port),
    }
}

pub fn unspecified(family: IpAddressFamily, port: u16) -> IpSocketAddress {
    match family {
        IpAddressFamily::Ipv4 => v4((0, 0, 0, 0), port),
        IpAddressFamily::Ipv6 => v6((0, 0, 0, 0, 0, 0, 0, 0), port),
    }
}

pub fn other(family: IpAddressFamily) -> IpAddressFamily {
    match family {
        IpAddressFamily::Ipv4 => IpAddressFamily::Ipv6,
        IpAddressFamily::Ipv6 => IpAddressFamily::Ipv4,
    }
}

pub fn mapped(port: u16) -> IpSocketAddress {
    v6((0, 0, 0, 0, 0, 0xffff, 0x7f00, 1), port)
}

pub fn port(address: IpSocketAddress) -> u16 {
    match address {
        IpSocketAddress::Ipv4(address) => address.port,
        IpSocketAddress::Ipv6(address) => address.port,
    }
}

impl PartialEq for IpSocketAddress {
    fn eq(&self, other: &Self) -> bool {
        format!("{self:?}") == format!("{other:?}")
    }
}

#[track_caller]
pub fn fails<T: std::fmt::Debug>(code: ErrorCode, result: Result<T, ErrorCode>) {
    assert!(matches!(result, Err(error) if error == code), "{result:?} instead of {code:?}");
}

#[track_caller]
pub fn closed<T: std::fmt::Debug>(result: Result<T, StreamError>) {
    assert!(matches!(result, Err(StreamError::Closed)), "{result:?}");
}

/// The error that a stream was ended with.
#[track_caller]
pub fn broken<T: std::fmt::Debug>(result: Result<T, StreamError>) -> ErrorCode {
    match result {
        Err(StreamError::LastOperationFailed(error)) => {
            assert!(error.to_debug_string().contains("os error"));
            network_error_code(&error).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

pub fn bound_tcp(family: IpAddressFamily, port: u16) -> TcpSocket {
    let socket = tcp(family);
    socket.start_bind(&network(), loopback(family, port)).unwrap();
    socket.finish_bind().unwrap();
    socket
}

pub fn listener(family: IpAddressFamily) -> TcpSocket {
    let socket = bound_tcp(family, 0);
    socket.start_listen().unwrap();
    socket.finish_listen().unwrap();
    socket
}

pub struct Connection {
    // In the order in which they must be dropped.
    pub input: InputStream,
    pub output: OutputStream,
    pub socket: TcpSocket,
}

pub fn finish_connect(socket: TcpSocket) -> Result<Connection, ErrorCode> {
    loop {
        match socket.finish_connect() {
            Ok((input, output)) => return Ok(Connection { input, output, socket }),
            Err(ErrorCode::WouldBlock) => socket.subscribe().block(),
            Err(error) => return Err(error),
        }
    }
}

pub fn connect(address: IpSocketAddress) -> Result<Connection, ErrorCode> {
    let socket = tcp(match address {
        IpSocketAddress::Ipv4(_) => IpAddressFamily::Ipv4,
        IpSocketAddress::Ipv6(_) => IpAddressFamily::Ipv6,
    });
    socket.start_connect(&network(), address)?;
    finish_connect(socket)
}

pub fn accept(listener: &TcpSocket) -> Result<Connection, ErrorCode> {
    loop {
        match listener.accept() {
            Ok((socket, input, output)) => return Ok(Connection { input, output, socket }),
            Err(ErrorCode::WouldBlock) => listener.subscribe().block(),
            Err(error) => return Err(error),
        }
    }
}

/// Both ends of a connection.
pub fn connected(family: IpAddressFamily) -> (Connection, Connection) {
    let listener = listener(family);
    let client = connect(listener.local_address().unwrap()).unwrap();
    (client, accept(&listener).unwrap())
}

pub fn write_all(output: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let permit = output.check_write()? as usize;
        if permit == 0 {
            output.subscribe().block();
            continue;
        }
        let (now, rest) = bytes.split_at(permit.min(bytes.len()));
        output.write(now)?;
        bytes = rest;
    }
    Ok(())
}

pub fn read_exactly(input: &InputStream, size: usize) -> Vec<u8> {
    let mut all = vec![];
    while all.len() < size {
        all.extend(input.blocking_read((size - all.len()) as u64).unwrap());
    }
    all
}

pub fn read_to_end(input: &InputStream) -> Result<Vec<u8>, StreamError> {
    let mut all = vec![];
    loop {
        match input.blocking_read(65536) {
            Ok(bytes) => {
                assert!(!bytes.is_empty());
                all.extend(bytes);
            }
            Err(StreamError::Closed) => return Ok(all),
            Err(error) => return Err(error),
        }
    }
}

/// Bytes that show when one is lost, doubled or moved.
pub fn pattern(size: usize) -> Vec<u8> {
    let mut state = 1u32;
    (0..size)
        .map(|_| {
            state = state.wrapping_mul(1664525).wrapping_add(1013904223);
            (state >> 24) as u8
        })
        .collect()
}

/// Writes until the stream gives no permit any more: something is left to be sent in the background.
pub fn fill(output: &OutputStream) -> Vec<u8> {
    let mut sent = vec![];
    loop {
        let permit = output.check_write().unwrap() as usize;
        if permit == 0 {
            return sent;
        }
        let part = pattern(permit);
        output.write(&part).unwrap();
        sent.extend(part);
    }
}

pub fn bound_udp(family: IpAddressFamily) -> UdpSocket {
    let socket = udp(family);
    socket.start_bind(&network(), loopback(family, 0)).unwrap();
    socket.finish_bind().unwrap();
    socket
}

pub fn datagram(data: &[u8], remote_address: Option<IpSocketAddress>) -> OutgoingDatagram {
    OutgoingDatagram { data: data.to_vec(), remote_address }
}

pub fn send_one(outgoing: &OutgoingDatagramStream, datagram: OutgoingDatagram) -> Result<(), ErrorCode> {
    while outgoing.check_send()? == 0 {
        outgoing.subscribe().block();
    }
    assert_eq!(outgoing.send(&[datagram])?, 1);
    Ok(())
}

/// At least one.
pub fn receive(incoming: &IncomingDatagramStream, most: u64) -> Result<Vec<IncomingDatagram>, ErrorCode> {
    loop {
        let datagrams = incoming.receive(most)?;
        if !datagrams.is_empty() {
            return Ok(datagrams);
        }
        incoming.subscribe().block();
    }
}
