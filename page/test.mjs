// Runs the tests: those beside the sources, built first, and those in a browser. Arguments are files of test/ to run alone.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const built = `${root}node_modules/.cache/unit`;
const sources = readdirSync(`${root}src`, { recursive: true }).filter((name) => name.endsWith(".test.ts"));
await build({
  absWorkingDir: root,
  entryPoints: sources.map((name) => `src/${name}`),
  outdir: built,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  format: "esm",
  logLevel: "warning",
});
const browser = readdirSync(`${root}test`).filter((name) => name.endsWith(".test.mjs")).map((name) => `${root}test/${name}`);
const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : [...readdirSync(built).map((name) => `${built}/${name}`), ...browser];
const { status } = spawnSync(process.execPath, ["--test", "--test-concurrency=1", ...files], { stdio: "inherit" });
process.exit(status ?? 1);
