import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL, closer, part, shown } from "./range";

test("a range means seconds of the run so far", () => {
  assert.deepEqual(shown(ALL, 0, 100), [0, 100]);
  assert.deepEqual(shown(ALL, 0, 0), [0, 1]);
  assert.deepEqual(shown(ALL, 0, 10, 30), [0, 30]);
  assert.deepEqual(shown({ kind: "last", seconds: 60 }, 0, 100), [40, 100]);
  assert.deepEqual(shown({ kind: "last", seconds: 60 }, 0, 30), [0, 30]);
  assert.deepEqual(shown({ kind: "part", from: 5, to: 9 }, 0, 100), [5, 9]);
});

test("a part may be drawn either way, and is never too short to show a line", () => {
  assert.deepEqual(part(20, 10, 5), { kind: "part", from: 10, to: 20 });
  assert.deepEqual(part(10, 11, 5), { kind: "part", from: 8, to: 13 });
  assert.deepEqual(part(0, 1, 5), { kind: "part", from: 0, to: 3 });
});

test("zooming in halves, around the cursor but within what is shown", () => {
  assert.deepEqual(closer([0, 100], 50, 5), { kind: "part", from: 25, to: 75 });
  assert.deepEqual(closer([0, 100], 99, 5), { kind: "part", from: 50, to: 100 });
});
