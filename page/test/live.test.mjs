// The live page, in a browser, against a server that speaks the contract.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Mock } from "./mock/server.mjs";
import { assertFits, assertQuiet, bounds, click, columns, drag, fill, inked, open, PHONE, until, visitor } from "./support/browser.mjs";

let browser, mock;
before(async () => (browser = await visitor()));
after(() => browser.close());
beforeEach(async () => (mock = await new Mock({ speed: 20, every: 100 }).listen()));
afterEach(() => mock.close());

const text = (page, selector) => page.$eval(selector, (e) => e.textContent);
const figure = (page, label) =>
  page.evaluate((l) => [...document.querySelectorAll(".figure")].find((f) => f.querySelector("dt").textContent === l)?.querySelector(".value").textContent, label);
const posts = (path) => mock.requests.filter((r) => r.method === "POST" && r.path === path);

test("a run is planned in the form, started, and moves", async () => {
  const page = await open(browser, mock.origin);
  await until(page, () => document.querySelector(".preview .figure"));
  assert.match(await text(page, "form [type=submit]"), /Start for about \$0\.42/);

  await fill(page, "Users", "1000");
  await until(page, () => document.querySelector("form [type=submit]").textContent.includes("$0.85"));
  assert.deepEqual(posts("/api/plan").at(-1).body, { test: "shop", clients: "1000" });
  assert.equal(posts("/api/plan").at(-1).headers["x-load-test"], "1");

  await click(page, "Start for about $0.85");
  await until(page, () => document.querySelector("[data-chart=throughput] canvas"));
  assert.deepEqual(posts("/api/run")[0].body, { test: "shop", clients: "1000" });
  const first = Number((await figure(page, "Users")).replace(",", ""));
  await until(page, (was) => Number(document.querySelector(".figure .value").textContent.replace(",", "")) > was + 20, first);
  assert.ok(await inked(page, "[data-chart=throughput] canvas") > 200, "a line is drawn");
  assert.match(await page.title(), /running · shop/);
  await assertQuiet(page, mock.origin);
  await page.close();
});

test("typing is not a request a key, and what is wrong is told as it was written", async () => {
  const page = await open(browser, mock.origin);
  await until(page, () => document.querySelector(".preview .figure"));
  const before = posts("/api/plan").length;
  await fill(page, "Users", "many");
  await until(page, () => document.querySelector(".problems pre"));
  assert.equal(posts("/api/plan").length, before + 1);
  assert.match(await text(page, ".problems pre"), /profiles\/shop\.yml:4:12: .*\n    clients: many\n {13}\^/);
  assert.equal(await page.$eval("form [type=submit]", (b) => b.disabled), true);

  await page.select("select", "broken");
  await until(page, () => document.querySelector(".problems pre")?.textContent.includes("profiles/broken.yml"));
  await page.select("select", "search");
  await until(page, () => document.querySelector(".preview .figure:nth-child(3)")?.textContent.includes("local"));
  assert.equal(await text(page, "form [type=submit]"), "Start");
  assert.deepEqual(posts("/api/plan").at(-1).body, { test: "search" });
  await page.close();
});

test("a refused start says why, and the form stays", async () => {
  const page = await open(browser, mock.origin);
  await until(page, () => document.querySelector(".preview .figure"));
  await fill(page, "Users", "13");
  await until(page, () => document.querySelector("form [type=submit]").textContent.includes("$0.01"));
  await page.click("form [type=submit]");
  await until(page, () => document.querySelector(".problems")?.textContent.includes("another run is being prepared"));
  await page.close();
});

test("users are changed in a dialog, by the keyboard alone", async () => {
  mock.jump("running", 100);
  const page = await open(browser, mock.origin);
  await focus(page, "Change users");
  await page.keyboard.press("Enter");
  await until(page, () => document.querySelector("dialog").open);
  await page.keyboard.down("Control");
  await page.keyboard.press("a");
  await page.keyboard.up("Control");
  await page.keyboard.type("50000");
  await page.keyboard.press("Enter");
  await until(page, () => document.querySelector("dialog .problems")?.textContent.includes("at most 9,999"));
  await fill(page, "Users", "250", "dialog");
  await page.keyboard.press("Enter");
  await until(page, () => !document.querySelector("dialog").open);
  assert.deepEqual(posts("/api/users").map((r) => r.body), [{ clients: 50000 }, { clients: 250 }]);
  await until(page, () => document.querySelector(".told").textContent === "250 users from 1:42");
  await click(page, "Log");
  await until(page, () => document.querySelector(".log").textContent.includes("250 users from here on"));
  await page.close();
});

test("stop asks once, then offers to end at once, and the verdict comes", async () => {
  mock.jump("running", 300);
  const page = await open(browser, mock.origin);
  await click(page, "Stop");
  await until(page, () => document.querySelector(".danger").textContent === "Stop at once" && !document.querySelector(".danger").disabled);
  await click(page, "Stop at once");
  await until(page, () => document.querySelector(".outcome"));
  assert.equal(posts("/api/stop").length, 2);
  assert.match(await text(page, ".outcome"), /The result is doubtful.*exit code 0/);
  assert.match(await text(page, "[role=status]"), /ended.*doubtful/);

  await click(page, "Start another");
  await until(page, () => document.querySelector("form select"));
  await click(page, "Back to the run");
  await until(page, () => document.querySelector(".outcome"));
  await page.close();
});

test("a double click on Stop does not end the run at once", async () => {
  mock.jump("running", 300);
  const page = await open(browser, mock.origin);
  const stop = await page.waitForSelector("::-p-xpath(//button[normalize-space()='Stop'])");
  const box = await stop.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.click(x, y);
  await until(page, () => document.querySelector(".danger")?.textContent === "Stop at once");
  await page.mouse.click(x, y);
  await until(page, () => !document.querySelector(".danger").disabled);
  assert.equal(posts("/api/stop").length, 1);
  await page.close();
});

test("columns sort, the filter chooses, and the sum stays at the end", async () => {
  mock.jump("running", 300);
  const page = await open(browser, mock.origin);
  const sort = () => page.$eval("#panel-statistics th:nth-child(8)", (th) => th.ariaSort);
  await click(page, "p99 ms", "#panel-statistics");
  assert.equal(await sort(), "descending");
  assert.match((await columns(page, 1))[0], /buy something/);
  await click(page, "p99 ms", "#panel-statistics");
  assert.equal(await sort(), "ascending");
  assert.equal((await columns(page, 1))[0], "GET/");

  await page.type("#panel-statistics [type=search]", "ITEMS get");
  await until(page, () => document.querySelectorAll("#panel-statistics tbody tr").length === 2);
  assert.equal(await text(page, "#panel-statistics tfoot th"), "Aggregated");
  await page.close();
});

test("tabs are one stop of the Tab key, and arrows go between them", async () => {
  mock.jump("running", 420);
  const page = await open(browser, mock.origin);
  await page.focus("#tab-statistics");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-failures");
  assert.match(await text(page, "#panel-failures"), /status 503, expected 200/);
  await page.keyboard.press("End");
  assert.match(await text(page, "#panel-files"), /once the run has ended/);
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "tab-statistics");
  assert.equal(await page.$$eval("[role=tab][tabindex='0']", (tabs) => tabs.length), 1);
  await page.close();
});

test("dragging zooms all charts, Esc shows the whole, and what is over is asked for once", async () => {
  mock.jump("running", 420);
  const page = await open(browser, mock.origin);
  await drag(page, "[data-chart=latency] .u-over", 0.2, 0.4);
  await until(page, () => document.querySelector("[data-zoomed]"));
  const [from, to] = await bounds(page, "throughput");
  assert.ok(from > 70 && from < 100 && to > 150 && to < 185, `${from} to ${to}`);
  assert.deepEqual(await bounds(page, "users"), [from, to]);
  mock.jump("running", 420, { frozen: false });
  const asked = () => mock.requests.filter((r) => r.path === "/api/chart").length;
  const before = mock.requests.length;
  await until(page, (n) => document.querySelector(".times b").textContent !== n, await text(page, ".times b"));
  assert.equal(asked(), 1, `${mock.requests.length - before} more requests`);

  await page.keyboard.press("Escape");
  await until(page, () => !document.querySelector("[data-zoomed]"));
  assert.equal((await bounds(page, "users"))[0], 0);

  await drag(page, "[data-chart=users] .u-over", 0.5, 0.6);
  await until(page, () => document.querySelector("[data-zoomed]"));
  const over = await page.$("[data-chart=users] .u-over");
  await over.click({ count: 2 });
  await until(page, () => !document.querySelector("[data-zoomed]"));
  await click(page, "Last minute");
  await until(page, () => document.querySelector("[data-chart=users] [role=slider]").ariaValueMin > 300);
  const started = asked();
  const again = await text(page, ".times b");
  await until(page, (n) => document.querySelector(".times b").textContent !== n, again);
  await until(page, (n) => document.querySelector(".times b").textContent !== n, await text(page, ".times b"));
  assert.ok(asked() > started, "the last minute moves on");
  await assertQuiet(page, mock.origin);
  await page.close();
});

test("the cursor reads out in all charts, and the keyboard moves and zooms", async () => {
  mock.jump("running", 420);
  const page = await open(browser, mock.origin);
  const over = await page.$("[data-chart=latency] .u-over");
  const box = await over.boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 30);
  await until(page, () => /^3:(29|30) · \d\d:\d\d:\d\d$/.test(document.querySelector("[data-chart=users] .instant").textContent));
  await page.mouse.move(5, 5);

  await page.focus("[data-chart=users] [role=slider]");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await until(page, () => document.querySelector("[data-chart=users] [role=slider]").ariaValueText.startsWith("0:01: planned 2, users"));
  await page.keyboard.press("+");
  await until(page, () => document.querySelector("[data-zoomed]"));
  await page.keyboard.press("Escape");
  await until(page, () => !document.querySelector("[data-zoomed]"));
  await page.close();
});

test("a chart is also a table, logarithmic if wanted, and lines can be hidden", async () => {
  mock.jump("running", 420);
  const page = await open(browser, mock.origin);
  await click(page, "Log scale");
  await click(page, "p50 41 ms".replace(/ .*/, "") + (await text(page, "[data-chart=latency] .legend button:last-child b")), "[data-chart=latency]");
  assert.equal(await page.$eval("[data-chart=latency] .legend button:last-child", (b) => b.ariaPressed), "false");
  await page.click("[data-chart=users] figcaption button");
  await until(page, () => document.querySelector("[data-chart=users] table"));
  assert.equal(await page.$$eval("[data-chart=users] tbody tr", (rows) => rows.length), 120);
  await assertQuiet(page, mock.origin);
  await page.close();
});

test("a lost connection is told, and mends", async () => {
  mock.jump("running", 100);
  const page = await open(browser, mock.origin);
  await until(page, () => document.querySelector(".figures"));
  const users = await figure(page, "Users");
  const port = new URL(mock.origin).port;
  await mock.close();
  await until(page, () => document.querySelector(".banner.warn")?.textContent.includes("Connection lost, reconnecting"));
  assert.equal(await figure(page, "Users"), users, "what was known stays");
  mock = await new Mock({ every: 100 }).listen(Number(port));
  mock.jump("running", 120);
  await until(page, () => !document.querySelector(".banner.warn") && document.querySelector(".figure .value").textContent > "230");
  await page.close();
});

test("files are downloaded by their exact names, and the token goes with every call", async () => {
  Object.assign(mock, { token: "s3cret", hostile: true });
  mock.jump("ended", 600);
  const page = await open(browser, `${mock.origin}/?token=s3cret`);
  await until(page, () => document.querySelector("#tab-files"));
  await page.click("#tab-files");
  const links = await page.$$eval(".files a", (all) => all.map((a) => [a.getAttribute("href"), a.download]));
  assert.deepEqual(links.at(-1), ["/files/a%20b%3F%23%26%3Cscript%3E.csv?token=s3cret", "a b?#&<script>.csv"]);
  const body = await page.evaluate((href) => fetch(href).then((r) => r.text()), links.at(-1)[0]);
  assert.equal(body, "content of a b?#&<script>.csv");
  await until(page, () => [...document.querySelectorAll("button")].some((b) => b.textContent === "Start another"));
  assert.equal(mock.requests.find((r) => r.path === "/api/tests").headers["x-load-test-token"], "s3cret");
  await page.close();
});

test("hostile names are shown, never run, and break no layout", async () => {
  Object.assign(mock, { hostile: true });
  mock.jump("running", 420);
  for (const viewport of [undefined, PHONE]) {
    const page = await open(browser, mock.origin, { viewport });
    await until(page, () => document.querySelector("#panel-statistics tbody"));
    assert.ok((await columns(page, 1)).includes("GET<script>window.evil = 1</script>"));
    for (const tab of ["failures", "exceptions", "functions", "thresholds", "log", "files", "statistics"]) {
      await page.click(`#tab-${tab}`);
      await until(page, (id) => !document.getElementById(`panel-${id}`).hidden, tab);
      await assertFits(page, tab);
    }
    assert.equal(await page.$$eval("main script, main img", (all) => all.length), 0);
    const tallest = await page.$$eval("#panel-statistics tbody tr", (rows) => Math.max(...rows.map((r) => r.offsetHeight)));
    assert.ok(tallest < 110, `a row of ${tallest} px`);
    await assertQuiet(page, mock.origin);
    await page.close();
  }
});

test("the theme goes round, and is remembered", async () => {
  const page = await open(browser, mock.origin, { theme: "light" });
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  await page.click("[aria-label='Theme: as the system']");
  await page.click("[aria-label='Theme: light']");
  await page.waitForSelector("[aria-label='Theme: dark']");
  const dark = await background();
  assert.notEqual(dark, light);
  await page.reload();
  await page.waitForSelector("[aria-label='Theme: dark']");
  assert.equal(await background(), dark);
  await page.click("[aria-label='Theme: dark']");
  await page.close();
});

async function focus(page, words) {
  const button = await page.waitForSelector(`::-p-xpath(//button[normalize-space()="${words}"])`);
  await button.focus();
}
