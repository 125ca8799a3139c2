// A run of the demo, from the form to its report, by the programme itself.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertAccessible, withAxe } from "../support/axe.mjs";
import { assertFits, assertQuiet, bounds, click, columns, drag, fill, inked, open, PHONE, until, visitor, WIDE } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { Programme } from "../support/programme.mjs";

const LOOKS = [
  { viewport: WIDE, theme: "light" },
  { viewport: WIDE, theme: "dark" },
  { viewport: PHONE, theme: "light" },
];
// The tests of this file are one story: each goes on where the one before has ended.
let folder, programme, ann, bob, page, other;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-test-real-"));
  programme = await Programme.ui(folder);
  [ann, bob] = await Promise.all([visitor({ downloads: folder }), visitor()]);
  page = await open(ann, programme.url);
});
after(async () => {
  await ann?.close();
  await bob?.close();
  await programme?.kill();
  await rm(folder, { recursive: true });
});

test("the demo is started from the form, and moves", async () => {
  await plan({ Users: "6", "Hatch rate": "6", Duration: "2m" });
  await click(page, "Start");
  await until(page, () => document.querySelector("#panel-statistics tfoot"));
  const before = await newest(page);
  await until(page, (was) => document.querySelector("[data-chart=users] [role=slider]").ariaValueNow > was + 2, before);
  for (const chart of ["throughput", "latency", "users"]) {
    assert.ok((await inked(page, `[data-chart=${chart}] canvas`)) > 50, `a line is drawn: ${chart}`);
  }
  await until(page, () => document.querySelector("[data-chart=users] [role=slider]").ariaValueText.endsWith("planned 6, users 6"));
  assert.match(await page.title(), /^running · demo/);
  assert.match(await page.$eval(".times", (e) => e.textContent), /^0:\d\d of 2:00$/);

  const names = await columns(page, 1);
  assert.ok(names.includes("GET/products") && names.includes("GETa product"), names.join());
  const requests = await figures(page, 2);
  assert.ok(requests.every((count) => count > 0), requests.join());
  await assertQuiet(page, programme.origin);
});

test("two look at it, and both see that the users are changed", async () => {
  other = await open(bob, programme.url);
  await click(page, "Change users");
  await fill(page, "Users", "15", "dialog");
  await fill(page, "Users per second", "20", "dialog");
  await page.keyboard.press("Enter");
  await until(page, () => document.querySelector(".told")?.textContent.startsWith("15 users from 0:"));
  for (const viewer of [page, other]) {
    await until(viewer, () => document.querySelector("[data-chart=users] [role=slider]").ariaValueText.endsWith("planned 15, users 15"));
    await until(viewer, () => document.querySelector(".figure .value").textContent === "15");
  }
  await assertQuiet(other, programme.origin);
});

test("a part of it is seen enlarged, and the whole again", async () => {
  await drag(page, "[data-chart=latency] .u-over", 0.1, 0.7);
  await until(page, () => document.querySelector("[data-zoomed]"));
  const [from, to] = await bounds(page, "throughput");
  assert.ok(from < to && to - from < 60, `${from} to ${to}`);
  assert.deepEqual(await bounds(page, "users"), [from, to]);
  await until(page, () => document.querySelector("[data-chart=users] [role=slider]").ariaValueNow > 0);
  await page.keyboard.press("Escape");
  await until(page, () => !document.querySelector("[data-zoomed]"));
  assert.equal((await bounds(page, "throughput"))[0], 0);
  await assertQuiet(page, programme.origin);
});

test("everybody can read it while it runs", () => looked(async (viewer) => {
  await until(viewer, () => document.querySelector("#panel-statistics tfoot"));
}));

test("it is stopped, and both see what to think of it", async () => {
  await click(page, "Stop");
  for (const viewer of [page, other]) {
    await until(viewer, () => document.querySelector(".outcome h2")?.textContent.includes("The result is "));
    assert.match(await viewer.title(), /^ended · demo/);
    await assertQuiet(viewer, programme.origin);
  }
});

test("everybody can read it when it is over", () => looked(async (viewer) => {
  await viewer.waitForSelector("#tab-files");
  await viewer.click("#tab-files");
  await viewer.waitForSelector(".files a");
}));

test("its files say what the page says", async () => {
  const requests = await sum(page);
  const verdict = await page.$eval(".outcome h2", (e) => e.textContent.split(" ").at(-1));
  await page.click("#tab-files");
  const report = JSON.parse(await download(page, folder, "report.json"));
  assert.equal(report.summary.requests, requests);
  assert.equal(report.verdict.status, verdict);

  const stats = await download(page, folder, "demo_stats.csv");
  const lines = stats.trim().split(/\r?\n/);
  assert.match(lines[0], /^Type,Name,Request Count,Failure Count,/);
  assert.match(lines.at(-1), new RegExp(`^,Aggregated,${requests},`));
  assert.match(await download(page, folder, "report.html"), /^<!doctype html>/i);
  await assertQuiet(page, programme.origin);
});

test("its report is one file that needs no network, can be read by everybody, and prints", async () => {
  const requests = (await sum(page)).toLocaleString("en");
  for (const look of LOOKS) {
    const report = await open(bob, `file://${join(folder, "report.html")}`, {
      ...look,
      prepare: async (page) => (await withAxe(page), await page.setOfflineMode(true)),
    });
    const text = await report.$eval("main", (e) => e.textContent);
    for (const said of [requests, "/products", "a product", "The result is", "Percentiles", "of 15 planned"]) assert.ok(text.includes(said), `${said} in ${text.slice(0, 2000)}`);
    assert.ok((await inked(report, "[data-chart=throughput] canvas")) > 50, "a line is drawn");
    await assertFits(report, `report, ${look.theme}`);
    await assertAccessible(report, `report, ${look.theme}, ${look.viewport.width} px`);
    const pdf = Buffer.from(await report.pdf({ preferCSSPageSize: true })).toString("latin1");
    assert.ok(pdf.match(/\/Type\s*\/Page\b/g).length >= 2);
    await assertQuiet(report, "file://");
    assert.equal(report.visited.length, 1, report.visited.join());
    await report.close();
  }
});

test("another one is started, and ends by itself", async () => {
  await click(page, "Start another");
  await plan({ Users: "2", "Hatch rate": "4", Duration: "3s" });
  await click(page, "Start");
  await until(page, () => document.querySelector(".times")?.textContent.endsWith("of 0:03") && document.querySelector(".outcome"));
  assert.match(await page.$eval(".outcome", (e) => e.textContent), /exit code 0/);
  await assertQuiet(page, programme.origin);
});

test("Ctrl-C ends a run and the page, cleanly", async () => {
  await click(page, "Start another");
  await plan({ Users: "2", Duration: "2m" });
  await click(page, "Start");
  await until(page, () => document.querySelector("#panel-statistics tfoot"));
  assert.deepEqual(await programme.interrupt(), { code: 130, signal: null }, programme.said);
  await until(page, () => document.querySelector(".banner.warn")?.textContent.includes("Connection lost"));
  await assert.rejects(fetch(programme.origin));
});

/** Fills in the form, and waits until what it would be is shown. */
async function plan(fields) {
  await until(page, () => document.querySelector(".preview .figure"));
  for (const [label, value] of Object.entries(fields)) await fill(page, label, value);
  await until(page, (users) => document.querySelector(".preview .figure .value")?.textContent === users, fields.Users);
}

/** In all looks: it fits, axe finds nothing serious, and the browser has no complaint. */
async function looked(ready) {
  for (const look of LOOKS) {
    const viewer = await open(bob, programme.url, { ...look, prepare: withAxe });
    await ready(viewer);
    const where = `${look.theme}, ${look.viewport.width} px`;
    await assertFits(viewer, where);
    await assertAccessible(viewer, where);
    await assertQuiet(viewer, programme.origin);
    await viewer.close();
  }
}

function newest(viewer) {
  return viewer.$eval("[data-chart=users] [role=slider]", (e) => Number(e.ariaValueNow));
}

async function figures(viewer, n) {
  return (await columns(viewer, n)).map((text) => Number(text.replaceAll(",", "")));
}

/** Requests of all transactions, which must be what stands below them. */
async function sum(viewer) {
  await viewer.click("#tab-statistics");
  await viewer.waitForSelector("#panel-statistics tfoot");
  const requests = await figures(viewer, 2);
  const all = requests.reduce((a, b) => a + b, 0);
  const told = await viewer.$eval("#panel-statistics tfoot tr > :nth-child(2)", (e) => Number(e.textContent.replaceAll(",", "")));
  assert.equal(told, all);
  return all;
}
