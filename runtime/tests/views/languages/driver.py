"""Reads requests, one JSON object a line: a module and bytes; says what the module makes of them."""

import dataclasses
import enum
import inspect
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
    if isinstance(value, enum.IntEnum):
        return "enum:%d" % value
    if isinstance(value, int):
        return str(value)
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


ODD = [True, False, -1, 0, 1 << 7, 1 << 31, 1 << 70, 10**400, 10**5000, object(), 1.0, 1e300, float("nan"), "x", "\ud800", b"y", bytearray(b"z"), None, [], (), Odd.One]


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


class Watched:
    """A quick function of a class, and what its last call came to."""

    def __init__(self, owner, name):
        self.quick = getattr(owner, name, None)
        self.made = self.fault = None
        if self.quick is not None:
            is_static = isinstance(inspect.getattr_static(owner, name), staticmethod)
            setattr(owner, name, staticmethod(self) if is_static else lambda value: self(value))

    def __call__(self, *given):
        self.made = self.fault = None
        try:
            self.made = self.quick(*given)
        except Exception as fault:
            self.fault = fault
            raise
        return self.made

    def took(self, result):
        """Whether the result is what this function has made, or why not; nothing without such a function."""
        if self.quick is None:
            return None
        if self.fault is not None:
            return f"it gave up: {self.fault!r}"
        made = self.made[0] if isinstance(self.made, tuple) else self.made
        return made is result or f"it made {self.made!r}"


class Root:
    """The frame that a request is about."""

    def __init__(self, module, name):
        self.module, self.type = module, getattr(module, name)
        self.read = Watched(self.type, "_quick_read")
        self.write = Watched(self.type, "_quick_write")
        self.compared = 0


def differs(root, value):
    """An odd value that is encoded otherwise than by the functions that keep track of fields."""
    module = root.module

    def outcome(does):
        try:
            return does().hex()
        except module.EncodeError as error:
            return located(error)

    def both():
        careful = lambda: module._encode(root.type.__name__, lambda w: root.type._write(value, w))
        return outcome(value.encode), outcome(careful)

    for put, part in list(places(value))[:16]:
        for odd in ODD + ([tuple(part), part * 2, part[:-1]] if isinstance(part, list) else [part]):
            put(odd)
            quick, careful = both()
            put(part)
            if quick != careful:
                return f"{part!r} as {odd!r} in {value!r}: {quick}, {careful}"
    return None


def takes_only_bytes(root):
    """Fails if anything but bytes is decoded, or is refused with an exception of another kind."""
    for odd in ODD:
        if isinstance(odd, (bytes, bytearray)):
            continue
        for does in root.type.decode, root.type.parse, root.module.Frames(root.type.parse).feed:
            try:
                does(odd)
            except root.module.DecodeError:
                continue
            raise AssertionError(f"{type(odd)} is decoded")


def decode(root, data):
    try:
        value = root.type.decode(data)
    except root.module.DecodeError as error:
        return located(error)
    read = root.read.took(value)
    # A catch-all of a fieldless enum is an `int`.
    if not hasattr(value, "encode"):
        return ["ok", form(value), None, None, read, None]
    try:
        again = value.encode()
    except root.module.EncodeError as error:
        return ["encode", str(error)]
    written = root.write.took(again)
    root.compared += 1
    odd = differs(root, value) if root.compared < 4 else None
    return ["ok", form(value), again.hex(), odd, read, written]


def parse(root, data):
    try:
        value, used = root.type.parse(data)
        return ["ok", used, form(value), root.read.took(value)]
    except root.module.NeedMore as more:
        return ["more", more.n]
    except root.module.DecodeError as error:
        return located(error)


def too_large(root, data):
    """Where the errors of numbers are that no field can hold."""
    value = root.type.decode(data)
    where = []
    for put, part in list(places(value)):
        if isinstance(part, int):
            put(1 << 200)
            try:
                value.encode()
                where.append("encoded")
            except root.module.EncodeError as error:
                where.append([error.path, error.offset])
            put(part)
    return where


def refused(root, change):
    """Where the error is if a valid value is changed: its bytes, and the new parts by their names."""
    value = root.type.decode(bytes.fromhex(change["valid"]))
    for name, part in change["set"].items():
        *outer, name = name.split(".")
        of = value
        for each in outer:
            of = of[int(each)] if isinstance(of, list) else getattr(of, each)
        part = bytes.fromhex(part) if isinstance(part, str) else part
        setattr(of, name, part["text"] if isinstance(part, dict) else part)
    try:
        return ["encoded", value.encode().hex()]
    except root.module.EncodeError as error:
        return [error.path, error.offset, str(error)]


DOES = {"decode": decode, "parse": parse, "too_large": too_large, "refused": refused}


def main():
    for count, line in enumerate(sys.stdin):
        request = json.loads(line)
        replies = []
        try:
            module = types.ModuleType(f"generated_{count}")
            sys.modules[module.__name__] = module
            exec(compile(request["module"], module.__name__ + ".py", "exec"), module.__dict__)
            root = Root(module, request["root"])
            takes_only_bytes(root)
            does = DOES[request["what"]]
            for data in request["bytes"]:
                try:
                    replies.append(does(root, bytes.fromhex(data) if isinstance(data, str) else data))
                except Exception:
                    replies.append(["crash", traceback.format_exc()])
        except Exception:
            replies = [["crash", traceback.format_exc()]]
        print(json.dumps(replies), flush=True)


main()
