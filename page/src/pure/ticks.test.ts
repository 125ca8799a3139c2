import assert from "node:assert/strict";
import { test } from "node:test";
import { decades, fromNines, lastNine, nineNames, nines } from "./ticks";

test("each nine takes as much room, there and back", () => {
  assert.equal(nines(0), 0);
  [90, 99, 99.9, 99.99].forEach((p, i) => assert.ok(Math.abs(nines(p) - (i + 1)) < 1e-9));
  [0, 12.5, 50, 99.97].forEach((p) => assert.ok(Math.abs(fromNines(nines(p)) - p) < 1e-9));
  assert.equal(nines(100), Infinity);
});

test("the axis ends where the requests end", () => {
  assert.ok(lastNine(0) >= 1);
  assert.ok(lastNine(1000) > 3 && lastNine(1000) < 4);
});

test("nines are named first, and no name runs into another", () => {
  assert.deepEqual(nineNames(4.3, 0.1).map((n) => n.name), ["0", "50", "75", "90", "99", "99.9", "99.99"]);
  assert.deepEqual(nineNames(4.3, 0.8).map((n) => n.name), ["0", "90", "99", "99.9", "99.99"]);
});

test("decades hold all values, and are at least one", () => {
  assert.deepEqual(decades(3, 450), [1, 1000]);
  assert.deepEqual(decades(10, 10), [10, 100]);
  assert.deepEqual(decades(0, 0), [0.1, 1]);
});
