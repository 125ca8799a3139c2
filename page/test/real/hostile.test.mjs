// A scenario whose names want to be more than names.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertFits, assertQuiet, click, columns, open, PHONE, until, visitor } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { Programme } from "../support/programme.mjs";

const NAMES = [
  "<script>alert(1)</script>",
  "</script><script>window.evil = 1</script>",
  "<!--<script>",
  "\"><img src=x onerror=\"window.evil = 2\">",
  "it's \"quoted\" & `ticked` \\ &lt;b&gt;",
  "two\nlines",
  "\u202Egnp.elif\u202C/שלום/مرحبا",
  "\u2028\u2029",
  "=1+1",
  `/${"long-name-".repeat(60)}`,
];
/** What is seen of them: what cannot be seen is written out. */
const SEEN = NAMES.map((name) => name.replace(/[\u202c\u202e\u2028\u2029]/g, (c) => `\\u{${c.charCodeAt(0).toString(16)}}`));

let folder, server, programme, ann;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-test-real-"));
  server = createServer((_, response) => response.end("<b onclick=alert(1)>hello</b>")).listen(0, "127.0.0.1");
  await once(server, "listening");
  await project(`http://127.0.0.1:${server.address().port}`);
  programme = await Programme.ui(folder);
  ann = await visitor({ downloads: folder });
});
after(async () => {
  await ann?.close();
  await programme?.kill();
  server?.close().closeAllConnections();
  await rm(folder, { recursive: true });
});

test("they are shown as they are, never run, and break no layout", async () => {
  const page = await open(ann, programme.url);
  await until(page, () => document.querySelector(".preview .figure"));
  assert.ok((await page.$eval("form", (e) => e.textContent)).includes(NAMES[1]), "the description");
  await click(page, "Start");
  await until(page, () => document.querySelector(".outcome"));
  await assertShown(page, "statistics");
  assert.deepEqual((await columns(page, 1)).map((text) => text.replace(/^GET/, "")).sort(), [...SEEN].sort());
  for (const viewport of [undefined, PHONE]) {
    if (viewport) await page.setViewport(viewport);
    for (const tab of ["failures", "exceptions", "functions", "thresholds", "log", "files", "statistics"]) {
      await page.click(`#tab-${tab}`);
      await until(page, (id) => document.getElementById(`panel-${id}`).childElementCount > 0, tab);
      await assertFits(page, tab);
      if (tab === "failures") await assertShown(page, tab);
    }
  }
  await page.click("#tab-files");
  await download(page, folder, "report.html");
  assert.equal(await page.$$eval("main script, main img", (all) => all.length), 0);
  await assertQuiet(page, programme.origin);
});

test("nor does the report", async () => {
  for (const viewport of [undefined, PHONE]) {
    const report = await open(ann, `file://${join(folder, "report.html")}`, { viewport });
    const text = await report.$eval("main", (e) => e.textContent);
    for (const name of SEEN) assert.ok(text.includes(name), name);
    assert.equal(await report.$$eval("main script, main img", (all) => all.length), 0);
    await assertFits(report, "report");
    await assertQuiet(report, "file://");
    await report.close();
  }
});

async function assertShown(page, tab) {
  const text = await page.$eval(`#panel-${tab}`, (e) => e.textContent);
  for (const name of SEEN) assert.ok(text.includes(name), `${name} in ${tab}: ${text}`);
}

/** A test of a second: each name requested, some of them failing, and a task that breaks. JSON is YAML as well. */
async function project(host) {
  const request = (name) => ({ get: { path: "/", name, expect: { text: name } } });
  const files = {
    "config/common.yml": { host },
    "config/loadtest_registry.yml": { current: "hostile", registered: { hostile: { profile: "profiles/hostile.yml" } } },
    "profiles/hostile.yml": {
      test_header: { name: "hostile", description: NAMES[1] },
      profile: { runner: { clients: 2, hatch_rate: 10, duration: "2s" }, test: { scenario: "scenario.yml" } },
    },
    "scenario.yml": { users: { Visitor: { wait_time: { constant: 0.2 }, tasks: { [NAMES[0]]: NAMES.map(request) } } } },
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), JSON.stringify(content, null, 2));
  }
}
