"""Reads requests, one JSON object a line: a module and bytes; says what the module makes of them."""

import dataclasses
import enum
import ipaddress
import json
import struct
import sys
import traceback
import types


def form(value):
    """A value in the form that the test compares."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if value != value and hasattr(value, "bits"):
            return "f32:%08x" % value.bits
        return "f:" + struct.pack(">d", value).hex()
    if isinstance(value, (bytes, bytearray)):
        return "0x" + bytes(value).hex()
    if isinstance(value, str):
        return "s:" + value
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return "0x" + value.packed.hex()
    if isinstance(value, (list, tuple)):
        return [form(item) for item in value]
    fields = {f.name.strip("_"): form(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if "." in type(value).__qualname__:
        fields["$"] = type(value).__name__.rstrip("_")
    return fields


def located(error):
    return ["error", error.path, error.offset, str(error)]


class Odd(enum.IntEnum):
    """A whole number that is not just that."""

    One = 1


ODD = [True, False, -1, 0, 1 << 7, 1 << 31, 1 << 70, 1.0, 1e300, float("nan"), "x", "\ud800", b"y", bytearray(b"z"), None, [], (), Odd.One]


def places(value):
    """What sets each part of a value to another, and what it is."""
    if isinstance(value, list):
        for index, item in list(enumerate(value))[:3]:
            yield lambda other, index=index: value.__setitem__(index, other), item
            yield from places(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            part = getattr(value, field.name)
            yield lambda other, name=field.name: setattr(value, name, other), part
            yield from places(part)


def differs(module, root, value, data):
    """An odd value that is encoded otherwise than by the functions that keep track of fields, or why those without give up."""
    outer = getattr(module, type(value).__qualname__.split(".")[0], None)
    for does in (
        lambda: hasattr(root, "_quick_read") and root._quick_read(data, 0, len(data)),
        lambda: hasattr(outer, "_quick_write") and outer._quick_write(value),
    ):
        try:
            does()
        except (NameError, TypeError, AttributeError, IndexError) as error:
            return repr(error)
        except Exception:
            pass
    if not hasattr(outer, "_quick_write"):
        return None

    def outcome(does):
        try:
            return does().hex()
        except module.EncodeError as error:
            return located(error)

    def both():
        return outcome(value.encode), outcome(lambda: module._encode(outer.__name__, lambda w: outer._write(value, w)))

    for put, part in list(places(value))[:16]:
        for odd in ODD + ([tuple(part), part * 2, part[:-1]] if isinstance(part, list) else [part]):
            put(odd)
            quick, careful = both()
            put(part)
            if quick != careful:
                return f"{part!r} as {odd!r} in {value!r}: {quick}, {careful}"
    return None


compared = {}


def decode(module, root, data):
    try:
        value = root.decode(data)
    except module.DecodeError as error:
        return located(error)
    try:
        encode = getattr(value, "encode", None)
        again = encode() if encode else None
    except module.EncodeError as error:
        return ["encode", str(error)]
    compared[module] = compared.get(module, 0) + 1
    odd = differs(module, root, value, data) if compared[module] < 4 else None
    return ["ok", form(value), None if again is None else again.hex(), odd]


def parse(module, root, data):
    try:
        value, used = root.parse(data)
        return ["ok", used, form(value)]
    except module.NeedMore as more:
        return ["more", more.n]
    except module.DecodeError as error:
        return located(error)


def main():
    for count, line in enumerate(sys.stdin):
        request = json.loads(line)
        replies = []
        try:
            module = types.ModuleType(f"generated_{count}")
            sys.modules[module.__name__] = module
            exec(compile(request["module"], module.__name__ + ".py", "exec"), module.__dict__)
            root = getattr(module, request["root"])
            does = decode if request["what"] == "decode" else parse
            for data in request["bytes"]:
                try:
                    replies.append(does(module, root, bytes.fromhex(data)))
                except Exception:
                    replies.append(["crash", traceback.format_exc()])
        except Exception:
            replies = [["crash", traceback.format_exc()]]
        print(json.dumps(replies), flush=True)


main()
