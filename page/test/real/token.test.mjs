// The programme's page for others, too: whoever has the token may see it, and nobody else.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { assertQuiet, click, fill, open, until, visitor } from "../support/browser.mjs";
import { download } from "../support/download.mjs";
import { Programme } from "../support/programme.mjs";

let folder, programme, ann;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "load-test-real-"));
  programme = await Programme.ui(folder, "--ui-bind", "0.0.0.0");
  ann = await visitor({ downloads: folder });
});
after(async () => {
  await ann?.close();
  await programme?.kill();
  await rm(folder, { recursive: true });
});

test("without the token there is nothing", async () => {
  const { origin } = programme;
  for (const path of ["/", "/?token=guess", "/api/view", "/api/events", "/files/report.json"]) {
    assert.equal((await fetch(origin + path)).status, 401, path);
  }
  const start = { method: "POST", headers: { "X-Load-Test": "1" }, body: JSON.stringify({ test: "built-in demo" }) };
  assert.equal((await fetch(`${origin}/api/run`, start)).status, 401);
  const page = await ann.newPage();
  assert.equal((await page.goto(origin)).status(), 401);
  await page.close();
});

test("with it a test is run, and its files taken along", async () => {
  assert.match(programme.url, /^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{22}$/);
  const page = await open(ann, programme.url);
  await until(page, () => document.querySelector(".preview .figure"));
  await fill(page, "Users", "1");
  await fill(page, "Duration", "2s");
  await until(page, () => document.querySelector(".preview").textContent.includes("2s"));
  await click(page, "Start");
  await until(page, () => document.querySelector(".outcome"));
  await page.click("#tab-files");
  assert.ok(JSON.parse(await download(page, folder, "report.json")).summary.requests > 0);
  await assertQuiet(page, programme.origin);
});

test("Ctrl-C ends it while it waits", async () => {
  assert.deepEqual(await programme.interrupt(), { code: 0, signal: null }, programme.said);
});
