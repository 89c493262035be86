"""A WebSocket client that knows no library: client.py PORT send | client.py PORT read COUNT"""
import base64
import json
import os
import socket
import struct
import sys

port, act = int(sys.argv[1]), sys.argv[2]
connection = socket.create_connection(('127.0.0.1', port))
key = base64.b64encode(os.urandom(16)).decode()
connection.sendall(
    f'GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
    f'Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n'.encode()
)
stream = connection.makefile('rb')
assert b' 101 ' in stream.readline()
while stream.readline() != b'\r\n':
    pass


def send(opcode, payload, last=True):
    head = bytes([(0x80 if last else 0) | opcode])
    if len(payload) < 126:
        head += bytes([0x80 | len(payload)])
    elif len(payload) < 65536:
        head += bytes([0xFE]) + struct.pack('>H', len(payload))
    else:
        head += bytes([0xFF]) + struct.pack('>Q', len(payload))
    mask = os.urandom(4)
    repeated = (mask * (len(payload) // 4 + 1))[: len(payload)]
    masked = (int.from_bytes(payload, 'big') ^ int.from_bytes(repeated, 'big')).to_bytes(len(payload), 'big')
    connection.sendall(head + mask + masked)


def receive():
    first, second = stream.read(2)
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack('>H', stream.read(2))
    elif length == 127:
        (length,) = struct.unpack('>Q', stream.read(8))
    return first & 0x0F, stream.read(length)


if act == 'send':
    for length in (0, 1, 125, 126, 65535, 65536):
        send(1, b'x' * length)
    text = 'grüße 👋'.encode()
    send(1, text[:7], last=False)
    send(9, b'are you there')
    send(0, text[7:9], last=False)
    send(0, text[9:])
    opcode, payload = receive()
    print(json.dumps({'pong': opcode == 10 and payload == b'are you there'}), flush=True)
else:
    messages = []
    while len(messages) < int(sys.argv[3]):
        opcode, payload = receive()
        if opcode in (1, 2):
            messages.append(payload.decode())
    print(json.dumps(messages), flush=True)
send(8, struct.pack('>H', 1000))
while receive()[0] != 8:
    pass
