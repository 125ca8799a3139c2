// What the live page's server sends: `GET /api/events`, `/api/chart`, `/api/tests`, `POST /api/plan`; in Rust
// `controller::view`.
// Times are milliseconds (`_ms`) or seconds since the test's start (`_s`), as in report.json.

export type State = "idle" | "preparing" | "running" | "stopping" | "ended";

/** Everything the live page shows; complete in itself. */
export interface View {
  state: State;
  /** What is being prepared, or why a run could not start. */
  message: string | null;
  run: Run | null;
  plan: Plan | null;
  elapsed_s: number;
  now: Now;
  totals: { requests: number; failures: number; dropped: number; exceptions: number };
  chart: Chart;
  transactions: Row[];
  aggregated: Row | null;
  failures: Failure[];
  more_failures: number;
  exceptions: Exception[];
  more_exceptions: number;
  regions: Region[];
  generators: Generator[];
  more_generators: number;
  coverage: { ratio: number | null; planned_s: number; covered_s: number } | null;
  cost_usd: number | null;
  thresholds: Threshold[];
  changes: Change[];
  /** The log, newest last. */
  notes: { at_s: number; text: string }[];
  verdict: Verdict | null;
  exit_code: number | null;
  files: { name: string; bytes: number }[];
}

export interface Run {
  id: string;
  test: string;
  description: string;
  environment: string;
  host: string | null;
  started_epoch_ms: number;
  folder: string;
  backend: Backend;
}

export type Backend = "local" | "lambda";

export interface Plan {
  duration_s: number;
  peak: number;
  clients: number;
  generators: number;
  intervals: number;
  cuts_s: number[];
  regions: string[];
  arrivals_per_s: number | null;
  curve: Curve;
  warnings: string[];
  expected_usd: number | null;
  at_most_usd: number | null;
}

export interface Now {
  second: number | null;
  users: number;
  requests_per_s: number;
  failures_per_s: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
}

/** A transaction. Rates are those of the last seconds. */
export interface Row {
  method: string;
  name: string;
  requests: number;
  failures: number;
  requests_per_s: number;
  failures_per_s: number;
  mean_ms: number | null;
  min_ms: number | null;
  max_ms: number | null;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  mean_bytes: number | null;
}

export interface Failure {
  method: string;
  name: string;
  reason: string;
  count: number;
  first_seen_epoch_ms: number;
  last_seen_epoch_ms: number;
}

export interface Exception {
  task: string;
  message: string;
  count: number;
  first_seen_epoch_ms: number;
  last_seen_epoch_ms: number;
}

export interface Region {
  region: string;
  generators: number;
  running: number;
  users: number;
  requests: number;
  failures: number;
  requests_per_s: number;
  failures_per_s: number;
  p50_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
}

export interface Generator {
  interval: number;
  region: string;
  share: number;
  attempt: number;
  state: "running" | "ended" | "lost";
  users: number;
  /** The busiest thread's part of its core, 0 to 1. */
  cpu: number | null;
  cpu_max: number | null;
  delay_p99_ms: number | null;
  frames: number;
  missing_frames: number;
  newest_s: number | null;
}

export interface Threshold {
  /** "overall", a transaction, or a pattern that matches none. */
  subject: string;
  metric: string;
  /** Such as "at most 300 ms". */
  limit: string;
  value: string | null;
  /** Unknown while nothing is measured; at the end that is crossed. */
  state: "passed" | "crossed" | "unknown";
  hint: string | null;
  abort: boolean;
}

export interface Change {
  at_s: number;
  clients: number;
  hatch_rate: number;
}

export interface Verdict {
  status: "valid" | "doubtful" | "invalid";
  reasons: string[];
}

/** Columns of equal length, a place for each bucket; a bucket of which nothing is known is absent. */
export interface Chart {
  from_s: number;
  to_s: number;
  width_s: number;
  /** Starts of the buckets. */
  seconds: number[];
  users: number[];
  planned: number[];
  requests_per_s: number[];
  failures_per_s: number[];
  dropped_per_s: number[];
  p50_ms: (number | null)[];
  p95_ms: (number | null)[];
  p99_ms: (number | null)[];
  max_ms: (number | null)[];
  busiest_thread: number[];
  delay_p99_ms: (number | null)[];
  /** Empty with one region. */
  regions: { region: string; users: number[]; requests_per_s: number[] }[];
}

/** A test that may be started; its settings as the profile has them. */
export interface Test {
  name: string;
  description: string;
  clients: string;
  hatch_rate: string;
  duration: string;
  host: string | null;
  backend: Backend;
  current: boolean;
  problem: string | null;
}

/** What to run: only what differs from the test's own settings. */
export interface Order {
  test: string;
  clients?: string;
  hatch_rate?: string;
  duration?: string;
  host?: string;
  backend?: Backend;
}

/** What was planned: points `[seconds, users]`, straight lines between them; with an arrival rate `[seconds, tasks per second]`. */
export type Curve = [number, number][];
