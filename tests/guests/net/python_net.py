# A small client and server by CPython: TCP by asyncio, UDP and names by socket; README.md says what the commands do.
import asyncio
import encodings.idna  # that of names, which nothing else imports
import socket
import sys

from wit_world import exports

RESPONSE = b'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nit answers\n'


def text_of(address):
    host, port = address[:2]
    return f'[{host}]:{port}' if ':' in host else f'{host}:{port}'


# Family and address. The type that wasi-libc finds is that of a stream, whatever was asked for.
def resolve(host, port):
    family, _, _, _, address = socket.getaddrinfo(host, port)[0]
    return family, address


def bound(host, port, kind):
    family, address = resolve(host, port)
    bound = socket.socket(family, kind)
    bound.bind(address)
    return bound


async def tcp_server(host, port, count):
    all_served = asyncio.Event()
    left = count

    async def serve(reader, writer):
        nonlocal left
        while data := await reader.read(65536):
            if data.startswith(b'GET '):
                writer.write(RESPONSE)
                break
            writer.write(data)
            await writer.drain()
        writer.close()
        await writer.wait_closed()
        left -= 1
        if left == 0:
            all_served.set()

    # Not by host and port: asyncio would set IPV6_V6ONLY, which wasi-libc does not have.
    server = await asyncio.start_server(serve, sock=bound(host, port, socket.SOCK_STREAM))
    print('listening on', text_of(server.sockets[0].getsockname()), flush=True)
    await all_served.wait()
    server.close()


async def tcp_client(host, port):
    # Looked up here: the event loop would use a thread.
    _, address = resolve(host, port)
    reader, writer = await asyncio.open_connection(*address[:2])

    async def send():
        writer.write(sys.stdin.buffer.read())
        await writer.drain()
        writer.write_eof()

    sending = asyncio.ensure_future(send())
    rest = memoryview(await reader.read())
    while rest:  # stdout is not buffered here
        rest = rest[sys.stdout.buffer.write(rest):]
    await sending
    writer.close()


def udp_server(host, port, count):
    with bound(host, port, socket.SOCK_DGRAM) as server:
        print('listening on', text_of(server.getsockname()), flush=True)
        for _ in range(count):
            data, peer = server.recvfrom(65536)
            server.sendto(data, peer)


def udp_client(host, port):
    family, address = resolve(host, port)
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.connect(address)
        for line in sys.stdin:
            client.send(line.rstrip('\n').encode())
            print(client.recv(65536).decode())


def lookup(host):
    for address in sorted({it[4][0] for it in socket.getaddrinfo(host, None)}):
        print(address)


class Run(exports.Run):
    def run(self):
        command, host, *numbers = sys.argv[1:]
        numbers = [int(number) for number in numbers]
        try:
            if command == 'tcp-server':
                asyncio.run(tcp_server(host, *numbers))
            elif command == 'tcp-client':
                asyncio.run(tcp_client(host, *numbers))
            elif command == 'udp-server':
                udp_server(host, *numbers)
            elif command == 'udp-client':
                udp_client(host, *numbers)
            elif command == 'lookup':
                lookup(host)
        except OSError as error:
            sys.stdout.flush()
            print(error, file=sys.stderr, flush=True)
            sys.exit(1)
        sys.stdout.flush()
