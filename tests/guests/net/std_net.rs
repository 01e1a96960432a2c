// A small client and server by Rust's std::net; README.md says what the commands do.
use std::collections::BTreeSet;
use std::io::{self, BufRead, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};

const RESPONSE: &[u8] =
    b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nit answers\n";

fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 65536];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        if buffer[..count].starts_with(b"GET ") {
            return stream.write_all(RESPONSE);
        }
        stream.write_all(&buffer[..count])?;
    }
}

fn tcp_server(address: &str, port: u16, count: usize) -> io::Result<()> {
    let listener = TcpListener::bind((address, port))?;
    println!("listening on {}", listener.local_addr()?);
    for stream in listener.incoming().take(count) {
        serve(stream?)?;
    }
    Ok(())
}

fn tcp_client(host: &str, port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect((host, port))?;
    stream.set_nodelay(true)?;
    assert_eq!(stream.peer_addr()?.port(), port);
    io::copy(&mut io::stdin().lock(), &mut stream)?;
    stream.shutdown(Shutdown::Write)?;
    io::copy(&mut stream, &mut io::stdout().lock())?;
    Ok(())
}

// The same query as an answer, with one record: a pointer to the name, type A, class IN.
fn dns_answer(query: &[u8]) -> Option<Vec<u8>> {
    let is_query = query.len() > 16 && query[2] & 0x80 == 0 && query[4..6] == [0, 1];
    if !is_query {
        return None;
    }
    let name = query[12..].iter().position(|&byte| byte == 0)?;
    let mut answer = query[..12 + name + 5].to_vec();
    answer[2] |= 0x80;
    answer[6..12].copy_from_slice(&[0, 1, 0, 0, 0, 0]);
    answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7]);
    Some(answer)
}

fn udp_server(address: &str, port: u16, count: usize) -> io::Result<()> {
    let socket = UdpSocket::bind((address, port))?;
    println!("listening on {}", socket.local_addr()?);
    let mut buffer = [0; 65536];
    for _ in 0..count {
        let (size, from) = socket.recv_from(&mut buffer)?;
        let answer = dns_answer(&buffer[..size]).unwrap_or(buffer[..size].to_vec());
        socket.send_to(&answer, from)?;
    }
    Ok(())
}

fn udp_client(host: &str, port: u16) -> io::Result<()> {
    let target = (host, port).to_socket_addrs()?.next().expect("an address");
    let socket = UdpSocket::bind(if target.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" })?;
    socket.connect(target)?;
    let mut buffer = [0; 65536];
    for line in io::stdin().lock().lines() {
        socket.send(line?.as_bytes())?;
        let size = socket.recv(&mut buffer)?;
        println!("{}", String::from_utf8_lossy(&buffer[..size]));
    }
    Ok(())
}

fn lookup(host: &str) -> io::Result<()> {
    let addresses: BTreeSet<_> = (host, 0).to_socket_addrs()?.map(|it| it.ip()).collect();
    for address in addresses {
        println!("{address}");
    }
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse().expect("a number");
    let result = match arguments[..] {
        ["tcp-server", address, port, count] => tcp_server(address, number(port), number(count) as usize),
        ["tcp-client", host, port] => tcp_client(host, number(port)),
        ["udp-server", address, port, count] => udp_server(address, number(port), number(count) as usize),
        ["udp-client", host, port] => udp_client(host, number(port)),
        ["lookup", host] => lookup(host),
        _ => panic!("see README.md"),
    };
    if let Err(error) = result {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
