"""What only Rust says in the declarations of brought.rs."""

total = sum


class body:
    """Bytes that a key is laid over."""

    @staticmethod
    def parse(data, key):
        return bytes(byte ^ key for byte in data), len(data)

    @staticmethod
    def encode(value, key):
        return bytes(byte ^ key for byte in value)


class name:
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


def sum(data, frame, salt):
    return salt + 3 * frame.kind + total(data) & 0xFFFF
