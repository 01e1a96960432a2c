//! Looks up names: `names CASE NAME...`. Prints what came out; tests/wasi/name_cases.txt says what it must be.
wit_bindgen::generate!({
    path: "wit",
    world: "names",
    generate_all,
});

use wasi::sockets::instance_network::instance_network;
use wasi::sockets::ip_name_lookup::{resolve_addresses, ResolveAddressStream};
use wasi::sockets::network::{ErrorCode, IpAddress};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let names = &arguments[2..];
    match arguments[1].as_str() {
        "resolve" => names.iter().for_each(|name| println!("{}", text(resolve(name)))),
        "would-block" => would_block(&names[0]),
        "pollable" => pollable(&names[0]),
        "errors-stay" => errors_stay(&names[0]),
        "drop-pending" => drop_pending(&names[0]),
        "drop-parent-first" => drop_parent_first(&names[0]),
        "exit-while-pending" => exit_while_pending(&names[0]),
        "many" => many(&names[0], names[1].parse().unwrap()),
        "together" => together(names),
        other => panic!("no such case: {other}"),
    }
}

fn start(name: &str) -> Result<ResolveAddressStream, ErrorCode> {
    resolve_addresses(&instance_network(), name)
}

/// All that is left of it, waiting by its pollable.
fn rest(stream: &ResolveAddressStream) -> Result<Vec<IpAddress>, ErrorCode> {
    let pollable = stream.subscribe();
    let mut addresses = Vec::new();
    loop {
        match stream.resolve_next_address() {
            Ok(Some(address)) => addresses.push(address),
            Ok(None) => return Ok(addresses),
            Err(ErrorCode::WouldBlock) => pollable.block(),
            Err(error) => return Err(error),
        }
    }
}

fn resolve(name: &str) -> Result<Vec<IpAddress>, ErrorCode> {
    rest(&start(name)?)
}

fn text(result: Result<Vec<IpAddress>, ErrorCode>) -> String {
    match result {
        Ok(addresses) => addresses.iter().map(address).collect::<Vec<_>>().join(" "),
        Err(error) => error.name().to_string(),
    }
}

fn address(address: &IpAddress) -> String {
    match *address {
        IpAddress::Ipv4((a, b, c, d)) => std::net::Ipv4Addr::new(a, b, c, d).to_string(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => {
            std::net::Ipv6Addr::new(a, b, c, d, e, f, g, h).to_string()
        }
    }
}

/// Asks again and again, and never waits.
fn would_block(name: &str) {
    let stream = start(name).unwrap();
    assert!(matches!(stream.resolve_next_address(), Err(ErrorCode::WouldBlock)));
    loop {
        match stream.resolve_next_address() {
            Err(ErrorCode::WouldBlock) => {}
            Ok(Some(first)) => return println!("{}", address(&first)),
            other => panic!("{other:?}"),
        }
    }
}

fn pollable(name: &str) {
    let stream = start(name).unwrap();
    let (one, other) = (stream.subscribe(), stream.subscribe());
    assert!(!one.ready());
    assert_eq!(wasi::io::poll::poll(&[&one, &other]), [0, 1]);
    assert!(one.ready() && other.ready());
    one.block();
    println!("{}", text(rest(&stream)));
    // What is used up is ready as well.
    assert!(matches!(stream.resolve_next_address(), Ok(None)));
    assert!(one.ready());
}

fn errors_stay(name: &str) {
    let stream = start(name).unwrap();
    let error = rest(&stream).unwrap_err();
    assert_eq!(stream.resolve_next_address().unwrap_err(), error);
    assert!(stream.subscribe().ready());
    println!("{}", error.name());
}

fn drop_pending(name: &str) {
    for _ in 0..50 {
        drop(start(name).unwrap());
    }
    println!("dropped");
}

fn drop_parent_first(name: &str) {
    let stream = start(name).unwrap();
    let pollable = stream.subscribe();
    drop(stream);
    drop(pollable);
}

fn exit_while_pending(name: &str) {
    std::mem::forget(start(name).unwrap());
    println!("left");
    std::process::exit(0);
}

/// As many lookups as that at a time, and what becomes of the last one.
fn many(name: &str, count: usize) {
    let streams: Vec<_> = (1..count).map(|_| start(name).unwrap()).collect();
    println!("{}", start(name).map_or_else(|error| error.name(), |_| "ok"));
    drop(streams);
    println!("{}", start(name).map_or_else(|error| error.name(), |_| "ok"));
}

fn together(names: &[String]) {
    let streams: Vec<_> = names.iter().map(|name| start(name).unwrap()).collect();
    streams.iter().for_each(|stream| println!("{}", text(rest(stream))));
}
