"""What only Rust says in declarations of the tests and the examples."""

import hashlib
import struct
import zlib

class mask:
    """Bytes that a key is laid over."""

    @staticmethod
    def parse(data, key):
        return bytes(byte ^ key for byte in data), len(data)

    @staticmethod
    def encode(value, key):
        return bytes(byte ^ key for byte in value)


class digits:
    """Digits up to a point."""

    @staticmethod
    def parse(data):
        end = data.find(b".")
        digits = data if end < 0 else data[:end]
        if digits and not digits.isdigit():
            raise ValueError("no digits")
        return None if end < 0 else (digits.decode(), end + 1)

    @staticmethod
    def encode(value):
        return value.encode() + b"."


def salted(data, frame, salt):
    return salt + 3 * frame.kind + sum(data) & 0xFFFF


def odd(envelope):
    return envelope.salt % 2 == 1


def even(tail):
    return tail % 2 == 0


def twice(envelope):
    return envelope.salt * 2 & 0xFF


def last(number):
    return number == 0


# MQTT


def topic(name):
    return name != "" and not any(char in name for char in "\0+#")


def will(will):
    return topic(will.topic)


def connect(connect):
    has_flags = connect.will is not None or (connect.will_qos == 0 and not connect.will_retain)
    return has_flags and (connect.user_name is not None or connect.password is None)


def text(text):
    return "\0" not in text


def filter(filter):
    return filter._0 != "" and "\0" not in filter._0


# DNS


def last_label(label):
    return not getattr(label, "text", getattr(label, "_1", b""))


# USB, STUN, Bitcoin, TCP and UDP


def crc5(packet):
    bits = packet.number if hasattr(packet, "number") else packet.address | packet.endpoint << 7
    crc = 0x1F
    for bit in range(11):
        crc = crc >> 1 ^ (0x14 if (crc ^ bits >> bit) & 1 else 0)
    return crc ^ 0x1F


def fingerprint(data, message):
    return zlib.crc32(data) ^ 0x5354554E


def double_sha256(data, message):
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4]


def ip_sum(data, segment, source, destination):
    protocol = 6 if hasattr(segment, "sequence") else 17
    whole = source.packed + destination.packed + struct.pack("!HH", protocol, len(data)) + data
    whole += bytes(len(whole) % 2)
    total = sum(struct.unpack(f"!{len(whole) // 2}H", whole))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    total ^= 0xFFFF
    return 0xFFFF if protocol == 17 and total == 0 else total


# WebSocket


class ws_mask:
    """Bytes that a key is laid over again and again."""

    @staticmethod
    def parse(data, key):
        return ws_mask.encode(data, key), len(data)

    @staticmethod
    def encode(value, key):
        return bytes(byte ^ key[index % 4] for index, byte in enumerate(value))


def ws_whole(last, opcode):
    return last or opcode < 8


def ws_small(length, opcode):
    return length <= 125 or opcode < 8


def ws_len(frame):
    return 127 if len(frame.payload) > 0xFFFF else min(len(frame.payload), 126)


def ws_len_16(frame):
    return min(len(frame.payload), 0xFFFF)


def ws_len_64(frame):
    return len(frame.payload)


def ws_key(key):
    return bytes(4) if key is None else key


def ws_size(length, len_16, len_64):
    return {126: len_16, 127: len_64}.get(length, length)


# HTTP/2


def or_zero(number, _flags):
    return 0 if number is None else number
