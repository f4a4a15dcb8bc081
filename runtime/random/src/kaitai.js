// Compiles a .ksy file and parses frames with it, a line of hexadecimal digits each. Prints a line for each: `done`,
// `lost` if bytes are left undescribed, `limited` if JavaScript cannot read so many bits, or `malformed` and why; and behind tabs where each part that is read begins and
// ends. Usage: node kaitai.js FILE HEX; the modules are found by NODE_PATH.
const compiler = require("kaitai-struct-compiler");
const yaml = require("js-yaml");
const KaitaiStream = require("kaitai-struct/KaitaiStream");
const fs = require("fs");

const [file, hex] = process.argv.slice(2);

function leaves(object, parts) {
  for (const [name, place] of Object.entries(object._debug ?? {})) {
    if (name.startsWith("_")) continue;
    const value = object[name];
    const items = place.arr ? value.map((item, index) => [item, place.arr[index]]) : [[value, place]];
    for (const [item, { start, end, ioOffset }] of items) {
      if (item !== null && typeof item === "object" && item._debug) leaves(item, parts);
      else if (end > start) parts.push(`${start + ioOffset} ${end + ioOffset}`);
    }
  }
  return parts;
}

function parsed(Parser, digits) {
  const bytes = Uint8Array.from(Buffer.from(digits, "hex"));
  const frame = new Parser(new KaitaiStream(bytes.buffer));
  let state = "done";
  try {
    frame._read();
    if (!frame._io.isEof()) state = `malformed bytes are left behind ${frame._io.pos}`;
  } catch (error) {
    const limit = String(error).includes("maximum supported bit length");
    state = limit ? "limited" : `malformed ${String(error).replaceAll(/\s/g, " ")}`;
  }
  const lost = (object) =>
    object !== null && typeof object === "object" &&
    ("undescribed" in object || Object.keys(object._debug ?? {}).some((name) => [object[name]].flat().some(lost)));
  if (state === "done" && lost(frame)) state = "lost";
  return [state, ...leaves(frame, [])].join("\t");
}

compiler
  .compile("javascript", yaml.load(fs.readFileSync(file, "utf8")), null, true)
  .then((files) => {
    const module = { exports: {} };
    const [source] = Object.values(files);
    new Function("module", "exports", "require", "define", source)(module, module.exports, require, undefined);
    const Parser = Object.values(module.exports).find((member) => typeof member === "function") ?? module.exports;
    for (const digits of fs.readFileSync(hex, "utf8").split("\n").slice(0, -1)) console.log(parsed(Parser, digits));
  })
  .catch((error) => {
    console.error(String(error));
    process.exit(1);
  });
