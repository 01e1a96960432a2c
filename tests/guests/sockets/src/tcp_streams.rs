//! The streams of a connection: ends, permits, background writes, shutdown, drop, splice.
use crate::help::*;
use crate::Case;

pub const CASES: &[Case] = &[
    ("tcp-echo", || FAMILIES.into_iter().for_each(echo)),
    ("tcp-read", || FAMILIES.into_iter().for_each(read)),
    ("tcp-busy", || FAMILIES.into_iter().for_each(busy)),
    ("tcp-level-triggered", || FAMILIES.into_iter().for_each(level_triggered)),
    ("tcp-remote-shutdown", || FAMILIES.into_iter().for_each(remote_shutdown)),
    ("tcp-shutdown-receive", || FAMILIES.into_iter().for_each(shutdown_receive)),
    ("tcp-shutdown-send", || FAMILIES.into_iter().for_each(shutdown_send)),
    ("tcp-shutdown-both", || FAMILIES.into_iter().for_each(shutdown_both)),
    ("tcp-half-closed", || FAMILIES.into_iter().for_each(half_closed)),
    ("tcp-shutdown-loses-nothing", || FAMILIES.into_iter().for_each(shutdown_loses_nothing)),
    ("tcp-drop-loses-nothing", || FAMILIES.into_iter().for_each(drop_loses_nothing)),
    ("tcp-drop-output-ends", || FAMILIES.into_iter().for_each(drop_output_ends)),
    ("tcp-backpressure", || FAMILIES.into_iter().for_each(backpressure)),
    ("tcp-flush", || FAMILIES.into_iter().for_each(flush)),
    ("tcp-write-zeroes", || FAMILIES.into_iter().for_each(write_zeroes)),
    ("tcp-splice", || FAMILIES.into_iter().for_each(splice)),
    ("tcp-splice-file", splice_file),
    ("tcp-permit-missing", || {
        let (client, _server) = connected(IpAddressFamily::Ipv4);
        let _ = client.output.write(b"x");
    }),
    ("tcp-permit-exceeded", || {
        let (client, _server) = connected(IpAddressFamily::Ipv4);
        let permit = client.output.check_write().unwrap();
        let _ = client.output.write(&vec![0; permit as usize + 1]);
    }),
    ("tcp-permit-while-writing", || {
        let (client, _server) = connected(IpAddressFamily::Ipv4);
        fill(&client.output);
        let _ = client.output.write(b"x");
    }),
];

fn echo(family: IpAddressFamily) {
    let (client, server) = connected(family);
    for size in [1, 2, 1000, 4096] {
        let message = pattern(size);
        client.output.blocking_write_and_flush(&message).unwrap();
        let received = read_exactly(&server.input, size);
        assert_eq!(received, message);
        server.output.blocking_write_and_flush(&received).unwrap();
        assert_eq!(read_exactly(&client.input, size), message);
    }
}

fn read(family: IpAddressFamily) {
    let (client, server) = connected(family);
    assert!(server.input.read(10).unwrap().is_empty());
    assert!(server.input.read(0).unwrap().is_empty());
    assert_eq!(server.input.skip(10).unwrap(), 0);
    assert!(!server.input.subscribe().ready());
    client.output.blocking_write_and_flush(b"0123456789").unwrap();
    server.input.subscribe().block();
    assert_eq!(server.input.read(4).unwrap(), b"0123");
    assert_eq!(server.input.skip(2).unwrap(), 2);
    assert_eq!(server.input.blocking_skip(2).unwrap(), 2);
    assert_eq!(server.input.blocking_read(u64::MAX).unwrap(), b"89");
    assert!(server.input.read(u64::MAX).unwrap().is_empty());
}

/// Loops that never wait end all the same.
fn busy(family: IpAddressFamily) {
    let (client, server) = connected(family);
    let ready = server.input.subscribe();
    client.output.blocking_write_and_flush(b"x").unwrap();
    while !ready.ready() {}
    assert_eq!(server.input.read(1).unwrap(), b"x");
    client.output.blocking_write_and_flush(b"y").unwrap();
    while server.input.read(1).unwrap().is_empty() {}
    let sent = fill(&client.output);
    let mut received = 0;
    while client.output.check_write().unwrap() == 0 {
        received += server.input.read(65536).unwrap().len();
    }
    received += read_exactly(&server.input, sent.len() - received).len();
    assert_eq!(received, sent.len());
    // Also beside a clock that is always ready.
    client.output.blocking_write_and_flush(b"z").unwrap();
    let at_once = crate::wasi::clocks::monotonic_clock::subscribe_duration(0);
    while !poll(&[&at_once, &ready]).contains(&1) {}
    assert_eq!(server.input.read(1).unwrap(), b"z");
}

/// A pollable says what is the case now, however often it is asked.
fn level_triggered(family: IpAddressFamily) {
    let (client, server) = connected(family);
    let ready = server.input.subscribe();
    for _ in 0..10 {
        assert!(!ready.ready());
        client.output.blocking_write_and_flush(b"ab").unwrap();
        ready.block();
        assert!(ready.ready());
        assert_eq!(server.input.read(1).unwrap(), b"a");
        ready.block();
        assert_eq!(poll(&[&ready, &ready]), [0, 1]);
        assert_eq!(server.input.read(10).unwrap(), b"b");
        assert!(!ready.ready());
        assert!(server.input.read(10).unwrap().is_empty());
        // Read without asking first, with the question still open.
        client.output.blocking_write_and_flush(b"c").unwrap();
        assert_eq!(server.input.blocking_read(10).unwrap(), b"c");
        assert!(!ready.ready());
    }
}

fn remote_shutdown(family: IpAddressFamily) {
    let (client, server) = connected(family);
    server.output.blocking_write_and_flush(b"last").unwrap();
    server.socket.shutdown(ShutdownType::Both).unwrap();
    drop(server);
    assert_eq!(read_exactly(&client.input, 4), b"last");
    client.input.subscribe().block();
    closed(client.input.read(10));
    closed(client.input.read(0));
    closed(client.input.skip(1));
    closed(client.input.blocking_read(1));
    closed(client.input.blocking_skip(1));
    client.input.subscribe().block();
}

fn shutdown_receive(family: IpAddressFamily) {
    for first in [0, 10] {
        let (client, server) = connected(family);
        let ready = client.input.subscribe();
        server.output.blocking_write_and_flush(b"is there").unwrap();
        ready.block();
        client.socket.shutdown(ShutdownType::Receive).unwrap();
        assert!(ready.ready());
        closed(client.input.read(first));
        closed(client.input.read(10));
        client.socket.shutdown(ShutdownType::Receive).unwrap();
        // The other direction works.
        client.output.blocking_write_and_flush(b"still").unwrap();
        assert_eq!(read_exactly(&server.input, 5), b"still");
    }
    // Who waits is woken.
    let (client, _server) = connected(family);
    let ready = client.input.subscribe();
    assert!(!ready.ready());
    client.socket.shutdown(ShutdownType::Receive).unwrap();
    ready.block();
    closed(client.input.blocking_read(1));
}

fn shutdown_send(family: IpAddressFamily) {
    let (client, server) = connected(family);
    assert!(client.output.check_write().unwrap() >= 3);
    client.socket.shutdown(ShutdownType::Send).unwrap();
    closed(client.output.write(b"Hi!"));
    closed(client.output.check_write());
    closed(client.output.flush());
    closed(client.output.blocking_flush());
    closed(client.output.blocking_write_and_flush(b"x"));
    closed(client.output.blocking_write_zeroes_and_flush(1));
    client.output.subscribe().block();
    client.socket.shutdown(ShutdownType::Send).unwrap();
    closed(server.input.blocking_read(1));
    // The other direction works.
    server.output.blocking_write_and_flush(b"still").unwrap();
    assert_eq!(read_exactly(&client.input, 5), b"still");
}

fn shutdown_both(family: IpAddressFamily) {
    let (client, server) = connected(family);
    client.socket.shutdown(ShutdownType::Both).unwrap();
    closed(client.input.read(1));
    closed(client.output.check_write());
    closed(server.input.blocking_read(1));
    client.socket.shutdown(ShutdownType::Both).unwrap();
}

/// A peer that has said all it will say can still listen.
fn half_closed(family: IpAddressFamily) {
    let (client, server) = connected(family);
    client.output.blocking_write_and_flush(b"question").unwrap();
    client.socket.shutdown(ShutdownType::Send).unwrap();
    assert_eq!(read_to_end(&server.input).unwrap(), b"question");
    let answer = pattern(300_000);
    let (mut sent, mut received) = (0, vec![]);
    while received.len() < answer.len() {
        if sent < answer.len() {
            let permit = server.output.check_write().unwrap() as usize;
            let end = answer.len().min(sent + permit);
            server.output.write(&answer[sent..end]).unwrap();
            sent = end;
        }
        received.extend(client.input.read(65536).unwrap());
    }
    assert_eq!(received, answer);
    drop(server);
    closed(client.input.blocking_read(1));
}

/// A connection with something left to be sent in the background.
fn with_background_write(family: IpAddressFamily) -> (Connection, Connection, Vec<u8>) {
    let (client, server) = connected(family);
    client.socket.set_send_buffer_size(1024).unwrap();
    let sent = fill(&client.output);
    (client, server, sent)
}

fn shutdown_loses_nothing(family: IpAddressFamily) {
    let (client, server, sent) = with_background_write(family);
    client.socket.shutdown(ShutdownType::Send).unwrap();
    closed(client.output.check_write());
    assert!(read_to_end(&server.input).unwrap() == sent);
}

fn drop_loses_nothing(family: IpAddressFamily) {
    let (client, server, sent) = with_background_write(family);
    drop(client);
    assert!(read_to_end(&server.input).unwrap() == sent);
    // The stream alone.
    let (client, server, sent) = with_background_write(family);
    let Connection { input, output, socket } = client;
    drop(output);
    assert!(read_to_end(&server.input).unwrap() == sent);
    server.output.blocking_write_and_flush(b"still").unwrap();
    assert_eq!(read_exactly(&input, 5), b"still");
    socket.shutdown(ShutdownType::Both).unwrap();
    drop(input);
}

fn drop_output_ends(family: IpAddressFamily) {
    let (client, server) = connected(family);
    let Connection { input, output, socket } = client;
    drop(output);
    closed(server.input.blocking_read(1));
    server.output.blocking_write_and_flush(b"still").unwrap();
    assert_eq!(read_exactly(&input, 5), b"still");
    socket.shutdown(ShutdownType::Send).unwrap();
    drop(input);
    socket.shutdown(ShutdownType::Both).unwrap();
}

/// Each end sends more than all buffers hold; nothing is lost, doubled or moved.
fn backpressure(family: IpAddressFamily) {
    let (client, server) = connected(family);
    let data = pattern(3_000_000);
    let ends = [&client, &server];
    let mut sent = [0, 0];
    let mut received = [vec![], vec![]];
    while received.iter().any(|bytes| bytes.len() < data.len()) {
        for (index, end) in ends.iter().enumerate() {
            let permit = end.output.check_write().unwrap() as usize;
            let stop = data.len().min(sent[index] + permit);
            end.output.write(&data[sent[index]..stop]).unwrap();
            sent[index] = stop;
            received[index].extend(end.input.read(50_000).unwrap());
        }
        let pollables: Vec<Pollable> = ends
            .iter()
            .enumerate()
            .flat_map(|(index, end)| {
                let output = (sent[index] < data.len()).then(|| end.output.subscribe());
                let input = (received[index].len() < data.len()).then(|| end.input.subscribe());
                [output, input].into_iter().flatten()
            })
            .collect();
        if !pollables.is_empty() {
            poll(&pollables.iter().collect::<Vec<_>>());
        }
    }
    assert!(received.iter().all(|bytes| *bytes == data));
}

fn flush(family: IpAddressFamily) {
    let (client, server) = connected(family);
    let ready = client.output.subscribe();
    client.output.flush().unwrap();
    client.output.blocking_flush().unwrap();
    assert!(ready.ready());
    let sent = fill(&client.output);
    // There is no permit while something is to be sent, and so none until a flush has ended.
    client.output.flush().unwrap();
    assert_eq!(client.output.check_write().unwrap(), 0);
    assert!(!ready.ready());
    let mut received = vec![];
    while !ready.ready() {
        received.extend(server.input.read(65536).unwrap());
    }
    assert!(client.output.check_write().unwrap() > 0);
    client.output.blocking_flush().unwrap();
    received.extend(read_exactly(&server.input, sent.len() - received.len()));
    assert!(received == sent);
}

fn write_zeroes(family: IpAddressFamily) {
    let (client, server) = connected(family);
    let permit = client.output.check_write().unwrap();
    client.output.write_zeroes(permit).unwrap();
    let rest = read_exactly(&server.input, permit as usize);
    assert!(rest.iter().all(|byte| *byte == 0));
    client.output.blocking_write_zeroes_and_flush(4096).unwrap();
    assert_eq!(read_exactly(&server.input, 4096), vec![0; 4096]);
    // In a buffer that is smaller than what is written.
    client.socket.set_send_buffer_size(1024).unwrap();
    let permit = client.output.check_write().unwrap();
    client.output.write_zeroes(permit).unwrap();
    assert_eq!(read_exactly(&server.input, permit as usize), vec![0; permit as usize]);
}

/// A proxy: what one connection brings goes out on another.
fn splice(family: IpAddressFamily) {
    let (source, proxy_in) = connected(family);
    let (proxy_out, sink) = connected(family);
    assert_eq!(proxy_out.output.splice(&proxy_in.input, 100).unwrap(), 0);
    source.output.blocking_write_and_flush(b"0123456789").unwrap();
    assert_eq!(proxy_out.output.blocking_splice(&proxy_in.input, 4).unwrap(), 4);
    assert_eq!(read_exactly(&sink.input, 4), b"0123");
    assert_eq!(proxy_out.output.splice(&proxy_in.input, 0).unwrap(), 0);
    assert_eq!(proxy_out.output.splice(&proxy_in.input, u64::MAX).unwrap(), 6);
    assert_eq!(read_exactly(&sink.input, 6), b"456789");
    let data = pattern(1_000_000);
    let (mut sent, mut received) = (0, vec![]);
    while received.len() < data.len() {
        let stop = data.len().min(sent + source.output.check_write().unwrap() as usize);
        source.output.write(&data[sent..stop]).unwrap();
        sent = stop;
        proxy_out.output.splice(&proxy_in.input, 1 << 20).unwrap();
        received.extend(sink.input.read(65536).unwrap());
    }
    assert!(received == data);
    drop(source);
    closed(proxy_out.output.blocking_splice(&proxy_in.input, 1));
    // It is the source that has ended.
    proxy_out.output.blocking_write_and_flush(b"more").unwrap();
    assert_eq!(read_exactly(&sink.input, 4), b"more");
    // And a sink that has.
    let (source, proxy_in) = connected(family);
    source.output.blocking_write_and_flush(b"kept").unwrap();
    proxy_in.input.subscribe().block();
    proxy_out.socket.shutdown(ShutdownType::Send).unwrap();
    closed(proxy_out.output.splice(&proxy_in.input, 4));
    assert_eq!(proxy_in.input.read(10).unwrap(), b"kept");
}

/// A file that goes out on a connection.
fn splice_file() {
    use crate::wasi::filesystem::preopens::get_directories;
    use crate::wasi::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
    let data = pattern(1_000_000);
    std::fs::write("/work/file", &data).unwrap();
    let (directory, _) =
        get_directories().into_iter().find(|(_, path)| path == "/work").unwrap();
    let file = directory
        .open_at(PathFlags::empty(), "file", OpenFlags::empty(), DescriptorFlags::READ)
        .unwrap();
    for family in FAMILIES {
        let (client, server) = connected(family);
        let stream = file.read_via_stream(10).unwrap();
        let mut received = vec![];
        let mut ended = false;
        while !ended || received.len() < data.len() - 10 {
            match client.output.splice(&stream, u64::MAX) {
                Err(StreamError::Closed) => ended = true,
                result => drop(result.unwrap()),
            }
            received.extend(server.input.read(65536).unwrap());
        }
        assert!(received == data[10..]);
        // And back into a file.
        let target = directory
            .open_at(PathFlags::empty(), "copy", OpenFlags::CREATE, DescriptorFlags::WRITE)
            .unwrap();
        let into = target.write_via_stream(0).unwrap();
        server.output.blocking_write_and_flush(&data[..4000]).unwrap();
        let mut copied = 0;
        while copied < 4000 {
            copied += into.blocking_splice(&client.input, 4000).unwrap();
        }
        drop(into);
        assert!(std::fs::read("/work/copy").unwrap() == data[..4000]);
    }
}
