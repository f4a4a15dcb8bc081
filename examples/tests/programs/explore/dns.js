// Tests the page of DNS: bit fields, nested frames and narrow screens. Argument: the URL of the page.

const { assert, inBrowser, run } = require("./page.js");

const [url] = process.argv.slice(2);

run(() => inBrowser(url, async (tab) => {
  await tab.says("#list .row", "id=4660 is_response=false opcode=0 ");
  // The second byte of the header has bits of six fields.
  await tab.hover('#frame .byte[data-at="2"]');
  await tab.says("#frame .about", "header.is_response, header.opcode");
  await tab.hover('#frame [data-bit="0"]');
  await tab.says("#frame .fields .row.lit", "recursion_desired");
  await tab.click('#frame [data-bit="0"]');
  await tab.page.keyboard.press("ArrowLeft");
  await tab.says("#frame .fields .row[aria-selected=true]", "truncated");
  await tab.click('#frame [data-bit="7"]');
  await tab.page.keyboard.press("ArrowRight");
  await tab.says("#frame .about", "header.opcode");
  // The fields of a collapsed part are hidden. Choosing one of its bytes expands it.
  await tab.page.$$eval("#frame .fields .label", (labels) => labels.find((label) => label.textContent === "questions").click());
  await tab.page.focus("#frame .fields");
  await tab.page.keyboard.press("ArrowLeft");
  await tab.says("#frame .fields .row[aria-expanded=false]", "questions");
  await tab.click('#frame .byte[data-at="14"]');
  await tab.says("#frame .fields .row.lit", "\"www\"");
  // The query is sent in a datagram, and answered.
  await tab.click("#frame button");
  await tab.page.waitForFunction(() => document.querySelector("#editor textarea")?.value.includes('"questions"'));
  await tab.page.waitForFunction(() => document.querySelector("#send")?.disabled === false);
  await tab.click("#send");
  await tab.says("#answers .row.down", "Message");
  await tab.click("#tab-frames");
  // No view is wider than the screen.
  for (const [width, scale] of [[390, 1], [640, 2]]) {
    await tab.page.setViewport({ width, height: 800, deviceScaleFactor: scale });
    for (const view of ["frames", "make", "declaration"]) {
      await tab.click(`#tab-${view}`);
      const over = await tab.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(over, 0, `${view} at ${width}`);
    }
  }
}));
