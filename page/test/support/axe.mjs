// What axe finds against a page, as far as it is serious.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

export async function assertAccessible(page, where) {
  // The page's own policy forbids scripts that are put in, so the browser lets this one pass.
  const { violations } = await page.evaluate(async () => window.axe.run(document, { resultTypes: ["violations"] }));
  const serious = violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  const told = serious.map((v) => `${v.id}: ${v.help}\n${v.nodes.slice(0, 4).map((n) => `  ${n.html.slice(0, 160)}\n  ${n.failureSummary}`).join("\n")}`);
  assert.equal(told.join("\n"), "", where);
}

export async function withAxe(page) {
  const { readFile } = await import("node:fs/promises");
  await page.evaluateOnNewDocument(await readFile(AXE, "utf8"));
}
