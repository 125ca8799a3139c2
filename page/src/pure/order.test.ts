import assert from "node:assert/strict";
import { test } from "node:test";
import type { Test } from "../contract";
import { defaults, order } from "./order";

const shop: Test = {
  name: "shop", description: "", clients: "500", hatch_rate: "2", duration: "10m", host: null,
  backend: "local", current: true, problem: null,
};

test("nothing changed, nothing sent", () => {
  assert.deepEqual(order(shop, defaults(shop)), { test: "shop" });
  assert.deepEqual(order(shop, { ...defaults(shop), clients: " 500 " }), { test: "shop" });
});

test("what was changed is sent as it was typed", () => {
  const fields = { ...defaults(shop), duration: "1h20m", host: "http://x", backend: "lambda" as const };
  assert.deepEqual(order(shop, fields), { test: "shop", duration: "1h20m", host: "http://x", backend: "lambda" });
});
