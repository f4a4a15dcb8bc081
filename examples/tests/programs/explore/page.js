// Helpers for tests of a page in Chromium.

const assert = require("node:assert/strict");
const path = require("node:path");
const puppeteer = require("puppeteer-core");

const PATIENCE = 20_000;

/** Opens a page and calls the test with it. Fails if the page has logged an error. */
async function inBrowser(url, test) {
  const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  const complaints = [];
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(url);
    await test(new Driven(page));
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

class Driven {
  constructor(page) {
    this.page = page;
  }

  /** Waits until an element that matches the selector contains the text. */
  async says(selector, text) {
    const has = (selector, text) => [...document.querySelectorAll(selector)].some((each) => each.textContent.includes(text));
    await this.page.waitForFunction(has, {}, selector, text).catch(async () => {
      const found = await this.page.$$eval(selector, (all) => all.map((each) => each.textContent)).catch(() => []);
      assert.fail(`${selector} does not say ${JSON.stringify(text)}, but ${JSON.stringify(found)}`);
    });
  }

  /** Returns the texts of all elements that match the selector. */
  texts(selector) {
    return this.page.$$eval(selector, (all) => all.map((each) => each.textContent));
  }

  count(selector) {
    return this.page.$$eval(selector, (all) => all.length);
  }

  async hover(selector) {
    await this.page.waitForSelector(selector);
    await this.page.hover(selector);
  }

  async click(selector) {
    await this.page.waitForSelector(selector);
    await this.page.click(selector);
  }

  /** Clicks the row of a list that contains the text. */
  async choose(list, text) {
    await this.says(`${list} .row`, text);
    await this.page.evaluate((list, text) => {
      [...document.querySelectorAll(`${list} .row`)].find((row) => row.textContent.includes(text)).click();
    }, list, text);
  }

  /** Drops a file with these bytes on the page. */
  drop(name, bytes) {
    return this.page.evaluate((name, bytes) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
      for (const type of ["dragover", "drop"]) dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }, name, [...bytes]);
  }

  /** Chooses a file with this text in a file input. */
  open(field, name, text) {
    return this.page.$eval(field, (input, name, text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], name));
      input.files = dataTransfer.files;
      input.dispatchEvent(new Event("change"));
    }, name, text);
  }

  /** Takes a screenshot for the README, if `FRAMEWRIGHT_PICTURES` names a folder. */
  async picture(name, scheme = "light") {
    const folder = process.env.FRAMEWRIGHT_PICTURES;
    if (!folder) return;
    await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await new Promise((done) => setTimeout(done, 300));
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
    await this.page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
  }
}

/** Runs a test. If it fails, prints the error and exits with 1. */
function run(test) {
  test().catch((error) => {
    console.error(error);
    process.exit(1);
  });
}

module.exports = { assert, inBrowser, run };
