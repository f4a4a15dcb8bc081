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
  new Uint8Array(1), Buffer.from("z"), null, undefined, [], {}, new Map(),
];

/** What sets each part of a value to another, and what it is. */
function* places(value) {
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return;
  for (const [name, part] of Object.entries(value).slice(0, Array.isArray(value) ? 3 : 100)) {
    yield [(other) => (value[name] = other), part];
    yield* places(part);
  }
}

/** An odd value that is encoded otherwise than by the functions that keep track of fields, or why those without give up. */
function differs(module, root, value, bytes) {
  for (const does of [() => root._quickRead?.(bytes, 0, bytes.length), () => root._quickWrite?.(value, 0)]) {
    try {
      does();
    } catch (error) {
      if (error instanceof TypeError || error instanceof ReferenceError) return String(error);
    }
  }
  if (root._quickWrite === undefined) return null;
  const quick = root._quickWrite;
  const outcome = () => {
    try {
      return hex(root.encode(value));
    } catch (error) {
      if (!(error instanceof module.EncodeError)) throw error;
      return error.message + error.offset;
    }
  };
  for (const [put, part] of [...places(value)].slice(0, 16)) {
    for (const odd of [...ODD(), ...(Array.isArray(part) ? [[...part, ...part], part.slice(1)] : [part])]) {
      put(odd);
      const first = outcome();
      root._quickWrite = () => {
        throw new Error("it has given up");
      };
      const careful = outcome();
      root._quickWrite = quick;
      put(part);
      if (first !== careful) return `${String(part)} as ${String(odd)}: ${first}, ${careful}`;
    }
  }
  return null;
}

let compared = 0;

function decode(module, root, bytes) {
  let value;
  try {
    value = root.decode(bytes);
  } catch (error) {
    if (!(error instanceof module.DecodeError)) throw error;
    return ["error", error.path, error.offset, error.message];
  }
  try {
    const again = hex(root.encode(value));
    return ["ok", form(value, module.NaNBits), again, compared++ < 4 ? differs(module, root, value, bytes) : null];
  } catch (error) {
    if (!(error instanceof module.EncodeError)) throw error;
    return ["encode", error.message];
  }
}

function parse(module, root, bytes) {
  try {
    const { value, used } = root.parse(bytes);
    return ["ok", used, form(value, module.NaNBits)];
  } catch (error) {
    if (error instanceof module.NeedMore) return ["more", error.n];
    if (error instanceof module.DecodeError) return ["error", error.path, error.offset, error.message];
    throw error;
  }
}

const folder = mkdtempSync(join(tmpdir(), "framewright-"));
process.on("exit", () => rmSync(folder, { recursive: true }));
let count = 0;

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let replies = [];
  compared = 0;
  try {
    const path = join(folder, `generated_${count++}.mjs`);
    writeFileSync(path, request.module);
    const module = await import(pathToFileURL(path));
    const does = request.what === "decode" ? decode : parse;
    for (const bytes of request.bytes) {
      try {
        replies.push(does(module, module[request.root], Buffer.from(bytes, "hex")));
      } catch (error) {
        replies.push(["crash", String(error.stack)]);
      }
    }
  } catch (error) {
    replies = [["crash", String(error.stack)]];
  }
  console.log(JSON.stringify(replies));
}
