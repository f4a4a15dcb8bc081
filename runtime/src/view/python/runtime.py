# The functions that read and write the frames above.


_T = TypeVar("_T")


class DecodeError(ValueError):
    """Malformed bytes: what is wrong, in which field, and at which byte."""

    def __init__(self, path: str, offset: int, expected: str, found: str) -> None:
        super().__init__(f"{path} at byte {offset}: expected {expected}, found {found}")
        self.path, self.offset, self.expected, self.found = path, offset, expected, found


class EncodeError(ValueError):
    """A value that cannot be encoded: what is wrong, and in which field."""

    def __init__(self, path: str, offset: int, expected: str, found: str) -> None:
        super().__init__(f"{path}: expected {expected}, found {found}")
        self.path, self.offset, self.expected, self.found = path, offset, expected, found


class NeedMore(Exception):
    """The bytes end within the frame: at least ``n`` more bytes are needed."""

    def __init__(self, n: int) -> None:
        super().__init__(f"at least {n} more bytes are needed")
        self.n = n


class Frames(Generic[_T]):
    """Frames from a stream of bytes that arrives in pieces: ``Frames(ChatMsg.parse).feed(data)``."""

    def __init__(self, parse: Callable[[bytes], tuple[_T, int]], limit: int = 1 << 20) -> None:
        self._parse, self._limit = parse, limit
        self._bytes = bytearray()
        self._needed = 1
        self._fault: DecodeError | None = None

    def feed(self, data: bytes) -> list[_T]:
        """Adds bytes, and returns the frames that are now complete.

        A malformed frame, or a frame longer than the limit, raises a ``DecodeError``. If complete frames precede it,
        this call returns them, and the next call raises the error. All later calls raise it again.
        """
        self._bytes += data if type(data) is bytes else _plain("", data)
        frames: list[_T] = []
        at = 0
        while self._fault is None and len(self._bytes) - at >= self._needed:
            try:
                frame, used = self._next(at)
                if used == 0:
                    raise DecodeError("", 0, "a frame that takes bytes", "one without any")
                frames.append(frame)
                at += used
                self._needed = 1
            except NeedMore as more:
                self._needed = len(self._bytes) - at + more.n
                if self._needed > self._limit:
                    self._fault = DecodeError("", 0, f"at most {self._limit} bytes", "a longer frame")
                break
            except DecodeError as fault:
                self._fault = fault
        del self._bytes[:at]
        if self._fault is not None and not frames:
            raise self._fault
        return frames

    def _next(self, at: int) -> tuple[_T, int]:
        """Parses the frame that begins at ``at``. Copies few bytes after the frame, because there may be many."""
        size = 4096
        while True:
            try:
                return self._parse(bytes(self._bytes[at : at + size]))
            except NeedMore:
                if at + size >= len(self._bytes):
                    raise
                size *= 4

    @property
    def left(self) -> int:
        """The number of bytes of an incomplete frame."""
        return len(self._bytes)


class Connection(Generic[_T]):
    """Frames over an asyncio connection: ``Connection(*await asyncio.open_connection(..), ChatMsg.parse)``."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        parse: Callable[[bytes], tuple[_T, int]],
        limit: int = 1 << 20,
    ) -> None:
        self.reader, self.writer = reader, writer
        self._frames = Frames(parse, limit)
        self._read: list[_T] = []

    async def recv(self) -> _T | None:
        """Returns the next frame, or ``None`` at the end. Raises ``EOFError`` if the stream ends within a frame."""
        while not self._read:
            data = await self.reader.read(1 << 16)
            if not data and self._frames.left:
                raise EOFError(f"the stream ends within a frame, of which there are {self._frames.left} bytes")
            if not data:
                return None
            self._read = self._frames.feed(data)
        return self._read.pop(0)

    async def send(self, *frames: Any) -> None:
        """Sends frames, and waits until the peer keeps up."""
        for frame in frames:
            self.writer.write(frame.encode())
        await self.writer.drain()

    async def __aiter__(self) -> AsyncIterator[_T]:
        while (frame := await self.recv()) is not None:
            yield frame

    async def close(self) -> None:
        """Closes the connection."""
        self.writer.close()
        await self.writer.wait_closed()


_MAX_DEPTH = 128


class _Path(list[str | int]):
    """The path of the field that is read. ``mark`` is the position where the field begins."""

    mark = 0


def _path(path: list[str | int]) -> str:
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part:
            text += f".{part}" if text else part
    return text


# Reads the frame between two positions. Returns its value and the position of its end.
_QuickRead = Callable[[bytes, int, int], tuple[_T, int]]


class _Irregular(Exception):
    """The fast path (``_quick_*``) gives up. The slow path then accepts the frame or reports the error."""


def _plain(name: str, data: bytes) -> bytes:
    """Returns the bytes of any object that holds bytes, such as a ``bytearray``."""
    try:
        return bytes(memoryview(data))
    except (TypeError, ValueError, BufferError):
        raise DecodeError(name, 0, "bytes", type(data).__name__) from None


def _decode(name: str, data: bytes, read: Callable[[_Reader], _T], quick: _QuickRead[_T] | None = None) -> _T:
    if type(data) is not bytes:
        data = _plain(name, data)
    if quick is not None:
        try:
            value, used = quick(data, 0, len(data))
            if used == len(data):
                return value
        except _IRREGULAR_BYTES:
            pass
    r = _Reader(name, data, True)
    try:
        value = read(r)
    except RecursionError:
        raise r.error("fewer nested frames", "more than Python can call") from None
    except _Overflow:
        raise r.error("a number that fits its type", "a larger one", r.mark) from None
    if r.at < r.end:
        raise r.error("the end", f"{r.end - r.at} bytes left over")
    return value


def _parse(
    name: str, data: bytes, read: Callable[[_Reader], _T], quick: _QuickRead[_T] | None = None
) -> tuple[_T, int]:
    if type(data) is not bytes:
        data = _plain(name, data)
    if quick is not None:
        try:
            value, used = quick(data, 0, len(data))
            if 0 <= used <= len(data):
                return value, used
        except _IRREGULAR_BYTES:
            pass
    r = _Reader(name, data, False)
    try:
        value = read(r)
    except RecursionError:
        raise r.error("fewer nested frames", "more than Python can call") from None
    except _Overflow:
        raise r.error("a number that fits its type", "a larger one", r.mark) from None
    return value, r.at


def _encode(name: str, write: Callable[[_Writer], None]) -> bytes:
    w = _Writer([name])
    try:
        write(w)
    except _WrongTag as error:
        w.path.append(error.path)
        raise w.error(error.expected, error.found) from None
    except EncodeError:
        raise
    except (TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error:
        raise w.error("a value of the field's type", str(error)) from error
    except _Overflow:
        raise w.error("a number that fits its type", "a larger one") from None
    return bytes(w.out)


class _Reader:
    """Reads bytes from ``at`` to ``end``. If they are not ``complete``, more may arrive."""

    __slots__ = ("data", "at", "end", "complete", "path", "depth", "cap", "begin")

    def __init__(self, name: str, data: bytes, complete: bool) -> None:
        self.data = data
        self.at = self.begin = 0
        self.end = len(data)
        self.complete = complete
        self.path = _Path([name])
        self.depth = 0
        self.cap: tuple[int, int, bool] | None = None

    def inner(self, begin: int, end: int, complete: bool = True) -> _Reader:
        r = _Reader.__new__(_Reader)
        r.data, r.path, r.depth, r.cap = self.data, self.path, self.depth, None
        r.at = r.begin = begin
        r.end, r.complete = end, complete
        return r

    # Paths and positions of errors.

    @property
    def mark(self) -> int:
        return self.path.mark

    def enter(self) -> None:
        self.path.append("")
        self.path.mark = self.at

    def leave(self) -> None:
        self.path.pop()

    def field(self, name: str) -> None:
        self.path[-1] = name
        self.path.mark = self.at

    def name(self, name: str) -> None:
        self.path[-1] = name

    def back_to(self, at: int, name: str) -> None:
        """Makes an overflow an error of an earlier field, or of the frame if ``name`` is empty."""
        self.path[-1] = name
        self.path.mark = at

    def error(self, expected: str, found: object, offset: int | None = None) -> DecodeError:
        return DecodeError(_path(self.path), self.at if offset is None else offset, expected, str(found))

    def short(self, needed: int) -> Exception:
        have = self.end - self.at
        if self.cap is not None:
            start, most, cut = self.cap
            if self.at + needed > start + most and (cut or not self.complete):
                return self.too_long(start, most)
        if self.complete:
            return self.error(f"{needed} bytes", have)
        return NeedMore(needed - have)

    def too_long(self, start: int, most: int) -> DecodeError:
        path = self.path[:-1]
        return DecodeError(_path(path), start, f"at most {most} bytes", "a longer frame")

    def limited(self, most: int, is_open: bool) -> _Reader:
        cut = self.end - self.at > most
        if cut and is_open:
            raise self.too_long(self.at, most)
        r = self.inner(self.at, self.at + most if cut else self.end, self.complete)
        r.cap = (self.at, most, cut)
        return r

    def follow(self, inner: _Reader) -> None:
        self.at = inner.at

    # Numbers, bytes and text.

    def take(self, count: int) -> bytes:
        at = self.at
        if count > self.end - at:
            raise self.short(count)
        self.at = at + count
        return self.data[at : at + count]

    def run(self, layout: str, names: tuple[str, ...]) -> tuple[Any, ...]:
        """Reads numbers in a ``struct`` layout. ``names`` are the names of their fields."""
        at, size = self.at, _size(layout)
        if size > self.end - at:
            for name, letter in zip(names, layout[1:]):
                self.field(name)
                self.uint(_size(letter))
        self.at = at + size
        self.path[-1] = names[-1]
        self.path.mark = self.at - _size(layout[-1])
        return struct.unpack_from(layout, self.data, at)

    def uint(self, count: int, order: Literal["big", "little"] = "big") -> int:
        at = self.at
        if count > self.end - at:
            raise self.short(count)
        self.at = at + count
        return int.from_bytes(self.data[at : at + count], order)

    def sint(self, count: int, order: Literal["big", "little"] = "big") -> int:
        return int.from_bytes(self.take(count), order, signed=True)

    def in_bytes(self, count: int, most: int, signed: bool, order: Literal["big", "little"]) -> int:
        if count > most:
            raise self.error(f"at most the {most} bytes of its type", count)
        return self.sint(count, order) if signed else self.uint(count, order)

    def peek(self, count: int, order: Literal["big", "little"] = "big") -> int:
        value = self.uint(count, order)
        self.at -= count
        return value

    def bit_items(self, run: int, width: int, count: int, lsb: bool, read: Callable[[int], _T]) -> list[_T]:
        self.path.append(0)
        items = []
        for index in range(count):
            self.path[-1] = index
            shift = width * (index if lsb else count - 1 - index)
            items.append(read(run >> shift & (1 << width) - 1))
        self.path.pop()
        return items

    def packed(self, count: int, width: int, lsb: bool, strict: bool, read: Callable[[int], _T]) -> list[_T]:
        """Reads packed bit fields. If ``strict`` is set, the padding bits of the last byte must be zero."""
        at, used = self.at, count * width % 8
        data = self.take((count * width + 7) // 8)
        if strict and used and (data[-1] >> used if lsb else data[-1] << used & 0xFF):
            raise self.error("zero bits after the last item", f"{data[-1]:02x}", self.at - 1)
        self.path.append(0)
        mark, items = self.path.mark, []
        for index in range(count):
            place = _Packed(index, width, lsb)
            self.path[-1], self.path.mark = index, at + place.begin
            run = int.from_bytes(data[place.begin : place.end], place.order)
            items.append(read(run >> place.shift & (1 << width) - 1))
        self.path.mark = mark
        self.path.pop()
        return items

    def all_packed(self, width: int, lsb: bool, read: Callable[[int], _T]) -> list[_T]:
        bits = 8 * (self.end - self.at)
        if bits % width:
            raise self.error(f"items of {width} bits", f"{bits} bits", self.end - 1)
        return self.packed(bits // width, width, lsb, False, read)

    def f32(self, order: Literal["big", "little"]) -> float:
        bits = self.take(4)
        (value,) = struct.unpack(">f" if order == "big" else "<f", bits)
        return Nan32(int.from_bytes(bits, order)) if value != value else float(value)

    def f64(self, order: Literal["big", "little"]) -> float:
        (value,) = struct.unpack(">d" if order == "big" else "<d", self.take(8))
        return float(value)

    def float_or_none(self, count: int, none: int, order: Literal["big", "little"]) -> float | None:
        # Floats are compared by their bits, since NaN is equal to nothing.
        if self.peek(count, order) == none:
            self.at += count
            return None
        return self.f32(order) if count == 4 else self.f64(order)

    def truth(self) -> bool:
        at = self.at
        value = self.uint(1)
        if value > 1:
            raise self.error("0 or 1", value, at)
        return value == 1

    def ipv4(self) -> IPv4Address:
        return IPv4Address(self.take(4))

    def ipv6(self) -> IPv6Address:
        return IPv6Address(self.take(16))

    def varint(self, most: int, limit: int | None, padded: bool = False) -> int:
        at, value = self.at, 0
        for index in range(most):
            if at + index >= self.end:
                raise self.short(index + 1)
            byte = self.data[at + index]
            value |= (byte & 0x7F) << 7 * index
            if value >> 128:
                break
            if byte < 0x80:
                if byte == 0 and index > 0 and not padded:
                    raise self.error("the shortest form", "a longer one", at + index)
                if limit is not None and value > limit:
                    raise self.error(f"at most {limit}", value, at)
                self.at = at + index + 1
                return value
        raise self.error(f"a varint of at most {most} bytes", "a longer one", at)

    def zigzag(self, most: int, bits: int) -> int:
        value = self.varint(most, (1 << bits) - 1)
        return (value >> 1) ^ -(value & 1)

    def quic(self, limit: int) -> int:
        at = self.at
        if at >= self.end:
            raise self.short(1)
        count = 1 << (self.data[at] >> 6)
        value = self.uint(count) & ((1 << (8 * count - 2)) - 1)
        if count > 1 and value < 1 << (4 * count - 2):
            raise self.error("the shortest form", f"{value} in {count} bytes", at)
        if value > limit:
            raise self.error(f"at most {limit}", value, at)
        return value

    def digits(self, base: int, fixed: int, least: int, most: int | None, lower: bool = False) -> int:
        at = self.at
        text = self.take(fixed) if fixed else self.rest()
        digits = text[1:] if text[:1] == b"-" else text
        sign = len(text) - len(digits)
        if not digits:
            raise self.error("digits", text, at)
        known = b"0123456789" if base == 10 else b"0123456789abcdef" if lower else b"0123456789ABCDEF"
        for index, digit in enumerate(digits):
            if digit not in known:
                raise self.error("a digit", text, at + sign + index)
        if (len(digits) > 1 and digits[:1] == b"0" and not fixed) or (sign and not digits.strip(b"0")):
            raise self.error("a number without leading zeros", text, at + sign)
        if len(digits.lstrip(b"0")) > 40:
            raise self.error("a number that fits the field's type", text, at)
        value = int(digits, base) * (-1 if sign else 1)
        if value < least or value > (_U128 if most is None else most):
            raise self.error("a number that fits the field's type", text, at)
        return value

    def magic(self, expected: bytes) -> None:
        at, have = self.at, self.end - self.at
        if have < len(expected):
            raise self.short(len(expected))
        found = self.data[at : at + len(expected)]
        if found != expected:
            raise self.error(expected.hex(" "), found.hex(" "), at)
        self.at = at + len(expected)

    def pad(self, count: int, fill: int, strict: bool) -> None:
        at = self.at
        found = self.take(count)
        if strict:
            for index, byte in enumerate(found):
                if byte != fill:
                    raise self.error(f"{fill:02x}", f"{byte:02x}", at + index)

    def rest(self) -> bytes:
        return self.take(self.end - self.at)

    def text(self) -> str:
        at = self.at
        try:
            return self.rest().decode()
        except UnicodeDecodeError as error:
            raise self.error("UTF-8 text", "other bytes", at + error.start) from None

    def encoded(self, name: str) -> str:
        at, data = self.at, self.rest()
        if name.startswith("utf16") and len(data) % 2:
            raise self.error("code units of two bytes", f"{len(data)} bytes", at + len(data) - 1)
        try:
            return data.decode(_CODECS[name])
        except UnicodeDecodeError as error:
            raise self.error(f"text in {name}", "other bytes", at + error.start) from None

    def nibbles(self, count: int, fill: int, swapped: bool) -> str:
        at, digits, filled = self.at, "", False
        for index, byte in enumerate(self.take(count)):
            for nibble in (byte & 15, byte >> 4) if swapped else (byte >> 4, byte & 15):
                if fill and nibble == fill:
                    filled = True
                elif filled or nibble > 9:
                    raise self.error("a digit", hex(nibble), at + index)
                else:
                    digits += str(nibble)
        return digits

    def bcd_text(self, count: int, fill: int, swapped: bool) -> str:
        return self.nibbles(count, fill, swapped)

    def bcd(self, count: int, fill: int, swapped: bool, most: int | None) -> int:
        at = self.at
        digits = self.nibbles(count, fill, swapped)
        if fill and (digits == "" or (len(digits) > 1 and digits[0] == "0")):
            raise self.error("a number without leading zeros", digits, at)
        value = int(digits) if len(digits) < 100 else _U128 + 1
        if value > (_U128 if most is None else most):
            raise self.error("a number that fits the field's type", digits, at)
        return value

    def lead(self, lead: bytes) -> bool:
        begin = self.data[self.at : min(self.end, self.at + len(lead))]
        if begin == lead:
            self.at += len(lead)
            return True
        if not self.complete and lead.startswith(begin):
            raise self.short(len(begin) + 1)
        return False

    def more(self) -> bool:
        return self.at < self.end

    def by_hand(self, codec: Any, whole: bool, *given: Any) -> Any:
        try:
            parsed = codec.parse(self.data[self.at : self.end], *given)
        except Exception as error:
            raise self.error("a value that the provided object can parse", error) from error
        if parsed is None:
            raise self.short(self.end - self.at + 1)
        value, used = parsed
        if not 0 <= used <= self.end - self.at:
            raise self.error(f"at most {self.end - self.at} bytes used by the provided object", used)
        if whole and used != self.end - self.at:
            raise self.error("the end", f"{self.end - self.at - used} bytes left over", self.at + used)
        self.at += used
        return value

    # Extents: where values end.

    def extent(self, count: int) -> _Reader:
        if count < 0:
            raise self.error("a length", count)
        if count > self.end - self.at:
            raise self.short(count)
        r = self.inner(self.at, self.at + count)
        self.at += count
        return r

    def before(self, behind: int) -> _Reader:
        if behind > self.end - self.at:
            raise self.short(behind)
        return self.extent(self.end - self.at - behind)

    def until(self, delimiters: list[bytes], ending: str = "consumed", optional: bool = False) -> _Reader:
        data, at, end = self.data, self.at, self.end
        found = _find(data, at, end, delimiters)
        if found is not None and not self.complete and len(delimiters) > 1:
            # A delimiter may begin earlier and be cut off by the end of the bytes.
            longest = max(map(len, delimiters))
            step = _step(delimiters)
            begins = range(max(at, end - longest + 1), found[0])
            for begin in (begin for begin in begins if (begin - at) % step == 0):
                if any(each.startswith(data[begin:end]) for each in delimiters):
                    found = None
                    break
        if found is None:
            if self.complete and (optional or ending in ("between", "separates")):
                self.at = end
                return self.inner(at, end)
            if self.complete:
                raise self.error(f"the delimiter {delimiters[0]!r}", "the end")
            raise self.short(end - at + 1)
        begin, behind = found
        if ending == "between" and behind == end:
            if not self.complete:
                raise NeedMore(1)
            raise self.error("a value after the delimiter", "the end", begin)
        self.at = begin if ending == "left" else behind
        return self.inner(at, begin)

    def stopped(self, delimiters: list[bytes]) -> _Reader:
        # Padding cannot fill half of a code unit.
        is_odd = (self.end - self.at) % _step(delimiters) != 0
        found = None if is_odd else _find(self.data, self.at, self.end, delimiters)
        return self.inner(self.at, self.end if found is None else found[0])

    def trimmed(self, fill: bytes) -> _Reader:
        at, end, size = self.at, self.end, len(fill)
        if size == 1:
            return self.inner(at, at + len(self.data[at:end].rstrip(fill)))
        while end - at >= size and self.data.startswith(fill, end - size):
            end -= size
        return self.inner(at, end)

    def only_fill(self, fill: bytes) -> None:
        behind = self.trimmed(fill).end - self.at
        if behind:
            raise self.error("only padding", f"{behind} bytes left over")
        self.at = self.end

    def finish(self) -> None:
        if self.at < self.end:
            raise self.error("the end", f"{self.end - self.at} bytes left over")

    def length(self, number: int, own: int = 0, scale: int = 1, bias: int = 0, most: int | None = None) -> int:
        count = (number - bias) * scale - own
        if count < 0 or number < 0 or count > _USIZE:
            raise self.error("a length", number, self.mark)
        if most is not None and count > most:
            raise self.error(f"at most {most}", count, self.mark)
        return count

    def length_or_none(
        self, number: int, none: int, own: int = 0, scale: int = 1, bias: int = 0, most: int | None = None
    ) -> int | None:
        return None if number == none else self.length(number, own, scale, bias, most)

    def distance(self, number: int, bias: int, start: int, at: int, name: str) -> int:
        """Returns the number of bytes before the offset that ``number`` encodes."""
        begins, here = number - bias, self.at - start
        if begins < here or begins > _USIZE:
            self.path[-1] = name
            raise self.error(f"an offset of at least {here}", begins, at)
        return begins - here

    def flag(self, number: int, yes: int, no: int) -> bool:
        if number != yes and number != no:
            raise self.error(f"{yes} or {no}", number, self.mark)
        return number == yes

    # Frames and lists.

    def whole(self, count: int, read: Callable[[_Reader], _T]) -> _T:
        if count > self.end - self.at:
            raise self.short(count)
        return read(self)

    def nested(self, read: Callable[[_Reader], _T]) -> _T:
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise self.error(f"at most {_MAX_DEPTH} nested frames", "more")
        value = read(self)
        self.depth -= 1
        return value

    def attempt(self, read: Callable[[_Reader], _T]) -> _T | bytes:
        """Reads a frame from all bytes. Returns the bytes themselves if they are malformed."""
        parts, mark = len(self.path), self.path.mark
        whole = self.inner(self.at, self.end)
        begin, self.at = self.at, self.end
        try:
            value = read(whole)
            whole.finish()
            return value
        except (DecodeError, _Overflow, RecursionError):
            del self.path[parts:]
            self.path.mark = mark
            return self.data[begin : self.end]

    def deeper(self, deep: bool) -> None:
        if deep:
            self.depth += 1
            if self.depth > _MAX_DEPTH:
                raise self.error(f"at most {_MAX_DEPTH} nested frames", "more")

    def item(self, index: int, read: Callable[[_Reader], _T], empty: bool = False) -> _T:
        self.path[-1] = index
        at = self.at
        value = read(self)
        if self.at == at and not empty:
            raise self.error("an item that takes bytes", "an item without any", at)
        return value

    def array(self, count: int, deep: bool, read: Callable[[_Reader], _T]) -> list[_T]:
        self.deeper(deep)
        self.path.append(0)
        items = [self.item(index, read, True) for index in range(count)]
        self.path.pop()
        self.depth -= deep
        return items

    def counted(self, count: int, least: int, deep: bool, read: Callable[[_Reader], _T], empty: bool) -> list[_T]:
        if count > 0 and empty:
            self.path.append(0)
            raise self.error("an item that takes bytes", "an item without any")
        if count * max(least, 1) > self.end - self.at:
            if self.complete and self.cap is None:
                raise self.error(f"at most {(self.end - self.at) // max(least, 1)} items", count)
            raise self.short(count * max(least, 1))
        self.deeper(deep)
        self.path.append(0)
        items = [self.item(index, read) for index in range(count)]
        self.path.pop()
        self.depth -= deep
        return items

    def all(self, deep: bool, read: Callable[[_Reader], _T], empty: bool) -> list[_T]:
        self.deeper(deep)
        items: list[_T] = []
        self.path.append(0)
        while self.at < self.end:
            items.append(self.item(len(items), read))
        self.path.pop()
        self.depth -= deep
        return items

    def all_but_fill(self, deep: bool, read: Callable[[_Reader], _T], fill: bytes) -> list[_T]:
        """Reads items until only padding is left. The last item may end within the padding."""
        self.deeper(deep)
        items: list[_T] = []
        self.path.append(0)
        used = self.trimmed(fill).end
        while self.at < used:
            items.append(self.item(len(items), read))
        self.path.pop()
        self.depth -= deep
        return items

    def separated(self, delimiters: list[bytes], read: Callable[[_Reader], _T]) -> list[_T]:
        self.deeper(True)
        items: list[_T] = []
        self.path.append(0)
        more = self.at < self.end
        while more:
            at = self.at
            items.append(self.item(len(items), read, True))
            more = any(self.data[at : self.at].endswith(each) for each in delimiters)
        self.path.pop()
        self.depth -= 1
        return items

    def items_until(self, deep: bool, read: Callable[[_Reader], _T], last: Callable[[_T], bool]) -> list[_T]:
        self.deeper(deep)
        items: list[_T] = []
        self.path.append(0)
        while True:
            at = self.at
            items.append(self.item(len(items), read))
            self.path.mark = at
            if last(items[-1]):
                break
        self.path.pop()
        self.depth -= deep
        return items

    def bytes_until(self, last: Callable[[int], bool]) -> bytes:
        items: list[int] = self.items_until(False, lambda r: r.uint(1), last)
        return bytes(items)

    def items_to(self, deep: bool, read: Callable[[_Reader], _T], last: bytes) -> list[_T]:
        self.deeper(deep)
        items: list[_T] = []
        self.path.append(0)
        while True:
            at = self.at
            item = self.item(len(items), read)
            if self.data[at : self.at] == last:
                break
            items.append(item)
        self.path.pop()
        self.depth -= deep
        return items

    # Comparisons and checks.

    def unknown(self, name: str, tag: object, at: int) -> NoReturn:
        if self.path[-1] == "tag":
            self.path[-1] = ""
        raise self.error(f"a tag of {name}", tag, at)

    def same(self, found: object, expected: object, at: int, name: str) -> None:
        if found != expected:
            self.path[-1] = name
            raise self.error(str(expected), found, at)

    def check(self, holds: bool, message: str, at: int, name: str) -> None:
        if not holds:
            self.path[-1] = name
            raise self.error(message, "something else", at)

    def covered(self, begin: int, end: int, at: int, count: int) -> bytes:
        if at + count <= begin or end <= at:
            return self.data[begin:end]
        return self.data[begin:at] + bytes(count) + self.data[at + count : end]


class _Packed:
    """The position of an item in packed bit fields: its bytes, and its distance from their lowest bit."""

    __slots__ = ("begin", "end", "shift", "order")

    def __init__(self, index: int, width: int, lsb: bool) -> None:
        start, stop = index * width, (index + 1) * width
        self.begin, self.end = start // 8, (stop + 7) // 8
        self.shift = start % 8 if lsb else 8 * self.end - stop
        self.order: Literal["big", "little"] = "little" if lsb else "big"


class _Mark:
    """A position in the output, with the size of the space that is reserved there."""

    __slots__ = ("at", "kept")

    def __init__(self, at: int, kept: int) -> None:
        self.at, self.kept = at, kept


class _Writer:
    __slots__ = ("out", "path", "marks", "frames", "lasts", "has_ended", "base")

    def __init__(self, path: list[str | int]) -> None:
        self.out = bytearray()
        self.path = path
        self.base = 0
        self.marks: list[_Mark] = []
        # ``frames``: number of marks at the start of each open frame. ``lasts``: calls at the end of a frame, by depth.
        self.frames: list[int] = []
        self.lasts: dict[int, list[Callable[[], object]]] = {}
        self.has_ended: set[int] = set()

    def part(self, behind: int = 0) -> _Writer:
        """A writer of bytes that are added later, ``behind`` bytes after the end of this writer."""
        w = _Writer(self.path)
        w.base = self.base + len(self.out) + behind
        return w

    def size(self) -> int:
        return len(self.out)

    def enter(self) -> None:
        self.path.append("")
        self.frames.append(len(self.marks))

    def leave(self) -> None:
        for last in self.lasts.pop(len(self.frames), ()):
            last()
        self.has_ended.discard(len(self.frames))
        del self.marks[self.frames.pop() :]
        self.path.pop()

    def last(self, last: Callable[[], object]) -> None:
        self.lasts.setdefault(len(self.frames), []).append(last)

    def field(self, name: str) -> None:
        self.path[-1] = name

    def named(self, name: str) -> _Writer:
        self.path[-1] = name
        return self

    def error(self, expected: str, found: object) -> EncodeError:
        return EncodeError(_path(self.path), self.base + len(self.out), expected, str(found))

    # Numbers and bytes.

    def run(self, layout: str, names: tuple[str, ...], *values: Any) -> None:
        """Writes numbers in a ``struct`` layout. ``names`` are the names of their fields."""
        if {*map(type, values)} == _JUST_INT:
            try:
                self.out += struct.pack(layout, *values)
                self.path[-1] = names[-1]
                return
            except struct.error:
                pass
        order: Literal["big", "little"] = "big" if layout[0] == ">" else "little"
        for name, letter, value in zip(names, layout[1:], values):
            self.path[-1] = name
            write = self.sint if letter.islower() else self.uint
            write(value, _size(letter), order)

    def uint(self, value: int, count: int, order: Literal["big", "little"] = "big") -> None:
        if type(value) is bool or not isinstance(value, int):
            raise self.error("a whole number", repr(value))
        try:
            self.out += value.to_bytes(count, order)
        except OverflowError:
            raise self.error(f"a number from 0 to {(1 << 8 * count) - 1}", value) from None

    def sint(self, value: int, count: int, order: Literal["big", "little"] = "big") -> None:
        if type(value) is bool or not isinstance(value, int):
            raise self.error("a whole number", repr(value))
        try:
            self.out += value.to_bytes(count, order, signed=True)
        except OverflowError:
            raise self.error(f"a number of {count} bytes with a sign", value) from None

    def in_bytes(self, value: int, count: int, most: int, signed: bool, order: Literal["big", "little"]) -> None:
        if count > most:
            raise self.error(f"at most the {most} bytes of its type", count)
        if signed:
            self.sint(value, count, order)
        else:
            self.uint(value, count, order)

    def bits(self, value: int, width: int, shift: int, signed: bool) -> int:
        if not isinstance(value, int):
            raise self.error("a whole number", repr(value))
        least, most = (-1 << width - 1, (1 << width - 1) - 1) if signed else (0, (1 << width) - 1)
        if value < least or value > most:
            raise self.error(f"a number from {least} to {most}", value)
        return (value & (1 << width) - 1) << shift

    def bit_items(
        self, items: Sequence[_T], width: int, count: int, lsb: bool, signed: bool, number: Callable[[_T], int]
    ) -> int:
        if len(self.listed(items)) != count:
            raise self.error(f"{count} items", len(items))
        run = 0
        self.path.append(0)
        for index, item in enumerate(items):
            self.path[-1] = index
            run |= self.bits(number(item), width, width * (index if lsb else count - 1 - index), signed)
        self.path.pop()
        return run

    def packed(
        self, items: Sequence[_T], width: int, lsb: bool, counted: bool, signed: bool, number: Callable[[_T], int]
    ) -> None:
        bits = len(self.listed(items)) * width
        if bits % 8 and not counted:
            raise self.error("items that fill whole bytes", f"{len(items)} of {width} bits")
        out = bytearray((bits + 7) // 8)
        self.path.append(0)
        for index, item in enumerate(items):
            self.path[-1] = index
            place = _Packed(index, width, lsb)
            held = slice(place.begin, place.end)
            run = int.from_bytes(out[held], place.order) | self.bits(number(item), width, place.shift, signed)
            out[held] = run.to_bytes(place.end - place.begin, place.order)
        self.path.pop()
        self.out += out

    def f32(self, value: float, order: Literal["big", "little"]) -> None:
        if isinstance(value, Nan32):
            self.out += value.bits.to_bytes(4, order)
            return
        self.number(value)
        try:
            bits = struct.pack(">f" if order == "big" else "<f", value)
        except (OverflowError, struct.error):
            raise self.error("a number that 32 bits can hold", value) from None
        self.out += bits

    def f64(self, value: float, order: Literal["big", "little"]) -> None:
        self.number(value)
        try:
            bits = struct.pack(">d" if order == "big" else "<d", value)
        except (OverflowError, struct.error):
            raise self.error("a number that 64 bits can hold", value) from None
        self.out += bits

    def float_or_none(self, value: float | None, count: int, none: int, order: Literal["big", "little"]) -> None:
        if value is None:
            return self.uint(none, count, order)
        at = len(self.out)
        write = self.f32 if count == 4 else self.f64
        write(value, order)
        if int.from_bytes(self.out[at:], order) == none:
            raise self.error("a number other than the `none` value", value)

    def number(self, value: float) -> None:
        if type(value) is bool or not isinstance(value, (int, float)):
            raise self.error("a number", repr(value))

    def truth(self, value: bool) -> None:
        if not isinstance(value, bool):
            raise self.error("True or False", repr(value))
        self.out.append(value)

    def ipv4(self, value: IPv4Address) -> None:
        self.out += IPv4Address(value).packed

    def ipv6(self, value: IPv6Address) -> None:
        self.out += IPv6Address(value).packed

    def varint(self, value: int, most: int, limit: int | None, padded: bool = False) -> None:
        if type(value) is bool or not isinstance(value, int) or value < 0:
            raise self.error("a whole number that is not negative", repr(value))
        if value > (_U128 if limit is None else limit) or value >> 7 * most:
            raise self.error(f"at most {limit}", value)
        while value > 0x7F:
            self.out.append(value & 0x7F | 0x80)
            value >>= 7
        self.out.append(value)

    def zigzag(self, value: int, most: int, bits: int) -> None:
        if type(value) is bool or not isinstance(value, int) or not -1 << bits - 1 <= value < 1 << bits - 1:
            raise self.error(f"a whole number of {bits} bits with a sign", repr(value))
        self.varint(value << 1 if value >= 0 else (-value << 1) - 1, most, None)

    def quic(self, value: int, limit: int) -> None:
        if type(value) is bool or not isinstance(value, int) or value < 0 or value > limit:
            raise self.error(f"a number from 0 to {limit}", repr(value))
        size = 0 if value < 1 << 6 else 1 if value < 1 << 14 else 2 if value < 1 << 30 else 3
        self.out += (value | size << (8 << size) - 2).to_bytes(1 << size, "big")

    def digits(
        self, value: int, base: int, fixed: int, least: int, most: int | None, lower: bool = False
    ) -> None:
        if type(value) is bool or not isinstance(value, int):
            raise self.error("a whole number", repr(value))
        if value < least or value > (_U128 if most is None else most):
            raise self.error(f"a number from {least} to {most}", value)
        digits = f"{abs(value):{'d' if base == 10 else 'x' if lower else 'X'}}"
        sign = "-" if value < 0 else ""
        self.out += (sign + digits.rjust(fixed - len(sign), "0")).encode()

    def raw(self, value: bytes) -> None:
        if not isinstance(value, (bytes, bytearray, memoryview)):
            raise self.error("bytes", repr(value))
        self.out += value

    def sized(self, value: bytes, count: int) -> None:
        self.raw(value)
        if len(value) != count:
            raise self.error(f"{count} bytes", len(value))

    def text(self, value: str) -> None:
        if not isinstance(value, str):
            raise self.error("text", repr(value))
        try:
            self.out += value.encode()
        except UnicodeEncodeError as error:
            raise self.error("text without lone surrogates", repr(value)) from error

    def encoded(self, value: str, name: str) -> None:
        if not isinstance(value, str):
            raise self.error("text", repr(value))
        try:
            self.out += value.encode(_CODECS[name])
        except UnicodeEncodeError as error:
            raise self.error(f"text in {name}", repr(value)) from error

    def bcd_text(self, value: str, count: int, fill: int, swapped: bool) -> None:
        if not isinstance(value, str) or not all(digit in "0123456789" for digit in value):
            raise self.error("digits", repr(value))
        if len(value) > 2 * count or (not fill and len(value) < 2 * count):
            raise self.error(f"{2 * count} digits", repr(value))
        nibbles = [*map(int, value)] + [fill] * (2 * count - len(value))
        for first, second in zip(nibbles[::2], nibbles[1::2]):
            self.out.append(second << 4 | first if swapped else first << 4 | second)

    def bcd(self, value: int, count: int, fill: int, swapped: bool, most: int | None) -> None:
        if type(value) is bool or not isinstance(value, int) or value < 0:
            raise self.error("a whole number that is not negative", repr(value))
        if value > (_U128 if most is None else most):
            raise self.error(f"at most {most}", value)
        digits = str(value)
        self.bcd_text(digits if fill else digits.rjust(2 * count, "0"), count, fill, swapped)

    def no_lead(self, at: _Mark, enclosed: _Mark, lead: bytes, name: str) -> None:
        if self.out[at.at : min(enclosed.at, at.at + len(lead))] == lead:
            self.path[-1] = name
            raise self.error(f"bytes that do not start with {lead!r}, because the field is absent", "bytes that do")

    def attempt(self, value: Any, write: Callable[[_Writer, Any], object]) -> None:
        if isinstance(value, (bytes, bytearray, memoryview)):
            self.raw(bytes(value))
        else:
            write(self, value)

    def by_hand(self, codec: Any, value: Any, *given: Any) -> None:
        try:
            data = codec.encode(value, *given)
        except Exception as error:
            raise self.error("a value that the provided object can encode", error) from error
        self.raw(data)

    def pad(self, count: int, fill: int) -> None:
        self.out += bytes([fill]) * count

    def align(self, start: _Mark, to: int, fill: int) -> None:
        self.pad(_fill_to(len(self.out) - start.at, to), fill)

    # Extents.

    def put(self, part: _Writer) -> None:
        self.out += part.out

    def delimited(self, part: _Writer, delimiters: list[bytes]) -> None:
        self.out += part.out + delimiters[0]
        self.holds(bytes(part.out), delimiters[0], delimiters)

    def holds(self, value: bytes, behind: bytes, delimiters: list[bytes]) -> None:
        whole = value + behind
        found = _find(whole, 0, len(whole), delimiters)
        if found is not None and found[0] < len(value):
            raise self.error("a value that does not contain its delimiter", f"a delimiter at {found[0]}")

    def ends_at(self, begin: _Mark, end: _Mark, delimiters: list[bytes]) -> None:
        self.holds(bytes(self.out[begin.at : end.at]), delimiters[0], delimiters)

    def left(self, begin: _Mark, end: _Mark, enclosed: _Mark, delimiters: list[bytes], optional: bool) -> None:
        longest = max(map(len, delimiters))
        behind = bytes(self.out[end.at : min(enclosed.at, end.at + longest + len(delimiters[0]))])
        self.holds(bytes(self.out[begin.at : end.at]), behind, delimiters)
        if not behind.startswith(tuple(delimiters)) and not (optional and not behind):
            raise self.error(f"the delimiter {delimiters[0]!r} after the value", repr(behind))

    def between(self, part: _Writer, delimiters: list[bytes]) -> _Mark:
        self.put(part)
        mark = self.mark()
        self.out += delimiters[0]
        mark.kept = len(delimiters[0])
        self.holds(bytes(part.out), delimiters[0], delimiters)
        return mark

    def drop_between(self, delimiter: _Mark | None) -> None:
        if delimiter is not None and delimiter.at + delimiter.kept == len(self.out):
            del self.out[delimiter.at :]
            # Marks after the removed delimiter move to the new end of the output.
            for mark in self.marks:
                mark.at = min(mark.at, delimiter.at)

    def exact(self, part: _Writer, count: int) -> None:
        self.put(part)
        if len(part.out) != count:
            raise self.error(f"{count} bytes", len(part.out))

    def fill_up(self, count: int, fill: bytes) -> None:
        if count % len(fill):
            raise self.error("room for whole code units of padding", f"{count} bytes")
        self.out += fill * (count // len(fill))

    def filled(self, part: _Writer, count: int, fill: bytes = b"\0") -> None:
        if len(part.out) > count:
            raise self.error(f"at most {count} bytes", len(part.out))
        self.put(part)
        self.fill_up(count - len(part.out), fill)

    def fixed(self, part: _Writer, count: int, fill: bytes) -> None:
        self.put(part)
        if len(part.out) > count:
            raise self.error(f"at most {count} bytes", len(part.out))
        if part.out.endswith(fill):
            raise self.error(f"a value that does not end in {fill.hex()}", "one that does")
        self.fill_up(count - len(part.out), fill)

    def stopped(self, part: _Writer, count: int, delimiters: list[bytes], fill: bytes) -> None:
        left = count - len(part.out)
        if left < 0:
            raise self.error(f"at most {count} bytes", len(part.out))
        fits = next((each for each in delimiters if len(each) <= left), None)
        if left and fits is None:
            raise self.error("room for the delimiter after the value", f"{left} bytes")
        end = fits if left and fits is not None else b""
        self.holds(bytes(part.out), end, delimiters)
        self.out += part.out + end
        self.fill_up(left - len(end), fill)

    def units(self, count: int, own: int = 0, scale: int = 1, bias: int = 0, most: int | None = None) -> int:
        if most is not None and count > most:
            raise self.error(f"at most {most}", count)
        if (count + own) % scale:
            raise self.error(f"a multiple of {scale} bytes", count + own)
        return (count + own) // scale + bias

    def units_not(
        self, count: int | None, none: int, own: int = 0, scale: int = 1, bias: int = 0, most: int | None = None
    ) -> int:
        number = none if count is None else self.units(count, own, scale, bias, most)
        if count is not None and number == none:
            raise self.error("a length other than the `none` value", number)
        return number

    def or_none(self, value: int | None, none: int) -> int:
        if value == none:
            raise self.error(f"a number other than {none}, the `none` value", value)
        return none if value is None else value

    # Numbers with reserved space, which are written when they are known.

    def mark(self) -> _Mark:
        return self.hold(0)

    def hold(self, count: int) -> _Mark:
        mark = _Mark(len(self.out), count)
        self.out += bytes(count)
        self.marks.append(mark)
        return mark

    def mark_behind(self, begin: _Mark, count: int) -> _Mark:
        mark = self.mark()
        mark.at = begin.at + count
        return mark

    def span(self, begin: _Mark, end: _Mark) -> int:
        return end.at - begin.at

    def fill(self, kept: _Mark | None, value: _T, write: Callable[[_Writer, _T], object]) -> None:
        if kept is None:
            return
        part = _Writer(self.path)
        write(part, value)
        grown = len(part.out) - kept.kept
        self.out[kept.at : kept.at + kept.kept] = part.out
        if grown:
            own = self.marks.index(kept)
            for index, mark in enumerate(self.marks):
                if mark.at > kept.at or (mark.at == kept.at and index > own):
                    mark.at += grown

    def fill_bits(self, kept: _Mark | None, value: int, count: int, order: Literal["big", "little"]) -> None:
        if kept is not None:
            place = slice(kept.at, kept.at + count)
            value |= int.from_bytes(self.out[place], order)
            self.out[place] = value.to_bytes(count, order)

    def covered(self, begin: _Mark, end: _Mark | None) -> bytes:
        return bytes(self.out[begin.at : None if end is None else end.at])

    # Lists.

    def listed(self, items: Sequence[_T]) -> Sequence[_T]:
        if not isinstance(items, (list, tuple)):
            raise self.error("a list", repr(items))
        return items

    def items(self, items: Sequence[_T], write: Callable[[_Writer, _T], object]) -> None:
        self.path.append(0)
        for index, item in enumerate(self.listed(items)):
            self.path[-1], before = index, len(self.out)
            write(self, item)
            if len(self.out) == before:
                raise self.error("an item that takes bytes", repr(item))
        self.path.pop()

    def items_but_fill(
        self, items: Sequence[_T], write: Callable[[_Writer, _T], object], fill: bytes
    ) -> None:
        before = len(self.out)

        def noted(w: _Writer, item: _T) -> None:
            nonlocal before
            before = len(w.out)
            write(w, item)

        self.items(items, noted)
        if items and not self.out[before:].strip(fill):
            raise self.error("a last item that is not only padding", repr(items[-1]))

    def array(self, items: Sequence[_T], count: int, write: Callable[[_Writer, _T], object]) -> None:
        if len(self.listed(items)) != count:
            raise self.error(f"{count} items", len(items))
        self.path.append(0)
        for index, item in enumerate(items):
            self.path[-1] = index
            write(self, item)
        self.path.pop()

    def separated(
        self, items: Sequence[_T], delimiters: list[bytes], write: Callable[[_Writer, _T], object]
    ) -> None:
        before = len(self.out)
        self.path.append(0)
        for index, item in enumerate(self.listed(items)):
            self.path[-1] = index
            part = self.part()
            write(part, item)
            self.put(part)
            behind = delimiters[0] if index + 1 < len(items) else b""
            self.out += behind
            self.holds(bytes(part.out), behind, delimiters)
        if len(items) == 1 and len(self.out) == before:
            raise self.error("an item that takes bytes", "a list of one empty item")
        self.path.pop()

    def items_until(
        self, items: Sequence[_T], write: Callable[[_Writer, _T], object], last: Callable[[_T], bool]
    ) -> None:
        self.items(items, write)
        self.ends_list(items, last)

    def bytes_until(self, value: bytes, last: Callable[[int], bool]) -> None:
        self.raw(value)
        self.ends_list(value, last)

    def ends_list(self, items: Sequence[_T], last: Callable[[_T], bool]) -> None:
        ended = False
        self.path.append(0)
        for index, item in enumerate(items):
            self.path[-1] = index
            ended = last(item)
            if ended and index + 1 < len(items):
                raise self.error("only the last item to end the list", repr(item))
        self.path.pop()
        if not ended:
            raise self.error("a last item that ends the list", repr(items))

    def items_to(self, items: Sequence[_T], write: Callable[[_Writer, _T], object], last: bytes) -> None:
        self.path.append(0)
        for index, item in enumerate(self.listed(items)):
            self.path[-1] = index
            part = self.part()
            write(part, item)
            if part.out == last:
                raise self.error("an item other than the one that ends the list", repr(item))
            self.put(part)
        self.path.pop()
        self.out += last

    def arity(self, value: Sequence[object], count: int) -> None:
        if len(value) != count:
            raise self.error(f"{count} values", len(value))

    # Comparisons and checks.

    def not_ended(self) -> None:
        if len(self.frames) in self.has_ended:
            raise self.error("the earlier optional field", "none")

    def ended(self) -> None:
        self.has_ended.add(len(self.frames))

    def takes_bytes(self, begin: _Mark) -> None:
        if begin.at == len(self.out):
            raise self.error("an optional value that takes bytes", "one at the end without any")

    def present(self, expected: bool, found: bool, name: str) -> None:
        if expected != found:
            self.path[-1] = name
            raise self.error("a value" if expected else "None", "None" if expected else "a value")

    def said(self, found: int | None, said: int, name: str) -> None:
        if found != said:
            self.path[-1] = name
            raise self.error(f"a size of {said}", found)

    def check(self, holds: bool, message: str, name: str) -> None:
        if not holds:
            self.path[-1] = name
            raise self.error(message, "something else")

    def chosen(self, fits: bool) -> None:
        if not fits:
            raise self.error("the variant for its tag", "another")

    def no_variant(self, name: str) -> NoReturn:
        raise self.error(f"a variant of {name}", "something else")

    def at_most(self, start: _Mark, most: int) -> None:
        if len(self.out) - start.at > most:
            raise self.error(f"at most {most} bytes", len(self.out) - start.at)


class Nan32(float):
    """A 32-bit NaN that keeps all its bits."""

    bits: int

    def __new__(cls, bits: int) -> Nan32:
        self = super().__new__(cls, "nan")
        self.bits = bits
        return self


_CODECS = {"ascii": "ascii", "latin1": "latin-1", "utf16be": "utf-16-be", "utf16le": "utf-16-le"}
_JUST_INT: set[type] = {int}
_JUST_FLOAT: set[type] = {float}
_size = functools.lru_cache(maxsize=None)(struct.calcsize)
_U128 = (1 << 128) - 1
_USIZE = (1 << 64) - 1


class _code_units(list[bytes]):
    """Delimiters in UTF-16, which begin at even distances only."""


def _step(delimiters: list[bytes]) -> int:
    return 2 if isinstance(delimiters, _code_units) else 1


def _find(data: bytes, at: int, end: int, delimiters: list[bytes]) -> tuple[int, int] | None:
    """Returns the start and the end of the first delimiter."""
    best: tuple[int, int] | None = None
    step = _step(delimiters)
    for each in delimiters:
        found = data.find(each, at, end)
        while found >= 0 and (found - at) % step:
            found = data.find(each, found + 1, end)
        if found >= 0 and (best is None or found < best[0]):
            best = (found, found + len(each))
    return best


def _fill_to(used: int, to: int) -> int:
    return -used % to


def _none_if(value: int, none: int) -> int | None:
    return None if value == none else value


def _length_of(value: str | bytes | Sequence[object] | None) -> int:
    if isinstance(value, str):
        return len(value.encode(errors="surrogatepass"))
    return 0 if value is None else len(value)


def _same_bytes(tag: object, expected: bytes) -> bool:
    return tag == expected


def _same_tag(tag: object, kept: object) -> bool:
    return tag == kept


class _WrongTag(EncodeError):
    """A tag that is not one of its variant, which keeps it in the field ``path``. Its own function knows no more."""


def _wrong_tag(name: str, variant: str, kept: str) -> NoReturn:
    raise _WrongTag(kept, 0, f"a tag of {variant or name}", "another")


def _fit(value: int, least: int, most: int) -> int:
    """Raises an error for a number that does not fit its type, as in Rust."""
    if least <= value <= most:
        return value
    raise _Overflow


class _Overflow(Exception):
    pass


# Exceptions of the fast path for irregular bytes or values. Any other exception is a bug.
_IRREGULAR_BYTES = (_Irregular, _Overflow, struct.error, UnicodeDecodeError, DecodeError, RecursionError)
_IRREGULAR_VALUE = (
    _Irregular,
    _Overflow,
    struct.error,
    RecursionError,
    # A part of a value may be of any type.
    TypeError,
    ValueError,
    AttributeError,
    OverflowError,
)
# The reader for converting a tag to an enum on the fast path. Its errors are never shown.
_NOWHERE = _Reader("", b"", True)


def _holds(value: bytes, end: bytes) -> bool:
    """Returns ``True`` if the first delimiter begins before the end of the value."""
    return (value + end).find(end) < len(value)


def _holds_text(value: str, end: str) -> bool:
    return (value + end).find(end) < len(value)


def _divide(left: int, right: int) -> int:
    if right == 0:
        raise _Overflow
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    return left - right * _divide(left, right)


def _shift(value: int, by: int, bits: int) -> int:
    if not 0 <= by < bits:
        raise _Overflow
    return value << by


def _unshift(value: int, by: int, bits: int) -> int:
    if not 0 <= by < bits:
        raise _Overflow
    return value >> by


def _cast(value: int, bits: int, signed: bool) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> bits - 1 else value


def _sum_internet(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def _sum_adler32(data: bytes) -> int:
    return zlib.adler32(data)


def _sum_sum8(data: bytes) -> int:
    return sum(data) & 0xFF


def _sum_xor8(data: bytes) -> int:
    total = 0
    for byte in data:
        total ^= byte
    return total


@functools.lru_cache(maxsize=None)
def _crc_table(width: int, poly: int, reflected: bool) -> list[int]:
    table = []
    size = max(width, 8)
    for byte in range(256):
        if reflected:
            value, turned = byte, _reflect(poly, width)
            for _ in range(8):
                value = value >> 1 ^ turned if value & 1 else value >> 1
        else:
            value, lifted = byte << size - 8, poly << size - width
            for _ in range(8):
                value = value << 1 ^ lifted if value >> size - 1 else value << 1
                value &= (1 << size) - 1
        table.append(value)
    return table


def _reflect(value: int, width: int) -> int:
    return int(f"{value:0{width}b}"[::-1], 2)


def _crc(data: bytes, width: int, poly: int, init: int, refin: bool, refout: bool, xorout: int) -> int:
    if (width, poly, init, refin, refout, xorout) == (32, 0x04C11DB7, 0xFFFFFFFF, True, True, 0xFFFFFFFF):
        return zlib.crc32(data)
    table = _crc_table(width, poly, refin)
    size = max(width, 8)
    if refin:
        value = _reflect(init, width)
        for byte in data:
            value = value >> 8 ^ table[(value ^ byte) & 0xFF]
    else:
        value, mask = init << size - width, (1 << size) - 1
        for byte in data:
            value = (value << 8 & mask) ^ table[value >> size - 8 ^ byte]
        value >>= size - width
    return (_reflect(value, width) if refin != refout else value) ^ xorout
