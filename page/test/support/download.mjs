// Files of a run, taken along by a click.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";

const PATIENCE_MS = 15_000;

/** Clicks the file's link in the tab of files; its text, once it is in the folder for downloads. */
export async function download(page, folder, name) {
  const link = await page.waitForSelector(`#panel-files a[download="${name}"]`);
  await link.click();
  // The browser gives a file its name when all of it is there.
  for (const start = Date.now(); ; await rest(50)) {
    try {
      return await readFile(join(folder, name), "utf8");
    } catch (error) {
      if (Date.now() - start > PATIENCE_MS) throw error;
    }
  }
}
