// A small client and server by tokio, with a task for each connection; ../../README.md says what
// the commands do. Names are looked up by std::net: tokio needs threads for it.
use std::collections::BTreeSet;
use std::io::{self, BufRead, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

const RESPONSE: &[u8] =
    b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nit answers\n";

async fn serve(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = vec![0; 65536];
    loop {
        let count = stream.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        if buffer[..count].starts_with(b"GET ") {
            return stream.write_all(RESPONSE).await;
        }
        stream.write_all(&buffer[..count]).await?;
    }
}

async fn tcp_server(address: SocketAddr, count: usize) -> io::Result<()> {
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let mut tasks = Vec::new();
    for _ in 0..count {
        let (stream, _) = listener.accept().await?;
        tasks.push(tokio::spawn(serve(stream)));
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}

// Sends and receives at the same time, while a timer ticks.
async fn tcp_client(address: SocketAddr) -> io::Result<()> {
    let mut input = Vec::new();
    io::stdin().lock().read_to_end(&mut input)?;
    let (mut from, mut to) = TcpStream::connect(address).await?.into_split();
    let sending = tokio::spawn(async move {
        to.write_all(&input).await?;
        to.shutdown().await
    });
    let ticking = tokio::spawn(async {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let mut output = Vec::new();
    from.read_to_end(&mut output).await?;
    ticking.abort();
    sending.await??;
    io::stdout().lock().write_all(&output)
}

async fn udp_server(address: SocketAddr, count: usize) -> io::Result<()> {
    let socket = UdpSocket::bind(address).await?;
    println!("listening on {}", socket.local_addr()?);
    let mut buffer = vec![0; 65536];
    for _ in 0..count {
        let (size, from) = socket.recv_from(&mut buffer).await?;
        socket.send_to(&buffer[..size], from).await?;
    }
    Ok(())
}

async fn udp_client(target: SocketAddr) -> io::Result<()> {
    let any = if target.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(any.parse::<SocketAddr>().unwrap()).await?;
    socket.connect(target).await?;
    let mut buffer = vec![0; 65536];
    for line in io::stdin().lock().lines() {
        socket.send(line?.as_bytes()).await?;
        let answer = tokio::time::timeout(Duration::from_secs(10), socket.recv(&mut buffer));
        let size = answer.await??;
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

fn resolve(host: &str, port: &str) -> io::Result<SocketAddr> {
    let port: u16 = port.parse().expect("a port");
    Ok((host, port).to_socket_addrs()?.next().expect("an address"))
}

async fn run(arguments: &[&str]) -> io::Result<()> {
    let number = |text: &str| text.parse().expect("a number");
    match *arguments {
        ["tcp-server", host, port, count] => tcp_server(resolve(host, port)?, number(count)).await,
        ["tcp-client", host, port] => tcp_client(resolve(host, port)?).await,
        ["udp-server", host, port, count] => udp_server(resolve(host, port)?, number(count)).await,
        ["udp-client", host, port] => udp_client(resolve(host, port)?).await,
        ["lookup", host] => lookup(host),
        _ => panic!("see README.md"),
    }
}

// Accepting makes a socket non-blocking by fcntl, which the wasi-libc of Rust 1.95 refuses for
// sockets. This one is found first; that is all that it is called for.
#[no_mangle]
unsafe extern "C" fn fcntl(descriptor: i32, command: i32, _arguments: usize) -> i32 {
    const F_SETFL: i32 = 4;
    const FIONBIO: i32 = 2;
    extern "C" {
        fn ioctl(descriptor: i32, request: i32, ...) -> i32;
    }
    if command != F_SETFL {
        return 0;
    }
    let is_nonblocking: i32 = 1;
    ioctl(descriptor, FIONBIO, &is_nonblocking)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Err(error) = run(&arguments).await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
