// A browser that is there already: Debian's Chromium, or what CHROMIUM names.
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 360, height: 740, deviceScaleFactor: 2 };

export function launch() {
  return puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
  });
}

/** A page that remembers everything it complained of, and everywhere it went. */
export async function open(browser, url, { viewport = WIDE, theme = "light", prepare } = {}) {
  const page = await browser.newPage();
  page.complaints = [];
  page.visited = [];
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("request", (request) => page.visited.push(request.url()));
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await prepare?.(page);
  await page.goto(url);
  await page.waitForSelector("main");
  return page;
}

/** Waits until a function of the page gives something true; its text is the message if it never does. */
export function until(page, f, ...args) {
  return page.waitForFunction(f, { timeout: 8000, polling: 50 }, ...args);
}

/** Clicks the button, tab or link whose words are these. */
export async function click(page, words, scope = "body") {
  const found = await page.waitForSelector(`${scope} ::-p-xpath(.//*[self::button or self::a][normalize-space()="${words}"])`, { timeout: 8000 });
  await found.click();
}

export async function assertQuiet(page, origin) {
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.visited.filter((url) => !url.startsWith(origin) && !url.startsWith("data:")), []);
  assert.equal(await page.evaluate(() => window.evil), undefined);
}

/** Nothing is wider than the window. */
export async function assertFits(page, where) {
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${where}: ${content} px wide in ${window}`);
}
