"""A Modbus master over the module that `modbus protocol python` writes."""

import socket
import sys

import modbus


def exchange(body):
    peer.sendall(modbus.Packet(7, 1, body).encode())
    while not (replies := frames.feed(peer.recv(4096))):
        pass
    return replies[0].body


peer = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=30)
frames = modbus.Frames(modbus.Packet_2.parse)

assert exchange(modbus.Request.ReadRegisters(4, modbus.Range_2(100, 5))) == modbus.Reply.Registers(4, [*range(100, 105)])
written = exchange(modbus.Request.WriteRegister(modbus.Item_2(7, 0xBEEF)))
assert written == modbus.Reply.RegisterWritten(modbus.Item_2(7, 0xBEEF)), written
assert exchange(modbus.Request.ReadRegisters(3, modbus.Range_2(7, 1))) == modbus.Reply.Registers(3, [0xBEEF])
try:
    modbus.Packet(7, 1, modbus.Request.ReadRegisters(3, modbus.Range_2(7, 126))).encode()
except modbus.EncodeError as error:
    assert error.path.startswith("Packet.body"), error.path
    print("done")
