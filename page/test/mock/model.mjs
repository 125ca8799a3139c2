// A load test that never was: everything the server would tell of it at any second, the same each time.

export const EVIL_NAMES = [
  "<script>window.evil = 1</script>",
  "\"><img src=x onerror=\"window.evil = 2\">",
  "\u202Egnp.elif\u202C/שלום/مرحبا",
  `/${"very-long-name-".repeat(700)}`,
  "",
  "=cmd|' /C calc'!A0",
];

export const REGIONS = ["eu-west-1", "us-east-1", "ap-south-1"];
const NAMES = [
  ["GET", "/"],
  ["GET", "/items"],
  ["GET", "/items/[id]"],
  ["POST", "/basket"],
  ["POST", "/checkout"],
  ["GET", "/account/orders"],
  ["TRANSACTION", "buy something"],
];

/** 0 to 1, always the same for the same place. */
export function noise(...place) {
  const x = Math.sin(place.reduce((sum, n, i) => sum + n * (12.9898 + i * 65.233), 0.5)) * 43758.5453;
  return x - Math.floor(x);
}

export const PLAN = {
  duration_s: 600,
  peak: 500,
  clients: 500,
  curve: [[0, 0], [250, 500], [600, 500]],
  generators: 9,
  intervals: 3,
  cuts_s: [200, 400],
  regions: REGIONS,
  arrivals_per_s: null,
  warnings: [],
  expected_usd: 0.4231,
  at_most_usd: 0.4912,
};

const HATCH_RATE = 2;

export function planned(s) {
  return Math.round(Math.min(PLAN.peak, s * HATCH_RATE));
}

/** What was measured in second `s`. */
export function second(s, clients = PLAN.peak) {
  const users = Math.max(0, Math.min(clients, s * HATCH_RATE) - Math.round(noise(s, 1) * 2));
  const stress = s > 330 && s < 380 ? 2.4 : 1;
  const rps = users * (0.95 + 0.1 * noise(s, 2)) * (stress > 1 ? 0.8 : 1);
  const p50 = (18 + users * 0.05 + noise(s, 3) * 4) * stress;
  return {
    users,
    planned: planned(s),
    requests_per_s: rps,
    failures_per_s: rps * (stress > 1 ? 0.06 : 0.004) * (0.4 + noise(s, 4)),
    dropped_per_s: 0,
    p50_ms: p50,
    p95_ms: p50 * (3.1 + noise(s, 5)),
    p99_ms: p50 * (6.5 + 3 * noise(s, 6)),
    max_ms: p50 * (14 + 40 * noise(s, 7) ** 3),
    busiest_thread: Math.min(0.97, 0.08 + users / 900 + 0.05 * noise(s, 8)),
    delay_p99_ms: 0.3 + users / 600 + 0.6 * noise(s, 9),
  };
}

const COLUMNS = Object.keys(second(0));

/** A chart of the whole seconds in `[from, to)`, in buckets of a width that keeps to `points`. */
export function chart(from, to, points = 600, clients = () => PLAN.peak) {
  const width = [1, 5, 15, 60, 300, 900, 3600].find((w) => (to - from) / w <= points) ?? 3600;
  const result = { from_s: from, to_s: to, width_s: width, seconds: [], regions: [] };
  COLUMNS.forEach((column) => (result[column] = []));
  for (let s = Math.floor(from / width) * width; s < to; s += width) {
    if (s >= 262 && s < 268 && width < 6) continue; // What nobody reported.
    result.seconds.push(s);
    const at = second(s, clients(s));
    COLUMNS.forEach((column) => result[column].push(at[column]));
  }
  result.regions = REGIONS.map((region, i) => ({
    region,
    users: result.users.map((users) => Math.round(users / 3)),
    requests_per_s: result.requests_per_s.map((rate, k) => (rate / 3) * (0.94 + 0.06 * i + 0.05 * noise(k, i))),
  }));
  return result;
}

/** Rows of the statistics at `elapsed`. */
export function transactions(elapsed, hostile) {
  const names = hostile ? [...NAMES, ...EVIL_NAMES.map((name) => ["GET", name])] : NAMES;
  const total = sum(elapsed);
  return names.map(([method, name], i) => {
    const part = (names.length - i) / ((names.length * (names.length + 1)) / 2);
    const now = second(Math.max(0, elapsed - 1));
    const p50 = now.p50_ms * (0.6 + 0.35 * i);
    const requests = Math.round(total * part);
    return {
      method,
      name,
      requests,
      failures: i % 3 === 1 ? Math.round(requests * 0.012) : 0,
      requests_per_s: now.requests_per_s * part,
      failures_per_s: i % 3 === 1 ? now.failures_per_s * part : 0,
      mean_ms: p50 * 1.4,
      min_ms: p50 * 0.21,
      max_ms: p50 * 28,
      p50_ms: p50,
      p95_ms: p50 * 3.4,
      p99_ms: p50 * 7.8,
      mean_bytes: 800 * (i + 1) ** 1.7,
    };
  });
}

export function aggregated(rows) {
  const of = (key) => rows.reduce((all, row) => all + row[key], 0);
  const { p50_ms, p95_ms, p99_ms, mean_ms } = rows[2];
  return {
    method: "",
    name: "Aggregated",
    requests: of("requests"),
    failures: of("failures"),
    requests_per_s: of("requests_per_s"),
    failures_per_s: of("failures_per_s"),
    mean_ms,
    min_ms: Math.min(...rows.map((row) => row.min_ms)),
    max_ms: Math.max(...rows.map((row) => row.max_ms)),
    p50_ms,
    p95_ms,
    p99_ms,
    mean_bytes: 4100,
  };
}

export function sum(elapsed) {
  const ramp = Math.min(elapsed, PLAN.peak / HATCH_RATE);
  return Math.round((ramp * ramp * HATCH_RATE) / 2 + Math.max(0, elapsed - ramp) * PLAN.peak);
}
