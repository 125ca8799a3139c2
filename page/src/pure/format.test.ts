import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "./format";

function table<T>(name: string, f: (value: T) => string, cases: [T, string][]): void {
  test(name, () => cases.forEach(([value, text]) => assert.equal(f(value), text)));
}

type Maybe = number | null;

table<Maybe>("counts have thousands", format.count, [[null, "–"], [0, "0"], [1234567, "1,234,567"], [NaN, "–"]]);
table<Maybe>("rates keep three figures", format.rate, [[0, "0"], [0.123, "0.12"], [12.34, "12.3"], [1234.5, "1,235"]]);
table<Maybe>("times of columns", format.ms, [[null, "–"], [0.4213, "0.42"], [4.213, "4.2"], [421.3, "421"], [42130, "42,130"]]);
table<Maybe>("times with units", format.time, [[4.2, "4.2 ms"], [9999, "9,999 ms"], [12340, "12.3 s"]]);
table<Maybe>("axes are short", format.short, [[0, "0"], [0.25, "0.25"], [400, "400"], [12500, "12.5k"], [3e6, "3M"], [2e9, "2G"]]);
table<Maybe>("times of axes", format.shortTime, [[0.5, "0.5 ms"], [141.147, "141 ms"], [7.8381, "7.84 ms"], [1250, "1.25 s"], [600000, "600 s"]]);
table<Maybe>("ratios are never rounded to nothing or all", format.percent, [
  [0, "0 %"], [0.00001, "< 0.1 %"], [0.1234, "12.3 %"], [0.99999, "> 99.9 %"], [1, "100 %"],
]);
table<Maybe>("bytes", format.bytes, [[999, "999 B"], [1400, "1.4 kB"], [999_960, "1.0 MB"], [2.5e9, "2.5 GB"], [3e15, "3,000.0 TB"]]);
table<Maybe>("dollars", format.usd, [[0, "$0.00"], [0.00001, "< $0.0001"], [0.0123, "$0.0123"], [1234.5, "$1,234.50"]]);
table<Maybe>("durations read as the profile writes them", format.duration, [
  [0, "0s"], [7.25, "7.3s"], [60, "1m"], [4800, "1h20m"], [3661, "1h1m1s"], [90000, "25h"],
]);
table<Maybe>("clocks", format.clock, [[0, "0:00"], [59.9, "0:59"], [750, "12:30"], [3750, "1:02:30"], [-3, "0:00"]]);

test("nouns agree with their number", () => {
  assert.equal(format.counted(1, "user"), "1 user");
  assert.equal(format.counted(1200, "user"), "1,200 users");
});
