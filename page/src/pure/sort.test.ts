import assert from "node:assert/strict";
import { test } from "node:test";
import { matching, sorted, worstFirst } from "./sort";

test("figures sort as figures, and what is missing comes last both ways", () => {
  const rows = [{ n: 10 }, { n: null }, { n: 9 }, { n: 100 }];
  assert.deepEqual(sorted(rows, (r) => r.n, "ascending").map((r) => r.n), [9, 10, 100, null]);
  assert.deepEqual(sorted(rows, (r) => r.n, "descending").map((r) => r.n), [100, 10, 9, null]);
});

test("words sort with the numbers in them, stable, and the rows given stay as they were", () => {
  const rows = [{ s: "item 10", i: 0 }, { s: "item 9", i: 1 }, { s: "item 9", i: 2 }];
  assert.deepEqual(sorted(rows, (r) => r.s, "ascending").map((r) => r.i), [1, 2, 0]);
  assert.deepEqual(rows.map((r) => r.i), [0, 1, 2]);
});

test("a filter wants all words, in any case and order", () => {
  const rows = ["GET /items", "POST /items", "GET /"];
  assert.deepEqual(matching(rows, (r) => r, "ITEMS get"), ["GET /items"]);
  assert.deepEqual(matching(rows, (r) => r, "  "), rows);
});

test("the worst generator comes first", () => {
  const good = { state: "running", missing_frames: 0, cpu_max: 0.2, delay_p99_ms: 1 };
  const busy = { ...good, cpu_max: 0.95 };
  const late = { ...good, delay_p99_ms: 50 };
  const patchy = { ...good, missing_frames: 2 };
  const lost = { ...good, state: "lost", cpu_max: null };
  assert.deepEqual(worstFirst([good, late, busy, patchy, lost]), [lost, patchy, busy, late, good]);
});
