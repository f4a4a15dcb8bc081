// What only Rust says in the declarations of brought.rs.

/** Bytes that a key is laid over. */
export const body = {
  parse: (bytes, key) => ({ value: bytes.map((byte) => byte ^ key), used: bytes.length }),
  encode: (value, key) => value.map((byte) => byte ^ key),
};

/** Digits up to a point. */
export const name = {
  parse(bytes) {
    const end = bytes.indexOf(46);
    const digits = String.fromCharCode(...(end < 0 ? bytes : bytes.slice(0, end)));
    if (!/^[0-9]*$/.test(digits)) throw new Error("no digits");
    return end < 0 ? null : { value: digits, used: end + 1 };
  },
  encode: (value) => new TextEncoder().encode(value + "."),
};

export function sum(bytes, frame, salt) {
  return (salt + 3 * frame.kind + bytes.reduce((total, byte) => total + byte, 0)) & 0xffff;
}
