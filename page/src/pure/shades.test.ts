import assert from "node:assert/strict";
import { test } from "node:test";
import { part, shade } from "./shades";

const lightness = ([r, g, b]: number[]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

test("more is always farther from the background", () => {
  for (const dark of [false, true]) {
    const steps = Array.from({ length: 21 }, (_, i) => lightness(shade(i / 20, dark)));
    steps.slice(1).forEach((step, i) => assert.ok(dark ? step > steps[i] : step < steps[i], `${dark} ${i}`));
  }
});

test("a single request is seen beside many", () => {
  assert.ok(part(1, 100_000) > 0.05);
  assert.equal(part(100_000, 100_000), 1);
  assert.equal(part(0, 10), 0);
  assert.equal(part(1, 1), 1);
});
