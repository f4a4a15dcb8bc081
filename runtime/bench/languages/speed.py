"""Times codecs in Python in turns: generated ones, `struct` by hand, construct, and parsers by Kaitai Struct.

Its argument is the folder with the generated modules. Prints a line for each: layout, operation, subject, nanoseconds.
"""

import dataclasses
import importlib
import statistics
import struct
import sys
import time

sys.path.insert(0, sys.argv[1])
import chat
import readings

try:
    import construct
except ImportError:
    construct = None
try:
    import kaitaistruct  # noqa: F401

    kaitai = {name: importlib.import_module(f"kaitai_{name}") for name in ("chat", "readings")}
except ImportError:
    kaitai = None


@dataclasses.dataclass
class Message:
    sender: int
    receiver: int
    kind: int
    body: bytes


@dataclasses.dataclass
class Reading:
    sensor: int
    value: int
    flags: int


@dataclasses.dataclass
class Readings:
    station: int
    items: list


MESSAGE, STATION, READING = struct.Struct("!IIBI"), struct.Struct("!IH"), struct.Struct("!HiB")


def decode_message(data):
    sender, receiver, kind, size = MESSAGE.unpack_from(data)
    if len(data) != 13 + size:
        raise ValueError("another length")
    return Message(sender, receiver, kind, data[13:])


def encode_message(message):
    return MESSAGE.pack(message.sender, message.receiver, message.kind, len(message.body)) + message.body


def decode_readings(data):
    station, count = STATION.unpack_from(data)
    if len(data) != 6 + 7 * count:
        raise ValueError("another length")
    return Readings(station, [Reading(*values) for values in READING.iter_unpack(data[6:])])


def encode_readings(readings):
    out = bytearray(STATION.pack(readings.station, len(readings.items)))
    for item in readings.items:
        out += READING.pack(item.sensor, item.value, item.flags)
    return bytes(out)


def cases():
    """Layout, operation, and what each subject does to a value of its own."""
    message = bytes.fromhex("0098968000989681010000000868692074686572 65".replace(" ", ""))
    list_of = STATION.pack(7, 100) + b"".join(READING.pack(n, -n, n % 256) for n in range(100))
    by_hand = [(decode_message, encode_message), (decode_readings, encode_readings)]
    generated = [(chat.ChatMsg, message), (readings.Readings, list_of)]
    for (name, data), (decode, encode), (root, _) in zip(
        [("chat message", message), ("100 readings", list_of)], by_hand, generated
    ):
        value, own = decode(data), root.decode(data)
        decoders = {"by hand": lambda decode=decode, data=data: decode(data)}
        encoders = {"by hand": lambda encode=encode, value=value: encode(value)}
        decoders["framewright"] = lambda root=root, data=data: root.decode(data)
        encoders["framewright"] = own.encode
        assert encode(value) == own.encode() == data
        if construct:
            layout = CONSTRUCT[name]
            container = layout.parse(data)
            decoders["construct"] = lambda layout=layout, data=data: layout.parse(data)
            encoders["construct"] = lambda layout=layout, container=container: layout.build(container)
            assert layout.build(container) == data
        if kaitai:
            module = kaitai["chat" if name == "chat message" else "readings"]
            parser = module.ChatMsg if name == "chat message" else module.Readings
            decoders["Kaitai"] = lambda parser=parser, data=data: parser.from_bytes(data)
        yield name, "decode", decoders
        yield name, "encode", encoders


if construct:
    CONSTRUCT = {
        "chat message": construct.Struct(
            "sender" / construct.Int32ub,
            "receiver" / construct.Int32ub,
            "kind" / construct.Int8ub,
            "body" / construct.Prefixed(construct.Int32ub, construct.GreedyBytes),
            construct.Terminated,
        ),
        "100 readings": construct.Struct(
            "station" / construct.Int32ub,
            "items"
            / construct.PrefixedArray(
                construct.Int16ub,
                construct.Struct(
                    "sensor" / construct.Int16ub, "value" / construct.Int32sb, "flags" / construct.Int8ub
                ),
            ),
            construct.Terminated,
        ),
    }


def timed(does, turns):
    start = time.process_time_ns()
    for _ in range(turns):
        does()
    return (time.process_time_ns() - start) / turns


for layout, operation, subjects in cases():
    turns = {name: max(1, int(2e7 / timed(does, 200))) for name, does in subjects.items()}
    rounds = [{name: timed(does, turns[name]) for name, does in subjects.items()} for _ in range(15)]
    for name in subjects:
        ratio = statistics.median(round[name] / round["by hand"] for round in rounds)
        print(layout, operation, name, statistics.median(round[name] for round in rounds), ratio, sep="\t")
