// Compiles a .ksy file, parses bytes with it and prints what came out as JSON.
// Usage: node kaitai.js FILE HEX; the modules are found by NODE_PATH.
const compiler = require("kaitai-struct-compiler");
const yaml = require("js-yaml");
const KaitaiStream = require("kaitai-struct/KaitaiStream");
const fs = require("fs");

const [file, hex] = process.argv.slice(2);

function plain(value) {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const members = {};
  const accessors = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(value));
  const computed = Object.keys(accessors).filter((name) => accessors[name].get);
  for (const name of [...Object.keys(value), ...computed]) {
    if (!name.startsWith("_")) members[name] = plain(value[name]);
  }
  return members;
}

compiler
  .compile("javascript", yaml.load(fs.readFileSync(file, "utf8")), null, false)
  .then((files) => {
    const module = { exports: {} };
    const [source] = Object.values(files);
    new Function("module", "exports", "require", "define", source)(module, module.exports, require, undefined);
    const Parser = Object.values(module.exports).find((member) => typeof member === "function") ?? module.exports;
    const bytes = Uint8Array.from(Buffer.from(hex, "hex"));
    console.log(JSON.stringify(plain(new Parser(new KaitaiStream(bytes.buffer)))));
  })
  .catch((error) => {
    console.error(String(error));
    process.exit(1);
  });
