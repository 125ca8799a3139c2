// The report, opened as a file, in a browser.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chart } from "./mock/model.mjs";
import { reportData, reportPage } from "./mock/report.mjs";
import { assertFits, assertQuiet, drag, open, PHONE, until, visitor } from "./support/browser.mjs";

const GOLDEN = new URL("../../controller/tests/golden/report.json", import.meta.url);
let browser, folder;
before(async () => {
  browser = await visitor();
  folder = await mkdtemp(join(tmpdir(), "load-test-page-"));
});
after(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

async function show(data, options) {
  const file = join(folder, `${Math.random()}.html`);
  await writeFile(file, await reportPage(data));
  return open(browser, `file://${file}`, options);
}

test("everything a run leaves is there, from one file", async () => {
  const page = await show(reportData());
  const text = await page.$eval("main", (e) => e.textContent);
  for (const said of [
    "The result is doubtful", "1 of 3 thresholds crossed", "237,500", "status 503, expected 200", "no item in the list is for sale",
    "eu-west-1, us-east-1, ap-south-1", "2.14.3", "97.0 %", "$0.20", "an invocation was throttled once", "0.012 s ahead",
  ]) assert.ok(text.includes(said), said);
  const titles = await page.$$eval("main h2", (all) => all.map((h) => h.textContent));
  assert.deepEqual(titles.slice(2), [
    "Over time", "Transactions", "Slowest", "Percentiles", "Distribution", "Heat map", "Phases", "Failures", "Exceptions",
    "Regions", "Plan", "Cuts", "Validity", "Functions", "Cost", "Environment", "Messages",
  ]);
  await assertQuiet(page, "file://");
  assert.equal(page.visited.length, 1, page.visited.join());
  await page.close();
});

test("a report as the programme writes it is read: the golden one", async () => {
  const report = JSON.parse(await readFile(GOLDEN, "utf8"), (key, value) => (key === "hdr" ? undefined : value));
  delete report.series;
  const data = { report, chart: chart(0, 6), heat: { width_s: 1, seconds: [], rows_ms: [], counts: [] }, distributions: [], curve: [], thresholds: [], more_generators: 0 };
  const page = await show(data);
  const text = await page.$eval("main", (e) => e.textContent);
  assert.ok(text.includes(report.transactions[1].name) && text.includes("480"), text.slice(0, 500));
  await assertQuiet(page, "file://");
  await page.close();
});

test("charts zoom within the file, and percentiles and cells are read out", async () => {
  const page = await show(reportData());
  await drag(page, "[data-chart=users] .u-over", 0.5, 0.7);
  await until(page, () => document.querySelector("[data-chart=latency] [role=slider]").ariaValueMin > 290);
  await page.keyboard.press("Escape");

  await page.focus(".heat [role=slider]");
  await page.keyboard.press("ArrowUp");
  await until(page, () => /^0:00, 2\.66 ms to 3\.54 ms: \d+ requests?$/.test(document.querySelector(".heat [role=slider]").ariaValueText));
  await page.select(".distribution select", "3");
  await until(page, () => document.querySelector(".distribution .legend").textContent.includes("GET /items/[id]"));
  const plot = await page.$(".distribution .u-over");
  await plot.scrollIntoView();
  const curve = await plot.boundingBox();
  await page.mouse.move(curve.x + curve.width / 2, curve.y + 150);
  await until(page, () => /9\d.*% take no longer/.test(document.querySelector(".distribution .legend").textContent));
  await assertQuiet(page, "file://");
  await page.close();
});

test("hostile names are shown, never run, and break no layout", async () => {
  for (const viewport of [undefined, PHONE]) {
    const page = await show(reportData({ hostile: true }), { viewport });
    await assertFits(page, "report");
    assert.equal(await page.$$eval("main script, main img", (all) => all.length), 0);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height < 16_000, `${height} px high`);
    await assertQuiet(page, "file://");
    await page.close();
  }
});

test("nothing measured is no error", async () => {
  const data = reportData();
  const latency = { count: 0, mean_ms: null, min_ms: null, max_ms: null, percentiles_ms: {} };
  Object.assign(data.report, { transactions: [], failures: [], exceptions: [], regions: [], cuts: [], generators: [], functions: null });
  Object.assign(data.report.summary, { requests: 0, failures: 0, failure_ratio: null, latency });
  Object.assign(data.report.coverage, { ratio: null, intervals: [] });
  Object.assign(data, { chart: chart(0, 0), heat: { width_s: 1, seconds: [], rows_ms: [], counts: [] }, distributions: [{ method: "", name: "Aggregated", points: [] }], curve: [], thresholds: [] });
  const page = await show(data);
  assert.match(await page.$eval("main", (e) => e.textContent), /No request was made.*No task failed/s);
  await assertQuiet(page, "file://");
  await page.close();
});

test("on paper it is light and whole, also from a dark screen", async () => {
  const page = await show(reportData(), { theme: "dark" });
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: false });
  const pages = Buffer.from(pdf).toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  assert.ok(pages >= 4 && pages <= 9, `${pages} pages`);
  await page.emulateMediaType("print");
  const [background, controls] = await page.evaluate(() => [
    getComputedStyle(document.documentElement).backgroundColor,
    [...document.querySelectorAll(".controls, .filter")].filter((e) => e.offsetParent !== null).length,
  ]);
  assert.equal(background, "rgb(255, 255, 255)");
  assert.equal(controls, 0);
  await page.close();
});

test("without scripts it says what it needs", async () => {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  const file = join(folder, "plain.html");
  await writeFile(file, await reportPage(reportData()));
  await page.goto(`file://${file}`);
  assert.match(await page.$eval("body", (e) => e.innerText), /report\.json/);
  await page.close();
});
