// The report of a run that never was, and the page with it, as the programme puts it together.
import { readFile } from "node:fs/promises";
import { aggregated, chart, EVIL_NAMES, noise, PLAN, planned, REGIONS, transactions } from "./model.mjs";
import { ended, STARTED } from "./view.mjs";

const NAMES = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"];

/** The whole page with `data` in it. */
export async function reportPage(data) {
  const page = await readFile(new URL("../../dist/report.html", import.meta.url), "utf8");
  const json = JSON.stringify(data).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return page.replace("<!--DATA-->", () => `<script id="data" type="application/json">${json}</script>`);
}

/** Milliseconds at a percentile: a long tail. */
function tail(p50, percentile) {
  const nines = Math.log10(100 / (100 - Math.min(percentile, 99.9995)));
  return p50 * (0.35 + 0.62 * nines ** 1.15 + 0.22 * nines ** 2.6);
}

function latency(row) {
  return {
    count: row.requests,
    mean_ms: row.mean_ms,
    min_ms: row.min_ms,
    max_ms: row.max_ms,
    percentiles_ms: row.requests === 0 ? {} : Object.fromEntries(NAMES.map((name) => [name, tail(row.p50_ms, Number(name))])),
  };
}

function distribution(row) {
  const points = [];
  for (let nines = 0; nines < Math.log10(row.requests); nines += 0.04) {
    const percentile = 100 - 100 / 10 ** nines;
    points.push([percentile, tail(row.p50_ms, percentile), Math.round((row.requests * percentile) / 100)]);
  }
  points.push([100, row.max_ms, row.requests]);
  return { method: row.method, name: row.name, points };
}

function heat() {
  const rows_ms = Array.from({ length: 28 }, (_, i) => 2 * 1.33 ** i);
  const seconds = Array.from({ length: 120 }, (_, i) => i * 5).filter((s) => s !== 260);
  const counts = seconds.map((s) => {
    const slow = s > 330 && s < 380 ? 2.4 : 1;
    const centre = Math.log((20 + planned(s) * 0.05) * slow);
    return rows_ms.map((ms, row) => {
      const off = Math.log(ms) - centre;
      const body = planned(s) * 2 * Math.exp(-(off ** 2) * (off > 0 ? 1.6 : 9));
      return Math.floor(body + 0.7 * noise(s, row));
    });
  });
  return { width_s: 5, seconds, rows_ms, counts };
}

function transaction(row, i) {
  const phase = (part, share = 1) => ({ count: Math.round(row.requests * share), mean_ms: row.mean_ms * part, max_ms: row.max_ms * part });
  return {
    method: row.method,
    name: row.name,
    requests: row.requests,
    failures: row.failures,
    requests_per_s: row.requests / 600,
    failures_per_s: row.failures / 600,
    bytes: Math.round(row.requests * row.mean_bytes),
    statuses: row.failures > 0 ? { 200: row.requests - row.failures, 503: row.failures } : { 200: row.requests },
    latency: latency(row),
    phases: { connect: phase(0.4, 0.1), tls: phase(0.9, 0.1), sending: phase(0.02), waiting: phase(0.75 - i / 20), receiving: phase(0.08 + i / 20) },
  };
}

/** All of a report's data. */
export function reportData({ hostile = false } = {}) {
  const rows = transactions(600, hostile);
  const all = aggregated(rows);
  const view = ended({ elapsed: 600, hostile });
  const cost = { expected_usd: PLAN.expected_usd, at_most_usd: PLAN.at_most_usd };
  const lines = rows.map(transaction);
  return {
    report: {
      schema: "load-test/report/1",
      tool: { name: "load-test", version: "0.1.0" },
      run: {
        id: view.run.id,
        test: view.run.test,
        description: view.run.description,
        environment: view.run.environment,
        host: view.run.host,
        only: { user_classes: ["Shopper"], tags: [], exclude_tags: ["slow"] },
        apis: [{ name: "shop", version: "2.14.3" }, { name: hostile ? EVIL_NAMES[1] : "payments", version: null }],
        started: "2026-11-21T14:03:00Z",
        started_epoch_ms: STARTED,
        machine: "laptop",
      },
      plan: { ...PLAN, arrivals: null, stop_timeout_s: 10, seed: 7 },
      changes: [{ at_s: 300, clients: 440, hatch_rate: 2 }],
      end: { how: "completed", partial: true, messages: ["an invocation was throttled once", ...(hostile ? EVIL_NAMES : [])] },
      summary: {
        requests: all.requests, failures: all.failures, failure_ratio: all.failures / all.requests, checks: { passed: 237_000, failed: 500 },
        requests_per_s: all.requests / 600, failures_per_s: all.failures / 600, users_peak: 500, duration_s: 600.2,
        bytes: lines.reduce((sum, line) => sum + line.bytes, 0), exceptions: 3, dropped: 0, cut_off: 2, resent: 0, latency: latency(all),
      },
      transactions: lines,
      failures: view.failures,
      exceptions: view.exceptions,
      regions: view.regions.map((region, i) => ({
        region: region.region, generators: 3, requests: region.requests, failures: region.failures,
        requests_per_s: region.requests / 600, failures_per_s: region.failures / 600, start_skew_ms: i * 1.7,
        latency: latency({ ...rows[i], requests: region.requests }),
      })),
      cuts: PLAN.cuts_s.map((at_s, i) => ({
        interval: i + 1, at_s, gap_ms: 3.2 - 5 * i, least_gap_ms: -0.4 - i, gap_requests: 1.6 - 3 * i,
        continuing_users: 400 + 100 * i, late_users: i, latest_user_ms: 12.5 * i,
      })),
      coverage: {
        planned_s: 1800, covered_s: 1794, ratio: 1794 / 1800, doubled_s: 0,
        intervals: [0, 1, 2].flatMap((interval) => REGIONS.map((region, i) => {
          const short = interval === 1 && i === 1;
          return { interval, region, generators: 1, short_generators: Number(short), planned_s: 200, covered_s: short ? 194 : 200, ratio: short ? 0.97 : 1 };
        })),
      },
      generators: view.generators.map((g) => ({
        ...g, complete: g.state !== "lost", totals_equal: g.state === "lost" ? null : true, duplicate_frames: 0,
        load_from_s: g.interval * 200, load_to_s: (g.interval + 1) * 200, continuing_users: 0, late_users: 0, latest_user_ms: 0,
        cut_off: 0, resent: 0, stopped_early: false,
        cpu: { threads: 2, busiest_mean: g.cpu, busiest_max: g.cpu_max, seconds: 200, saturated_seconds: g.cpu_max > 0.9 ? 1 : 0 },
        delay: { count: 21_000, p50_ms: 0.2, p99_ms: g.delay_p99_ms, max_ms: g.delay_p99_ms * 4 },
      })),
      functions: {
        functions: 10, cold_starts: 9, throttled: 1, replacements: 1, handed_in: 0, max_memory_mb: 143,
        clock: { ahead_s: 0.012, error_s: 0.004 },
        cost: { ...cost, actual: { gb_seconds: 12_210, compute_usd: 0.2035, requests_usd: 0.000002, storage_usd: 0.0011, total_usd: 0.2046 }, estimated_functions: 1 },
      },
      verdict: view.verdict,
    },
    more_generators: 0,
    chart: chart(0, 600),
    heat: heat(),
    distributions: [distribution({ ...all, method: "" }), ...rows.map(distribution)],
    curve: PLAN.curve,
    thresholds: view.thresholds.map((t) => ({ ...t, state: t.value === null ? "crossed" : t.state, value: t.value ?? "2.9 s" })),
  };
}
