import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chart } from "../contract";
import { isolated, latest, nearest, sliced, spread, withGaps } from "./series";

test("a missing bucket breaks the line", () => {
  assert.deepEqual(withGaps([0, 5, 20], [[1, 2, 3], [null, 4, 5]], 5), [[0, 5, 10, 20], [1, 2, null, 3], [null, 4, null, 5]]);
});

test("a value between gaps is found, as no line shows it", () => {
  assert.deepEqual(isolated([1, null, 2, null, 3, 4, null, 5]), [0, 2, 7]);
});

test("a slice keeps every column in step, and the bucket that reaches into it", () => {
  const seconds = [0, 5, 10, 15, 20];
  const chart: Chart = {
    from_s: 0, to_s: 25, width_s: 5, seconds,
    users: seconds, planned: seconds, requests_per_s: seconds, failures_per_s: seconds, dropped_per_s: seconds,
    p50_ms: seconds, p95_ms: seconds, p99_ms: seconds, max_ms: seconds, busiest_thread: seconds, delay_p99_ms: seconds,
    regions: [{ region: "a", users: seconds, requests_per_s: seconds }],
  };
  const part = sliced(chart, 7, 15);
  assert.deepEqual(part.seconds, [5, 10, 15]);
  assert.deepEqual([part.from_s, part.to_s], [7, 15]);
  assert.deepEqual(part.p99_ms, part.seconds);
  assert.deepEqual(part.regions[0].users, part.seconds);
});

test("a spread has the ends, no more than wanted, and none twice", () => {
  assert.deepEqual(spread(3, 10), [0, 1, 2]);
  const some = spread(1000, 120);
  assert.equal(some.length, 120);
  assert.deepEqual([some[0], some.at(-1)], [0, 999]);
  assert.equal(new Set(some).size, 120);
});

test("the latest value and the nearest second", () => {
  assert.equal(latest([1, 2, null]), 2);
  assert.equal(latest([]), null);
  assert.equal(nearest([0, 10, 20, 30], 14), 1);
  assert.equal(nearest([0, 10, 20, 30], 16), 2);
  assert.equal(nearest([0, 10], 99), 1);
  assert.equal(nearest([], 1), null);
});
