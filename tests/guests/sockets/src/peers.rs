//! Against a peer that a test plays: it listens at 127.0.0.1, at the port that is the next argument.
use crate::help::*;
use crate::wasi::cli::exit::exit;
use crate::Case;
use std::io::Write;

pub const CASES: &[Case] = &[
    ("peer-exit", || {
        let connection = connect_and_fill();
        std::mem::forget(connection);
        exit(Ok(()));
    }),
    ("peer-trap", || {
        let connection = connect_and_fill();
        std::mem::forget(connection);
        std::process::abort();
    }),
    ("peer-exit-waiting", || {
        let connection = connect_to_peer();
        let reading = connection.input.subscribe();
        assert!(!reading.ready());
        std::mem::forget((reading, connection));
        exit(Ok(()));
    }),
    ("peer-wait", || {
        let connection = connect_to_peer();
        connection.input.subscribe().block();
    }),
    ("peer-read", || {
        let connection = connect_to_peer();
        match read_to_end(&connection.input) {
            Ok(bytes) => println!("{} bytes", bytes.len()),
            result => println!("{:?}", broken(result)),
        }
    }),
    ("peer-echo", serve_echo),
];

pub fn argument(index: usize) -> u16 {
    std::env::args().nth(index).expect("which port?").parse().unwrap()
}

fn connect_to_peer() -> Connection {
    connect(loopback(IpAddressFamily::Ipv4, argument(2))).unwrap()
}

/// Says how many bytes it has written, some of which are left to be sent.
fn connect_and_fill() -> Connection {
    let connection = connect_to_peer();
    println!("{}", fill(&connection.output).len());
    std::io::stdout().flush().unwrap();
    connection
}

/// Says its port; then answers each of so many clients (the next argument), one after the other.
fn serve_echo() {
    let listener = listener(IpAddressFamily::Ipv4);
    println!("{}", port(listener.local_address().unwrap()));
    for _ in 0..argument(2) {
        let client = accept(&listener).unwrap();
        while let Ok(bytes) = client.input.blocking_read(65536) {
            if write_all(&client.output, &bytes).is_err() {
                break;
            }
        }
    }
}
