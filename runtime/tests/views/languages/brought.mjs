// What only Rust says in declarations of the tests and the examples.

import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** Bytes that a key is laid over. */
export const mask = {
  parse: (bytes, key) => ({ value: bytes.map((byte) => byte ^ key), used: bytes.length }),
  encode: (value, key) => value.map((byte) => byte ^ key),
};

/** Digits up to a point. */
export const digits = {
  parse(bytes) {
    const end = bytes.indexOf(46);
    const digits = String.fromCharCode(...(end < 0 ? bytes : bytes.slice(0, end)));
    if (!/^[0-9]*$/.test(digits)) throw new Error("no digits");
    return end < 0 ? null : { value: digits, used: end + 1 };
  },
  encode: (value) => new TextEncoder().encode(value + "."),
};

export function salted(bytes, frame, salt) {
  return (salt + 3 * frame.kind + bytes.reduce((total, byte) => total + byte, 0)) & 0xffff;
}

export const odd = (envelope) => envelope.salt % 2 === 1;
export const even = (tail) => tail % 2 === 0;
export const twice = (envelope) => (envelope.salt * 2) & 0xff;
export const last = (number) => number === 0;

// MQTT

export const topic = (name) => name !== "" && !/[\0+#]/.test(name);
export const will = (will) => topic(will.topic);
export const text = (text) => !text.includes("\0");
export const filter = (filter) => filter._0 !== "" && text(filter._0);

export function connect(connect) {
  const hasFlags = connect.will !== null || (connect.will_qos === 0 && !connect.will_retain);
  return hasFlags && (connect.user_name !== null || connect.password === null);
}

// DNS

export const lastLabel = (label) => (label.text ?? label._1 ?? "").length === 0;
export { lastLabel as last_label };

// USB, STUN, Bitcoin, TCP and UDP

export function crc5(packet) {
  const bits = packet.number ?? packet.address | (packet.endpoint << 7);
  let crc = 0x1f;
  for (let bit = 0; bit < 11; bit++) crc = (crc >> 1) ^ ((crc ^ (bits >> bit)) & 1 ? 0x14 : 0);
  return crc ^ 0x1f;
}

export const fingerprint = (bytes) => (crc32(bytes) ^ 0x5354554e) >>> 0;

export function double_sha256(bytes) {
  const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
  return new Uint8Array(sha256(sha256(bytes)).subarray(0, 4));
}

export function ip_sum(bytes, segment, source, destination) {
  const protocol = "sequence" in segment ? 6 : 17;
  const addresses = `${source}.${destination}`.split(".").map(Number);
  const whole = [...addresses, 0, protocol, bytes.length >> 8, bytes.length & 0xff, ...bytes];
  let total = whole.reduce((total, byte, index) => total + byte * (index % 2 === 0 ? 256 : 1), 0);
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000);
  total ^= 0xffff;
  return protocol === 17 && total === 0 ? 0xffff : total;
}

// WebSocket

const masked = (bytes, key) => bytes.map((byte, index) => byte ^ key[index % 4]);
export const ws_mask = {
  parse: (bytes, key) => ({ value: masked(bytes, key), used: bytes.length }),
  encode: masked,
};
export const ws_whole = (last, opcode) => last || opcode < 8;
export const ws_small = (length, opcode) => length <= 125 || opcode < 8;
export const ws_len = ({ payload }) => (payload.length > 0xffff ? 127 : Math.min(payload.length, 126));
export const ws_len_16 = ({ payload }) => Math.min(payload.length, 0xffff);
export const ws_len_64 = ({ payload }) => BigInt(payload.length);
export const ws_key = (key) => key ?? new Uint8Array(4);
export const ws_size = (length, len_16, len_64) => (length === 126 ? len_16 : length === 127 ? len_64 : length);

// HTTP/2

export const or_zero = (number) => number ?? 0;
