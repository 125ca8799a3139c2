// A browser that is there already: Debian's Chromium, or what CHROMIUM names.
import assert from "node:assert/strict";
import puppeteer from "puppeteer-core";

export const WIDE = { width: 1440, height: 900 };
export const PHONE = { width: 360, height: 740, deviceScaleFactor: 2 };

/** On a busy machine things take their time. */
const PATIENCE_MS = 15_000;
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** A browser with everything in it that its process needs; `close` ends it. Root may not have Chromium's own sandbox. */
export function launch() {
  return puppeteer.launch({
    executablePath: CHROMIUM,
    protocolTimeout: 2 * PATIENCE_MS,
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"],
  });
}

/** Somebody at a window of their own; of the browser that all tests share if there is one. `close` leaves it. */
export async function visitor({ downloads } = {}) {
  const shared = process.env.BROWSER_ENDPOINT;
  const browser = shared ? await puppeteer.connect({ browserWSEndpoint: shared, protocolTimeout: 2 * PATIENCE_MS }) : await launch();
  const context = await browser.createBrowserContext(downloads && { downloadBehavior: { policy: "allow", downloadPath: downloads } });
  const close = async () => {
    await context.close();
    await (shared ? browser.disconnect() : browser.close());
  };
  return { newPage: () => context.newPage(), close };
}

/** A page that remembers everything it complained of, and everywhere it went. */
export async function open(browser, url, { viewport = WIDE, theme = "light", prepare } = {}) {
  const page = await browser.newPage();
  page.complaints = [];
  page.visited = [];
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && page.complaints.push(message.text()));
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("dialog", (dialog) => page.complaints.push(`a dialog: ${dialog.message()}`) && dialog.dismiss());
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
  return page.waitForFunction(f, { timeout: PATIENCE_MS, polling: 50 }, ...args);
}

/** Types into the field with this label, in place of what is there. */
export async function fill(page, label, value, scope = "form") {
  const input = await page.waitForSelector(`${scope} ::-p-xpath(.//label[starts-with(normalize-space(), "${label}")]//input)`);
  await input.click({ count: 3 });
  await input.type(value);
}

/** Presses in a chart, moves by parts of its width, and lets go. */
export async function drag(page, selector, from, to) {
  const over = await page.waitForSelector(selector);
  await over.scrollIntoView();
  const box = await over.boundingBox();
  await page.mouse.move(box.x + box.width * from, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * ((from + to) / 2), box.y + 50);
  await page.mouse.move(box.x + box.width * to, box.y + 50);
  await page.mouse.up();
}

/** The time that a chart shows, seconds. */
export function bounds(page, chart) {
  return page.$eval(`[data-chart=${chart}] [role=slider]`, (e) => [Number(e.ariaValueMin), Number(e.ariaValueMax)]);
}

/** How many pixels of a canvas have colour. */
export function inked(page, selector) {
  return page.$eval(selector, (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let found = 0;
    for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - data[i + 1]) > 60 && data[i + 3] > 128) found++;
    return found;
  });
}

/** The cells of a column of a table. */
export function columns(page, n, panel = "statistics") {
  return page.$$eval(`#panel-${panel} tbody tr > :nth-child(${n})`, (cells) => cells.map((c) => c.textContent));
}

/** Clicks the button, tab or link whose words are these. */
export async function click(page, words, scope = "body") {
  const found = await page.waitForSelector(`${scope} ::-p-xpath(.//*[self::button or self::a][normalize-space()="${words}"])`, { timeout: PATIENCE_MS });
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
