// Screenshots of the pages in all their states, to look at: node test/shots.mjs [folder] [part of a name]
import { mkdir, writeFile } from "node:fs/promises";
import { reportData, reportPage } from "./mock/report.mjs";
import { Mock } from "./mock/server.mjs";
import { launch, PHONE, WIDE } from "./support/browser.mjs";

const [folder = "/tmp/page-shots", only = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const mock = await new Mock().listen();
const browser = await launch();

const SIZES = { wide: WIDE, phone: PHONE };
const STATES = {
  idle: () => mock.jump("idle", 0),
  preparing: () => mock.jump("preparing", 0),
  early: () => mock.jump("running", 20),
  running: () => mock.jump("running", 420),
  ended: () => mock.jump("ended", 600),
  hostile: () => ((mock.hostile = true), mock.jump("running", 420)),
};

async function shoot(name, viewport, theme, url, act) {
  const page = await browser.newPage();
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
  await page.goto(url);
  await page.waitForSelector("main");
  await act?.(page);
  await new Promise((done) => setTimeout(done, 900));
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: !name.includes("cursor") });
  await page.close();
}

const combinations = Object.entries(SIZES).flatMap(([size, viewport]) => ["light", "dark"].map((theme) => ({ size, viewport, theme })));

for (const [state, enter] of Object.entries(STATES)) {
  for (const { size, viewport, theme } of combinations) {
    const name = `live-${state}-${size}-${theme}`;
    if (!name.includes(only)) continue;
    mock.hostile = false;
    mock.changes = [{ at_s: 300, clients: 440, hatch_rate: 2 }];
    enter();
    await shoot(name, viewport, theme, mock.origin);
  }
}
// What is only seen when something is done.
const ACTS = {
  functions: (page) => page.click("#tab-functions"),
  failures: (page) => page.click("#tab-failures"),
  thresholds: (page) => page.click("#tab-thresholds"),
  files: (page) => page.click("#tab-files"),
  log: (page) => page.click("#tab-log"),
  dialog: (page) => page.click(".actions button"),
  wrong: async (page) => {
    await page.waitForSelector(".preview .figure");
    await page.type("form input[type=text]", "x");
    await page.waitForSelector(".problems");
  },
  cursor: async (page) => {
    const box = await (await page.waitForSelector("[data-chart=latency] .u-over")).boundingBox();
    await page.mouse.move(box.x + box.width * 0.4, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await page.mouse.move(box.x + box.width * 0.6, box.y + 40);
  },
  table: async (page) => {
    await page.waitForSelector("[data-chart=users]");
    await page.click("[data-chart=users] figcaption button");
    await page.click("[data-chart=latency] figcaption button");
  },
};
for (const [act, run] of Object.entries(ACTS)) {
  for (const { size, viewport, theme } of combinations) {
    const name = `act-${act}-${size}-${theme}`;
    if (!name.includes(only)) continue;
    mock.hostile = false;
    mock.changes = [{ at_s: 300, clients: 440, hatch_rate: 2 }];
    act === "wrong" ? mock.jump("idle", 0) : mock.jump(act === "files" ? "ended" : "running", 420);
    await shoot(name, viewport, theme, mock.origin, run);
  }
}
for (const kind of ["plain", "hostile"]) {
  const file = `${folder}/report-${kind}.html`;
  await writeFile(file, await reportPage(reportData({ hostile: kind === "hostile" })));
  for (const { size, viewport, theme } of combinations) {
    const name = `report-${kind}-${size}-${theme}`;
    if (name.includes(only)) await shoot(name, viewport, theme, `file://${file}`);
  }
}
if ("print".includes(only)) {
  const page = await browser.newPage();
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "dark" }]);
  await page.goto(`file://${folder}/report-plain.html`);
  await page.pdf({ path: `${folder}/print.pdf`, preferCSSPageSize: true });
}
await browser.close();
await mock.close();
