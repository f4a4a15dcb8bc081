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

function decode(module, root, bytes) {
  let value;
  try {
    value = root.decode(bytes);
  } catch (error) {
    if (!(error instanceof module.DecodeError)) throw error;
    return ["error", error.path, error.offset, error.message];
  }
  try {
    return ["ok", form(value, module.NaNBits), hex(root.encode(value))];
  } catch (error) {
    if (!(error instanceof module.EncodeError)) throw error;
    return ["encode", error.message];
  }
}

function parse(module, root, bytes) {
  try {
    return ["ok", root.parse(bytes).used];
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
  try {
    const path = join(folder, `generated_${count++}.mjs`);
    writeFileSync(path, request.module);
    const module = await import(pathToFileURL(path));
    const does = request.what === "decode" ? decode : parse;
    for (const bytes of request.bytes) {
      try {
        replies.push(does(module, module[request.root], new Uint8Array(Buffer.from(bytes, "hex"))));
      } catch (error) {
        replies.push(["crash", String(error.stack)]);
      }
    }
  } catch (error) {
    replies = [["crash", String(error.stack)]];
  }
  console.log(JSON.stringify(replies));
}
