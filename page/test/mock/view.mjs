// The view that the server would send, made of the model.
import { aggregated, chart, EVIL_NAMES, PLAN, REGIONS, second, sum, transactions } from "./model.mjs";

export const STARTED = Date.UTC(2026, 10, 21, 14, 3, 0);

/** Before any run. */
export function idle(message = null) {
  return {
    state: "idle",
    message,
    run: null,
    plan: null,
    elapsed_s: 0,
    now: { second: null, users: 0, requests_per_s: 0, failures_per_s: 0, p50_ms: null, p95_ms: null, p99_ms: null },
    totals: { requests: 0, failures: 0, dropped: 0, exceptions: 0 },
    chart: { ...chart(0, 0), regions: [] },
    transactions: [],
    aggregated: null,
    failures: [],
    more_failures: 0,
    exceptions: [],
    more_exceptions: 0,
    regions: [],
    generators: [],
    more_generators: 0,
    coverage: null,
    cost_usd: null,
    thresholds: [],
    changes: [],
    notes: [],
    verdict: null,
    exit_code: null,
    files: [],
  };
}

/** Of a run that is `elapsed` seconds old. */
export function running({ elapsed, state = "running", changes = [], hostile = false, host = "https://shop.example" }) {
  const s = Math.max(0, Math.floor(elapsed) - 1);
  const clients = (at) => changes.findLast((change) => change.at_s <= at)?.clients ?? PLAN.peak;
  const now = second(s, clients(s));
  const rows = elapsed < 2 ? [] : transactions(elapsed, hostile);
  const { users, requests_per_s, failures_per_s, p50_ms, p95_ms, p99_ms } = now;
  const whole = chart(0, Math.floor(elapsed), 600, clients);
  return {
    ...idle(),
    state,
    run: {
      id: "2026-11-21T14-03-00Z-88bad9b2",
      test: hostile ? EVIL_NAMES[0] : "shop",
      description: "Browses the shop, fills a basket, and buys now and then",
      environment: "staging",
      host: hostile ? `https://\u202E${"x".repeat(3000)}.example` : host,
      started_epoch_ms: STARTED,
      folder: "results/shop/2026-11-21T14-03-00Z",
      backend: "lambda",
    },
    plan: PLAN,
    elapsed_s: elapsed,
    now: { second: s, users, requests_per_s, failures_per_s, p50_ms, p95_ms, p99_ms },
    totals: { requests: sum(elapsed), failures: Math.round(sum(elapsed) * 0.0043), dropped: 0, exceptions: 3 },
    chart: whole,
    transactions: rows,
    aggregated: rows.length > 0 ? aggregated(rows) : null,
    failures: failures(elapsed, hostile),
    more_failures: hostile ? 12 : 0,
    exceptions: [
      { task: "Shopper.buy", message: "no item in the list is for sale", count: 3, ...seen(elapsed) },
      ...(hostile ? EVIL_NAMES.map((text) => ({ task: text, message: text, count: 1, ...seen(elapsed) })) : []),
    ],
    regions: REGIONS.map((region, i) => ({
      region: hostile && i === 1 ? EVIL_NAMES[2] : region,
      generators: 3,
      running: 1,
      users: Math.round(users / 3),
      requests: Math.round(sum(elapsed) / 3),
      failures: 100 * i,
      requests_per_s: requests_per_s / 3,
      failures_per_s: failures_per_s / 3,
      p50_ms: p50_ms * (1 + i / 2),
      p95_ms: p95_ms * (1 + i / 2),
      p99_ms: p99_ms * (1 + i / 2),
    })),
    generators: generators(elapsed),
    coverage: { ratio: 0.998, planned_s: elapsed * 3, covered_s: elapsed * 3 * 0.998 },
    cost_usd: 0.4231 * (elapsed / PLAN.duration_s),
    thresholds: [
      { subject: "overall", metric: "p95", limit: "at most 500 ms", value: `${Math.round(p95_ms)} ms`, state: p95_ms < 500 ? "passed" : "crossed", abort: false },
      { subject: "overall", metric: "failures", limit: "at most 1 %", value: "0.4 %", state: "passed", abort: true },
      { subject: hostile ? EVIL_NAMES[3] : "POST /checkout", metric: "p99", limit: "at most 2 s", value: null, state: "unknown", abort: false },
    ],
    changes,
    notes: [
      { at_s: 0, text: "9 functions were invoked in 3 regions" },
      { at_s: 0, text: "the load begins" },
      ...(hostile ? EVIL_NAMES.slice(0, 4).map((text) => ({ at_s: 1, text })) : []),
      ...changes.map((change) => ({ at_s: change.at_s, text: `${change.clients} users from here on` })),
      ...PLAN.cuts_s.filter((cut) => cut < elapsed).map((cut, i) => ({ at_s: cut, text: `interval ${i + 2} takes over` })),
    ],
  };
}

/** Of a run that is over. */
export function ended(options) {
  return {
    ...running({ ...options, state: "ended" }),
    verdict: {
      status: "doubtful",
      reasons: [
        "in 1 of 9 generators a thread was at 97 % of its core in a single second (interval 2, us-east-1, share 0)",
        "6 seconds of frames are missing, from 4:22 on",
      ],
    },
    exit_code: 0,
    files: [
      { name: "report.html", bytes: 412_345 },
      { name: "report.json", bytes: 182_345 },
      { name: "shop_stats.csv", bytes: 2_345 },
      ...(options.hostile ? [{ name: "a b?#&<script>.csv", bytes: 12 }] : []),
    ],
  };
}

function seen(elapsed) {
  return { first_seen_epoch_ms: STARTED + 12_000, last_seen_epoch_ms: STARTED + elapsed * 1000 };
}

function failures(elapsed, hostile) {
  if (elapsed < 10) return [];
  const rows = [
    { method: "POST", name: "/checkout", reason: "status 503, expected 200", count: Math.round(elapsed * 0.9), ...seen(elapsed) },
    { method: "GET", name: "/items/[id]", reason: "timed out after 10 s", count: Math.round(elapsed / 7), ...seen(elapsed) },
    { method: "GET", name: "/items", reason: "connection refused", count: 4, ...seen(elapsed) },
  ];
  return hostile ? [...rows, ...EVIL_NAMES.map((text) => ({ method: text.slice(0, 60), name: text, reason: text, count: 2, ...seen(elapsed) }))] : rows;
}

function generators(elapsed) {
  return [0, 1, 2].flatMap((interval) =>
    REGIONS.map((region, share) => ({
      interval,
      region,
      share,
      attempt: interval === 0 && share === 2 ? 1 : 0,
      state: elapsed > (interval + 1) * 200 ? "ended" : interval === 1 && share === 1 && elapsed > 262 ? "lost" : "running",
      users: 167,
      cpu: 0.31 + share / 10,
      cpu_max: interval === 1 && share === 1 ? 0.97 : 0.5,
      delay_p99_ms: 0.9 + share,
      frames: Math.min(200, Math.max(0, Math.floor(elapsed - interval * 200))),
      missing_frames: interval === 1 && share === 1 && elapsed > 268 ? 6 : 0,
      newest_s: Math.min(elapsed, (interval + 1) * 200) - 1,
    })).filter(() => elapsed > interval * 200),
  );
}
