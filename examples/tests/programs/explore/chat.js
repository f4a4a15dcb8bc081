// Tests the page of the chat: frames from a dropped file, from a capture and through the proxy, and a value that is edited and sent.
// Arguments: the URL of the page, the address of the proxy, the address of the server.

const net = require("node:net");
const { capture } = require("./capture.js");
const { assert, inBrowser, run } = require("./page.js");

const [url, proxy, upstream] = process.argv.slice(2);

function message(sender, receiver, kind, body) {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(sender, 0);
  head.writeUInt32BE(receiver, 4);
  head.writeUInt8(kind, 8);
  head.writeUInt32BE(body.length, 9);
  return Buffer.concat([head, Buffer.from(body)]);
}

const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script>"\'><svg onload=alert(3)>';

/** Pointing at a byte marks its field, and pointing at a field marks its bytes. */
async function pointing(tab) {
  await tab.says("#list .row.chosen", "kind=Text");
  await tab.hover('#frame .byte[data-at="10"]');
  await tab.says("#frame .fields .row.lit", "body.len");
  await tab.says("#frame .about", "bytes 0009 to 000c, written by the codec");
  await keptWhenAskedForAgain(tab);
  // The bytes that the length counts are marked, too.
  assert.equal(await tab.count("#frame .byte.counted"), HOSTILE.length);
  await tab.says("#frame .fields .row.counted", "body");
  await tab.hover("#frame .fields .row:nth-child(2)");
  assert.equal(await tab.count("#frame .byte.lit"), 4);
  await tab.click('#frame .byte[data-at="8"]');
  await tab.page.keyboard.press("ArrowRight");
  await tab.says("#frame .fields .row[aria-selected=true]", "body.len");
  await tab.page.keyboard.press("ArrowLeft");
  await tab.says("#frame .fields .row[aria-selected=true]", "tag");
  await tab.page.focus("#frame .fields");
  await tab.page.keyboard.press("Home");
  await tab.page.keyboard.press("ArrowDown");
  await tab.says("#frame .about", "sender");
}

/** Choosing the shown frame again does not remove the marks. */
async function keptWhenAskedForAgain(tab) {
  const answered = tab.page.waitForResponse((response) => response.url().includes("/frame?"));
  await tab.choose("#list", "sender=1 ");
  await (await answered).text();
  // Wait for two animation frames, in which rows would be drawn again.
  await tab.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await tab.says("#frame .fields .row.lit", "body.len");
}

/** The content of a frame is never shown as HTML. */
async function nothingRuns(tab) {
  assert.equal(await tab.count("#frames img, #frames script, #frames svg, #make img, #make script"), 0);
  assert.ok((await tab.texts("#list .says")).some((text) => text.includes("<img src=x onerror")));
}

async function dropped(tab) {
  const malformed = message(3, 4, 1, "x".repeat(40)).subarray(0, 20);
  await tab.drop("frames.bin", Buffer.concat([message(1, 2, 1, HOSTILE), message(2, 1, 9, "!"), malformed]));
  await tab.says("#counts", "3 frames");
  await tab.choose("#list", "sender=1 ");
  await pointing(tab);
  await nothingRuns(tab);
  await tab.says("#list .row.fault", "ChatMsg.body at byte 13: expected 40 bytes, found 7");
  await tab.choose("#list", "expected 40 bytes");
  await tab.says("#frame .fields .row.fault", "body7 bytesexpected 40 bytes, found 7");
  assert.equal(await tab.count("#frame .byte.fault"), 1);
}

async function searched(tab) {
  for (const [search, found] of [["sender=1", "1 of 3"], ["kind=Other", "1 of 3"], ["malformed", "1 of 3"], ["len>20", "1 of 3"],
    ["ONERROR", "1 of 3"], ["sender=17", "0 of 3"]]) {
    await tab.page.$eval("#search", (field, search) => {
      field.value = search;
      field.dispatchEvent(new Event("input"));
    }, search);
    await tab.says("#counts", `${found} frames`);
  }
  await tab.page.$eval("#search", (field) => {
    field.value = "";
    field.dispatchEvent(new Event("input"));
  });
  await tab.says("#counts", "3 frames");
}

/** Edits a received frame and sends it. Mistakes are marked while it is edited. */
async function sent(tab) {
  await tab.choose("#list", "sender=2 ");
  await tab.says("#frame h2", "ChatMsg, 14 bytes");
  await tab.click("#frame button");
  const field = "#editor textarea";
  await tab.page.waitForFunction((field) => document.querySelector(field)?.value.includes('"Other"'), {}, field);
  const type = (from, to) => tab.page.$eval(field, (text, from, to) => {
    text.focus();
    const at = text.value.indexOf(from);
    text.setSelectionRange(at, at + from.length);
    document.execCommand("insertText", false, to);
  }, from, to);
  await type('"sender": 2', '"sender": "?"');
  await tab.says("#editor .wrong", "expected");
  assert.deepEqual(await tab.texts("#editor mark"), ['"?"']);
  assert.ok(await tab.page.$eval("#send", (button) => button.disabled));
  await type('"?"', "77");
  await tab.says("#made .byte[data-at='3']", "4d");
  // The editor offers the allowed variants. The first one is accepted.
  await type('{"Other": 9}', "");
  await tab.page.keyboard.type('"Te');
  await tab.says(".offers li", "Text");
  await tab.page.keyboard.press("Enter");
  await type('"0x21"', '{"text": "from the page"}');
  await tab.says("#made .fields .row", '"from the page"');
  assert.equal(await tab.page.$eval("#address", (address) => address.value), upstream);
  await tab.page.waitForFunction(() => document.querySelector("#send")?.disabled === false);
  await tab.picture("explore-make");
  await tab.click("#send");
  await tab.says("#sent", `26 bytes sent to ${upstream}`);
  // The server sends a receipt.
  await tab.says("#answers .row", "ChatReply");
  await tab.click("#hang-up");
  await tab.says("#sent", "The connection is closed.");
}

/** Drops a capture file. Frames from the client and from the server are distinguished. */
async function captured(tab) {
  await tab.click("#tab-frames");
  await tab.click("#clear");
  await tab.says("#counts", "0 frames");
  const reply = Buffer.concat([Buffer.from("0000000101", "hex"), Buffer.from("00000002", "hex"), Buffer.from("hi")]);
  await tab.drop("chat.pcap", capture([{ data: message(1, 2, 1, "hi") }, { data: reply, isAnswer: true }]));
  await tab.says("#list .row.up", "22:13:20.002000");
  await tab.says("#list .row.up", "ChatMsg");
  await tab.says("#list .row.down", "ChatReply");
}

async function live(tab) {
  await tab.click("#clear");
  await tab.says("#counts", "0 frames");
  const [host, port] = proxy.split(":");
  const client = net.connect(Number(port), host);
  client.on("error", () => {});
  client.write(message(5, 6, 1, "Hello through the proxy"));
  await tab.says("#list .row.up", 'body="Hello through the proxy"');
  await tab.says("#list .row.down", "ChatReply");
  for (const [receiver, kind, body] of [[6, 2, Buffer.from("89504e470d0a1a0a", "hex")], [7, 1, "And to somebody else"], [6, 9, Buffer.from([1, 2, 3])]]) {
    client.write(message(5, receiver, kind, body));
  }
  await tab.says("#counts", "8 frames");
  await tab.choose("#list", "Hello through the proxy");
  await tab.says("#frame h2", "ChatMsg, 36 bytes");
  await tab.hover('#frame .byte[data-at="11"]');
  await tab.picture("explore");
  await tab.picture("explore-dark", "dark");
  client.write(message(5, 7, 1, HOSTILE));
  await tab.says("#counts", "10 frames");
  await nothingRuns(tab);
  client.destroy();
}

/** The page has only a few elements for thousands of frames. */
async function many(tab) {
  await tab.click("#clear");
  await tab.says("#counts", "0 frames");
  const frames = Array.from({ length: 5000 }, (_, index) => message(index, 1, 1, "many"));
  await tab.drop("many.bin", Buffer.concat(frames));
  await tab.says("#counts", "5,000 frames");
  await tab.says("#list .row", "sender=4999 ");
  assert.ok((await tab.count("#list .row")) < 60);
  await tab.page.focus("#list");
  await tab.page.keyboard.press("Home");
  await tab.says("#list .row.chosen", "sender=0 ");
  await tab.page.keyboard.press("End");
  await tab.says("#list .row.chosen", "sender=4999 ");
}

async function declared(tab) {
  await tab.click("#tab-declaration");
  await tab.says("#tables td code", "receiver");
  await tab.page.waitForFunction(() => document.querySelector("#diagram img")?.naturalWidth > 100);
  // A saved schema is first the same as the current schema, and then a different one.
  const saved = await tab.page.evaluate(async () => (await fetch("download?what=schema&type=ChatMsg")).text());
  await tab.open("#saved", "old.json", saved);
  await tab.says("#changes", "ChatMsg is the same on the wire");
  await tab.open("#saved", "old.json", saved.replaceAll('"text": "u32 be", "kind": "int", "bytes": 4', '"text": "u16 be", "kind": "int", "bytes": 2'));
  await tab.says("#changes.bad", "sender: u16 be has become u32 be");
  await tab.picture("explore-declaration");
}

run(() => inBrowser(url, async (tab) => {
  await tab.says("#empty", "No frames yet.");
  // This text appears when the page is ready. Earlier drops would be lost.
  await tab.says("#counts", "0 frames");
  await dropped(tab);
  await searched(tab);
  await sent(tab);
  await captured(tab);
  await live(tab);
  await many(tab);
  await declared(tab);
}));
