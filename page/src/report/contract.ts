// What the report shows: report.json (docs/report.md) without `series`, `hdr` and `thresholds`, and what was worked out from
// them; in Rust `controller::report::html`.
import type { Change, Chart, Curve, Threshold, Verdict } from "../contract";

export interface ReportData {
  report: Report;
  /** How many generators are left out of the report's. */
  more_generators: number;
  chart: Chart;
  heat: Heat;
  /** The first is the aggregated one, with method "". */
  distributions: Distribution[];
  curve: Curve;
  thresholds: Threshold[];
}

/** How many requests of a while took how long: a column for each while, in it a count for each row. */
export interface Heat {
  width_s: number;
  seconds: number[];
  /** The rows' lower bounds, ascending. */
  rows_ms: number[];
  counts: number[][];
}

export interface Distribution {
  method: string;
  name: string;
  /** `[percentile 0 to 100, milliseconds, requests up to there]` */
  points: [number, number, number][];
}

export interface Report {
  tool: { name: string; version: string };
  run: {
    id: string;
    test: string;
    description: string;
    environment: string;
    host: string | null;
    only: { user_classes: string[]; tags: string[]; exclude_tags: string[] };
    apis: { name: string; version: string | null }[];
    started: string;
    started_epoch_ms: number;
    machine: string;
  };
  plan: {
    clients: number;
    peak: number;
    arrivals: number | null;
    arrivals_per_s: number | null;
    duration_s: number;
    stop_timeout_s: number;
    seed: number;
    intervals: number;
    generators: number;
    regions: string[];
    warnings: string[];
  };
  /** How the users were changed while it ran. */
  changes?: Change[];
  end: { how: "completed" | "interrupted" | "aborted" | "failed" | "killed"; partial: boolean; messages: string[] };
  summary: Summary;
  transactions: Transaction[];
  failures: ReportFailure[];
  exceptions: ReportException[];
  regions: ReportRegion[];
  cuts: Cut[];
  coverage: Coverage;
  generators: ReportGenerator[];
  functions: Functions | null;
  /** What became of what listeners were told. */
  listeners?: Delivery[];
  verdict: Verdict;
}

export interface Delivery {
  listener: string;
  sent: number;
  lost: number;
  trouble: string | null;
}

export interface Latency {
  count: number;
  mean_ms: number | null;
  min_ms: number | null;
  max_ms: number | null;
  /** By name: "50", "99.9" */
  percentiles_ms: Record<string, number>;
}

export interface Summary {
  requests: number;
  failures: number;
  failure_ratio: number | null;
  /** Of requests of which something in particular was expected. */
  checks: { passed: number; failed: number };
  requests_per_s: number;
  failures_per_s: number;
  users_peak: number;
  duration_s: number;
  bytes: number;
  exceptions: number;
  dropped: number;
  cut_off: number;
  resent: number;
  latency: Latency;
}

export interface Transaction {
  method: string;
  name: string;
  requests: number;
  failures: number;
  requests_per_s: number;
  failures_per_s: number;
  bytes: number;
  statuses: Record<string, number>;
  latency: Latency;
  from_intended?: Latency;
  phases: Partial<Record<PhaseName, Phase>>;
  /** Of its requests whose traces were to be kept. */
  slowest_trace?: { elapsed_ms: number; trace: string };
}

export type PhaseName = "dns" | "connect" | "tls" | "sending" | "waiting" | "receiving";

export interface Phase {
  count: number;
  mean_ms: number | null;
  max_ms: number | null;
}

export interface ReportFailure {
  method: string;
  name: string;
  reason: string;
  count: number;
  first_seen_epoch_ms: number;
  last_seen_epoch_ms: number;
}

export interface ReportException {
  task: string;
  message: string;
  count: number;
  first_seen_epoch_ms: number;
  last_seen_epoch_ms: number;
}

export interface ReportRegion {
  region: string;
  generators: number;
  requests: number;
  failures: number;
  requests_per_s: number;
  failures_per_s: number;
  latency: Latency;
  start_skew_ms: number | null;
}

export interface Cut {
  interval: number;
  at_s: number;
  gap_ms: number | null;
  least_gap_ms: number | null;
  gap_requests: number | null;
  continuing_users: number;
  late_users: number;
  latest_user_ms: number;
}

export interface Coverage {
  planned_s: number;
  covered_s: number;
  ratio: number | null;
  doubled_s: number;
  intervals: {
    interval: number;
    region: string;
    generators: number;
    short_generators: number;
    planned_s: number;
    covered_s: number;
    ratio: number | null;
  }[];
}

export interface ReportGenerator {
  interval: number;
  region: string;
  share: number;
  attempt: number;
  complete: boolean;
  totals_equal: boolean | null;
  frames: number;
  missing_frames: number;
  duplicate_frames: number;
  load_from_s: number | null;
  load_to_s: number | null;
  users: number | null;
  stopped_early: boolean | null;
  cpu: {
    threads: number;
    busiest_mean: number | null;
    busiest_max: number | null;
    seconds: number;
    saturated_seconds: number;
  } | null;
  delay: { count: number; p50_ms: number | null; p99_ms: number | null; max_ms: number | null } | null;
}

export interface Functions {
  functions: number;
  cold_starts: number;
  throttled: number;
  replacements: number;
  handed_in: number;
  max_memory_mb: number | null;
  clock: { ahead_s: number; error_s: number } | null;
  cost: {
    expected_usd: number;
    at_most_usd: number;
    actual: {
      gb_seconds: number;
      compute_usd: number;
      requests_usd: number;
      storage_usd: number;
      total_usd: number;
    };
    estimated_functions: number;
  };
}
