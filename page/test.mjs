// Runs the tests: those beside the sources, built first, and those in a browser, of which test/real needs the programme
// itself (cargo build). Arguments are files of test/ to run alone.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launch } from "./test/support/browser.mjs";

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
const pages = readdirSync(`${root}test`, { recursive: true }).filter((name) => name.endsWith(".test.mjs")).map((name) => `${root}test/${name}`);
const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : [...readdirSync(built).map((name) => `${built}/${name}`), ...pages];

// Starting a browser takes longer than most tests: they share one.
const browser = await launch();
const env = { ...process.env, BROWSER_ENDPOINT: browser.wsEndpoint() };
const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files], { stdio: "inherit", env });
const [status] = await once(tests, "close");
await browser.close();
process.exit(status ?? 1);
