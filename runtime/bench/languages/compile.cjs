// Compiles the descriptions `chat.ksy` and `readings.ksy` of a folder to Python and JavaScript.

const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const compiler = require("kaitai-struct-compiler");
const yaml = require("js-yaml");

const folder = process.argv[2];
async function main() {
  for (const [name, file] of [["chat", "Chat"], ["readings", "Readings"]]) {
    const description = yaml.load(readFileSync(join(folder, `${name}.ksy`), "utf8"));
    const python = await compiler.compile("python", description, null, false);
    writeFileSync(join(folder, `kaitai_${name}.py`), Object.values(python)[0]);
    const javascript = await compiler.compile("javascript", description, null, false);
    writeFileSync(join(folder, `Kaitai${file}.js`), Object.values(javascript)[0]);
  }
}
main();
