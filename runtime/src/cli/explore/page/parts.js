// The parts of a frame: which part a byte or bit belongs to, and which bytes a part has.

export class Parts {
  constructor(frame) {
    this.frame = frame;
    this.list = frame.parts;
    this.fault = frame.fault;
    this.bytes = Uint8Array.from(frame.hex.match(/../g) ?? [], (digits) => parseInt(digits, 16));
    this.owner = new Int32Array(this.bytes.length).fill(-1);
    // The parts of each byte with bit fields.
    this.shared = new Map();
    this.shades = new Uint8Array(this.list.length);
    let leaves = 0;
    this.list.forEach((part, index) => {
      if (index === 0) return;
      part.bits.forEach(([at]) => this.shared.set(at, [...(this.shared.get(at) ?? []), index]));
      if (part.bits.length === 0) this.owner.fill(index, part.start, part.end);
      if (!this.holds(index) && part.end > part.start) this.shades[index] = leaves++ % 2;
    });
  }

  /** Whether a part contains other parts. */
  holds(index) {
    return this.list[index + 1]?.depth > this.list[index].depth;
  }

  /** The parts that a byte, or one of its bits, belongs to; the highest bit is 7. */
  at(byte, bit) {
    const shared = this.shared.get(byte);
    if (shared) {
      const has = (index) => this.list[index].bits.some(([at, mask]) => at === byte && (bit == null || mask >> bit & 1));
      return shared.filter(has);
    }
    const owner = this.owner[byte] ?? -1;
    return owner < 0 ? [] : [owner];
  }

  /** Whether a part includes any bit of a byte. */
  has(index, byte) {
    const part = this.list[index];
    if (part.bits.length > 0) return part.bits.some(([at]) => at === byte);
    return byte >= part.start && byte < part.end;
  }

  /** The bits of a byte that belong to a part. */
  mask(index, byte) {
    const part = this.list[index];
    if (part.bits.length === 0) return this.has(index, byte) ? 255 : 0;
    return part.bits.find(([at]) => at === byte)?.[1] ?? 0;
  }

  /** The parts that contain a part, outermost first. */
  around(index) {
    const around = [];
    for (let at = index, depth = this.list[index].depth; at >= 0 && depth > 0; at--) {
      if (this.list[at].depth < depth) {
        around.unshift(at);
        depth = this.list[at].depth;
      }
    }
    return around;
  }

  /** The part at a path, or the innermost part around that path. */
  byPath(path) {
    for (let rest = path; rest !== ""; rest = rest.replace(/(\.|\[)[^.[]*$|^[^.[]*$/, "")) {
      const index = this.list.findIndex((part) => part.path === rest);
      if (index >= 0) return index;
    }
    return -1;
  }

  /** The CSS class for the colour of a byte. It depends on the kind of its part, and alternates between neighbours. */
  shade(byte) {
    const [index] = this.at(byte);
    if (index === undefined) return "";
    return `${this.list[index].derived ? "derived" : "value"}${this.shades[index]}`;
  }
}

export const hex = (number, digits) => number.toString(16).padStart(digits, "0");
