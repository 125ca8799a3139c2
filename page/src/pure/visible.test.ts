import assert from "node:assert/strict";
import { test } from "node:test";
import { visible } from "./visible";

test("what is not seen is written out", () => {
  assert.equal(visible("a\u202Egpj.exe\u0007"), "a\\u{202e}gpj.exe\\u{7}");
});

test("what is seen stays: letters of any direction, lines, emoji", () => {
  const text = "שלום مرحبا 👩‍💻\n\tnext";
  assert.equal(visible(text), text);
});
