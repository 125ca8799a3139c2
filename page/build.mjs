// Builds dist/: the live page in three files and an icon, and the report in one. The same input gives the same bytes.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL(".", import.meta.url));
const dist = process.argv[2] ?? `${root}dist`;

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: { live: "src/live/live.tsx", report: "src/report/report.tsx" },
  outdir: dist,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  footer: { js: await licences(["preact", "uplot"]), css: await licences(["uplot"]) },
  logLevel: "warning",
});
await copyFile(`${root}src/live/live.html`, `${dist}/live.html`);
await copyFile(`${root}src/icon.svg`, `${dist}/icon.svg`);
await writeFile(`${dist}/report.html`, await report());
await Promise.all(["report.js", "report.css"].map((name) => rm(`${dist}/${name}`)));

/** Of what is bundled, as a comment: their own files carry none. */
async function licences(names) {
  const texts = names.map(async (name) => {
    const folder = `${root}node_modules/${name}`;
    const { version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
    return `${name} ${version}\n\n${(await readFile(`${folder}/LICENSE`, "utf8")).trim()}`;
  });
  return `/*!\n${(await Promise.all(texts)).join("\n\n")}\n*/`;
}

/** The report's page with script and style in it, and a policy that allows just these. */
async function report() {
  const page = await readFile(`${root}src/report/report.html`, "utf8");
  const script = await readFile(`${dist}/report.js`, "utf8");
  const style = await readFile(`${dist}/report.css`, "utf8");
  for (const [text, end] of [[script, /<\/script|<!--/i], [style, /<\/style/i]]) {
    if (end.test(text)) throw new Error(`what is put into the page must not hold ${end}`);
  }
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  const parts = { POLICY: policy, STYLE: style, SCRIPT: script };
  return page.replace(/%(POLICY|STYLE|SCRIPT)%/g, (_, name) => parts[name]);
}

function hash(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
