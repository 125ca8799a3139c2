import assert from "node:assert/strict";
import { test } from "node:test";
import { marks } from "./marks";

test("cuts and changes stand in the order of their time, intervals counted from 0", () => {
  const found = marks([200, 400], [{ at_s: 300, clients: 1200, hatch_rate: 2 }]);
  assert.deepEqual(found.map((m) => [m.at_s, m.label]), [[200, "interval 1"], [300, "→ 1,200 users"], [400, "interval 2"]]);
});
