// Screenshots of the pages in all their states, to look at: node test/shots.mjs [folder] [part of a name]
import { mkdir } from "node:fs/promises";
import { Mock } from "./mock/server.mjs";
import { launch } from "./support/browser.mjs";

const [folder = "/tmp/page-shots", only = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const mock = await new Mock().listen();
const browser = await launch();

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 360, height: 740, deviceScaleFactor: 2 } };
const STATES = {
  idle: () => mock.jump("idle", 0),
  preparing: () => mock.jump("preparing", 0),
  early: () => mock.jump("running", 20),
  running: () => mock.jump("running", 420),
  ended: () => mock.jump("ended", 600),
  hostile: () => ((mock.hostile = true), mock.jump("running", 420)),
};

for (const [state, enter] of Object.entries(STATES)) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const theme of ["light", "dark"]) {
      const name = `live-${state}-${size}-${theme}`;
      if (!name.includes(only)) continue;
      mock.hostile = false;
      mock.changes = [{ at_s: 300, clients: 440, hatch_rate: 2 }];
      enter();
      const page = await browser.newPage();
      await page.setViewport(viewport);
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
      await page.goto(mock.origin);
      await page.waitForSelector("main");
      await new Promise((done) => setTimeout(done, 900));
      await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
      await page.close();
    }
  }
}
await browser.close();
await mock.close();
