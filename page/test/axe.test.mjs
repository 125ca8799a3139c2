// Both pages in all their states, sizes and themes, held against axe's rules.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { reportData, reportPage } from "./mock/report.mjs";
import { Mock } from "./mock/server.mjs";
import { assertAccessible, withAxe } from "./support/axe.mjs";
import { assertFits, open, PHONE, until, visitor, WIDE } from "./support/browser.mjs";

const STATES = { idle: 0, preparing: 0, running: 420, stopping: 430, ended: 600 };
// On a phone what differs in the others is the same as on a desk.
const LOOKS = [
  { viewport: WIDE, theme: "light", states: STATES },
  { viewport: WIDE, theme: "dark", states: STATES },
  { viewport: PHONE, theme: "light", states: { idle: 0, running: 420, ended: 600 } },
  { viewport: PHONE, theme: "dark", states: { running: 420 } },
];
const TABS = ["statistics", "failures", "exceptions", "functions", "thresholds", "log", "files"];
let browser, mock, folder;
before(async () => {
  browser = await visitor();
  mock = await new Mock({ every: 200 }).listen();
  folder = await mkdtemp(join(tmpdir(), "load-test-page-"));
});
after(async () => {
  await browser.close();
  await mock.close();
  await rm(folder, { recursive: true });
});

for (const look of LOOKS) {
  const named = `${look.theme}, ${look.viewport.width} px`;
  test(`live page, ${named}`, async () => {
    for (const [state, elapsed] of Object.entries(look.states)) {
      mock.jump(state, elapsed);
      const page = await open(browser, mock.origin, { ...look, prepare: withAxe });
      await until(page, (idle) => document.querySelector(idle ? ".preview .figure" : ".figures"), state === "idle");
      await assertFits(page, `${state}, ${named}`);
      await assertAccessible(page, `${state}, ${named}`);
      if (state === "running" && look.viewport === WIDE) await tabs(page, TABS, `${state}, ${named}`);
      if (state === "ended") await tabs(page, ["files"], `${state}, ${named}`);
      await page.close();
    }
  });

  test(`report, ${named}`, async () => {
    const file = join(folder, "report.html");
    await writeFile(file, await reportPage(reportData()));
    const page = await open(browser, `file://${file}`, { ...look, prepare: withAxe });
    await assertFits(page, named);
    await assertAccessible(page, named);
    await page.close();
  });
}

async function tabs(page, some, where) {
  for (const tab of some) {
    await page.click(`#tab-${tab}`);
    await until(page, (id) => document.getElementById(`panel-${id}`).childElementCount > 0, tab);
    await assertAccessible(page, `${tab}, ${where}`);
  }
}
