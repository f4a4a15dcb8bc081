// Times codecs in JavaScript in turns: generated ones, `DataView` by hand, and parsers by Kaitai Struct.
//
// Its argument is the folder with the generated modules. Prints a line for each: layout, operation, subject, nanoseconds.

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const { ChatMsg } = await import(pathToFileURL(join(folder, "chat.mjs")));
const { Readings } = await import(pathToFileURL(join(folder, "readings.mjs")));
const require = createRequire(import.meta.url);

const byHand = {
  chat: {
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (bytes.length !== 13 + view.getUint32(9)) throw new Error("another length");
      const [sender, receiver, kind] = [view.getUint32(0), view.getUint32(4), view.getUint8(8)];
      return { sender, receiver, kind, body: bytes.slice(13) };
    },
    encode(value) {
      const bytes = new Uint8Array(13 + value.body.length);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, value.sender);
      view.setUint32(4, value.receiver);
      view.setUint8(8, value.kind);
      view.setUint32(9, value.body.length);
      bytes.set(value.body, 13);
      return bytes;
    },
  },
  readings: {
    decode(bytes) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const count = view.getUint16(4);
      if (bytes.length !== 6 + 7 * count) throw new Error("another length");
      const items = [];
      for (let at = 6; at < bytes.length; at += 7) {
        items.push({ sensor: view.getUint16(at), value: view.getInt32(at + 2), flags: view.getUint8(at + 6) });
      }
      return { station: view.getUint32(0), items };
    },
    encode(value) {
      const bytes = new Uint8Array(6 + 7 * value.items.length);
      const view = new DataView(bytes.buffer);
      view.setUint32(0, value.station);
      view.setUint16(4, value.items.length);
      value.items.forEach((item, index) => {
        const at = 6 + 7 * index;
        view.setUint16(at, item.sensor);
        view.setInt32(at + 2, item.value);
        view.setUint8(at + 6, item.flags);
      });
      return bytes;
    },
  },
};

/** What the Kaitai compiler made, if it was there. */
function kaitai(name, root) {
  const path = join(folder, `Kaitai${name}.js`);
  let stream;
  try {
    stream = require("kaitai-struct/KaitaiStream");
  } catch {
    return null;
  }
  if (!existsSync(path)) return null;
  const module = require(path);
  const parser = module[root] ?? module;
  return (bytes) => new (parser[root] ?? parser)(new stream(bytes.buffer));
}

const message = Uint8Array.from(Buffer.from("00989680009896810100000008686920746865726 5".replace(" ", ""), "hex"));
const hundred = byHand.readings.encode({
  station: 7,
  items: Array.from({ length: 100 }, (_, index) => ({ sensor: index, value: -index, flags: index })),
});

function* cases() {
  for (const [layout, data, hand, root, parser] of [
    ["chat message", message, byHand.chat, ChatMsg, kaitai("Chat", "ChatMsg")],
    ["100 readings", hundred, byHand.readings, Readings, kaitai("Readings", "Readings")],
  ]) {
    const [value, own] = [hand.decode(data), root.decode(data)];
    if (Buffer.compare(hand.encode(value), root.encode(own)) !== 0) throw new Error("not the same bytes");
    const decode = { "by hand": () => hand.decode(data), framewright: () => root.decode(data) };
    if (parser !== null) decode.Kaitai = () => parser(data);
    yield [layout, "decode", decode];
    yield [layout, "encode", { "by hand": () => hand.encode(value), framewright: () => root.encode(own) }];
  }
}

let kept;
function timed(does, turns) {
  const start = process.cpuUsage();
  for (let turn = 0; turn < turns; turn++) kept = does();
  const { user, system } = process.cpuUsage(start);
  return ((user + system) * 1000) / turns;
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

for (const [layout, operation, subjects] of cases()) {
  const names = Object.keys(subjects);
  const turns = {};
  for (const name of names) {
    timed(subjects[name], 20000);
    turns[name] = Math.max(1, Math.floor(3e7 / Math.max(timed(subjects[name], 20000), 10)));
  }
  const rounds = Array.from({ length: 15 }, () =>
    Object.fromEntries(names.map((name) => [name, timed(subjects[name], turns[name])])),
  );
  for (const name of names) {
    const ratio = median(rounds.map((round) => round[name] / round["by hand"]));
    console.log([layout, operation, name, median(rounds.map((round) => round[name])), ratio].join("\t"));
  }
}
if (kept === undefined) throw new Error("nothing was done");
