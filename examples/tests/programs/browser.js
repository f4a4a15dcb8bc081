// Controls Chromium. Each line of standard input is a command in JSON: `[page, what, ...]`. It is answered with a line: `[value]` or `[null, error]`.
const puppeteer = require("puppeteer-core");
const { createInterface } = require("readline");

const PATIENCE = 60_000;

const commands = {
  // Opens a page that does not share cookies or storage with other pages. Records the errors of the page.
  async open(name, url, width, height, scheme) {
    const context = await browser.createBrowserContext();
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.faults = [];
    page.on("pageerror", (error) => page.faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && page.faults.push(message.text()));
    page.on("dialog", (dialog) => (page.faults.push(dialog.message()), dialog.accept()));
    await page.setViewport({ width, height, hasTouch: width < 500, isMobile: width < 500 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    pages.set(name, page);
    await page.goto(url);
  },
  goto: (name, url) => on(name).goto(url).then(() => null),
  scheme: (name, scheme) => on(name).emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]),
  // Only the size is changed, because emulating a phone would reload the page.
  size: (name, width, height) => on(name).setViewport({ width, height }),
  click: (name, selector) => on(name).click(selector),
  type: (name, selector, text) => on(name).type(selector, text),
  key: (name, key) => on(name).keyboard.press(key),
  async upload(name, selector, path) {
    const input = await on(name).$(selector);
    await input.uploadFile(path);
  },
  // Waits until the value of an expression is truthy, and returns the value. A timer asks for it, because a browser may draw
  // no frames for a while on a busy machine. An expression that throws, because what it looks for is not there yet, is not
  // truthy: otherwise puppeteer would not ask again.
  async wait(name, expression, timeout = PATIENCE) {
    const page = on(name);
    const asked = `(() => { try { return ${expression}; } catch { return false; } })()`;
    try {
      return await (await page.waitForFunction(asked, { polling: 50, timeout })).jsonValue();
    } catch (error) {
      // The page may have no body, or may be about to change. This must not replace the error above.
      const shown = await page.evaluate("document.body?.innerText.slice(0, 1000)").catch(() => "nothing");
      throw new Error(`${error}. The page shows: ${shown}`);
    }
  },
  eval: (name, expression) => on(name).evaluate(expression),
  shot: (name, path) => on(name).screenshot({ path }).then(() => null),
  faults: async (name) => on(name).faults.splice(0),
  close: (name) => on(name).browserContext().close(),
};

const pages = new Map();
const on = (name) => pages.get(name);
let browser;

(async () => {
  browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ["--no-sandbox", "--force-color-profile=srgb"] });
  // Read standard input only now. Lines that arrive before the loop would be lost.
  for await (const line of createInterface({ input: process.stdin })) {
    const [page, what, ...rest] = JSON.parse(line);
    let answer;
    try {
      answer = [(await commands[what](page, ...rest)) ?? null];
    } catch (error) {
      answer = [null, String(error)];
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await browser.close();
})();
