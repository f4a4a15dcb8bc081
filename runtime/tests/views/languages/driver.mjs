// Reads requests, one JSON object a line: a module and bytes; says what the module makes of them.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const hex = (bytes) => Buffer.from(bytes).toString("hex");

/** A value in the form that the test compares. */
function form(value, NaNBits) {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return { number: Object.is(value, -0) ? "-0" : String(value) };
  if (value instanceof NaNBits) return { nan: value.bits.toString(16) };
  if (typeof value === "string") return "s:" + value;
  if (value instanceof Uint8Array) return "0x" + hex(value);
  if (Array.isArray(value)) return value.map((item) => form(item, NaNBits));
  const fields = {};
  for (const [name, part] of Object.entries(value)) {
    // A variant says its name; a struct may have a field of that name.
    if (name === "kind" && typeof part === "string" && /^[A-Z]/.test(part)) fields.$ = part;
    else fields[name.replace(/^_+|_+$/g, "")] = form(part, NaNBits);
  }
  return fields;
}

const ODD = () => [
  true, false, -1, 0, -0, 128, 2 ** 31, 2 ** 53, 5n, -1n, 1n << 70n, 1.5, 1e300, NaN, Infinity, "x", "5", "\ud800", "é",
  new Uint8Array(1), Buffer.from("z"), null, undefined, [], {}, new Map(), 10n ** 400n, Symbol("x"), () => 1, Object.create(null),
];

/** What sets each part of a value to another, and what it is. */
function* places(value) {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return;
  for (const [name, part] of Object.entries(value).slice(0, Array.isArray(value) ? 3 : 100)) {
    yield [(other) => (value[name] = other), part];
    yield* places(part);
  }
}

/** A quick function of a frame, and what its last call came to. */
class Watched {
  constructor(frame, name) {
    const quick = frame[name];
    this.isThere = quick !== undefined;
    if (!this.isThere) return;
    frame[name] = (...given) => {
      this.made = this.fault = undefined;
      try {
        return (this.made = quick(...given));
      } catch (fault) {
        this.fault = fault;
        throw fault;
      }
    };
  }

  /** Whether a result is what this function has made, or why not; nothing without such a function. */
  took(result) {
    if (!this.isThere) return null;
    if (this.fault !== undefined) return `it gave up: ${this.fault}`;
    return Object.is(this.made, result) || `it made ${this.made}`;
  }
}

/** The frame that a request is about. */
class Root {
  constructor(module, name) {
    this.module = module;
    this.frame = module[name];
    this.read = new Watched(this.frame, "_quickRead");
    this.write = new Watched(this.frame, "_quickWrite");
    this.compared = 0;
  }
}

/** An odd value that is encoded otherwise than by the functions that keep track of fields. */
function differs({ module, frame }, value) {
  const quick = frame._quickWrite;
  const outcome = () => {
    try {
      return hex(frame.encode(value));
    } catch (error) {
      if (!(error instanceof module.EncodeError)) throw error;
      return error.message + error.offset;
    }
  };
  for (const [put, part] of [...places(value)].slice(0, 16)) {
    for (const odd of [...ODD(), ...(Array.isArray(part) ? [[...part, ...part], part.slice(1)] : [part])]) {
      put(odd);
      const first = outcome();
      frame._quickWrite = () => {
        throw module.IRREGULAR;
      };
      const careful = outcome();
      frame._quickWrite = quick;
      put(part);
      if (first !== careful) return `${String(part)} as ${String(odd)}: ${first}, ${careful}`;
    }
  }
  return null;
}

/** Fails if anything but bytes is decoded, or is refused with an error of another kind. */
function takesOnlyBytes({ module, frame }) {
  const feed = (bytes) => new module.Frames(frame.parse).feed(bytes);
  for (const odd of ODD().filter((odd) => !(odd instanceof Uint8Array))) {
    for (const does of [frame.decode, frame.parse, feed]) {
      try {
        does(odd);
      } catch (error) {
        if (error instanceof module.DecodeError) continue;
        throw error;
      }
      throw new Error(`${typeof odd} is decoded`);
    }
  }
}

function decode(root, bytes) {
  const { module, frame } = root;
  let value;
  try {
    value = frame.decode(bytes);
  } catch (error) {
    if (!(error instanceof module.DecodeError)) throw error;
    return ["error", error.path, error.offset, error.message];
  }
  const read = root.read.took(value);
  try {
    const again = frame.encode(value);
    const written = root.write.took(again.length);
    const odd = root.compared++ < 4 ? differs(root, value) : null;
    return ["ok", form(value, module.NaNBits), hex(again), odd, read, written];
  } catch (error) {
    if (!(error instanceof module.EncodeError)) throw error;
    return ["encode", error.message];
  }
}

function parse({ module, frame, read }, bytes) {
  try {
    const { value, used } = frame.parse(bytes);
    return ["ok", used, form(value, module.NaNBits), read.took(value)];
  } catch (error) {
    if (error instanceof module.NeedMore) return ["more", error.n];
    if (error instanceof module.DecodeError) return ["error", error.path, error.offset, error.message];
    throw error;
  }
}

/** Where the errors of numbers are that no field can hold. */
function tooLarge({ module, frame }, bytes) {
  const value = frame.decode(bytes);
  const where = [];
  for (const [put, part] of [...places(value)]) {
    if (typeof part !== "number" && typeof part !== "bigint" && typeof part !== "boolean") continue;
    put(1n << 200n);
    try {
      frame.encode(value);
      where.push("encoded");
    } catch (error) {
      if (!(error instanceof module.EncodeError)) throw error;
      where.push([error.path, error.offset]);
    }
    put(part);
  }
  return where;
}

/** Where the error is if a valid value is changed: its bytes, and the new parts by their names. */
function refused({ module, frame }, { valid, set }) {
  const value = frame.decode(Buffer.from(valid, "hex"));
  for (const [name, part] of Object.entries(set)) {
    const outer = name.split(".");
    const last = outer.pop();
    const of = outer.reduce((of, each) => of[each], value);
    of[last] = typeof part === "string" ? new Uint8Array(Buffer.from(part, "hex")) : (part?.text ?? part);
  }
  try {
    return ["encoded", hex(frame.encode(value))];
  } catch (error) {
    if (!(error instanceof module.EncodeError)) throw error;
    return [error.path, error.offset, error.message];
  }
}

const DOES = { decode, parse, too_large: tooLarge, refused };
const folder = mkdtempSync(join(tmpdir(), "framewright-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
let count = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let replies = [];
  try {
    const path = join(folder, `generated_${count++}.mjs`);
    writeFileSync(path, `${request.module}\nexport { IRREGULAR };\n`);
    const module = await import(pathToFileURL(path));
    const root = new Root(module, request.root);
    takesOnlyBytes(root);
    const does = DOES[request.what];
    for (const bytes of request.bytes) {
      try {
        replies.push(does(root, typeof bytes === "string" ? Buffer.from(bytes, "hex") : bytes));
      } catch (error) {
        replies.push(["crash", String(error.stack)]);
      }
    }
  } catch (error) {
    replies = [["crash", String(error.stack)]];
  }
  console.log(JSON.stringify(replies));
}
