// What a chart over time shows, as data; the component draws any of them.
import type { Chart } from "../contract";
import * as format from "../pure/format";
import type { Values } from "../pure/series";

export interface Line {
  label: string;
  /** The name of a CSS variable. */
  colour: string;
  values: Values;
  /** For the readout. */
  format: (value: number | null) => string;
  /** Behind the others, filled: what was planned. */
  backdrop?: boolean;
  /** With an axis of its own, at the right. */
  right?: boolean;
  thin?: boolean;
}

export interface Spec {
  id: string;
  title: string;
  seconds: number[];
  width_s: number;
  lines: Line[];
  axis: (value: number) => string;
  rightAxis?: (value: number) => string;
  /** Whether only whole numbers have marks on its axis. */
  whole?: boolean;
  /** Fixed at its top, as 1 of a ratio. */
  top?: number;
  /** Whether a logarithmic scale makes sense. */
  logarithmic?: boolean;
}

const REGION_COLOURS = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6", "--c7", "--c8"];
const perSecond = (value: number | null) => (value === null ? format.rate(value) : `${format.rate(value)}/s`);

function base(chart: Chart) {
  return { seconds: chart.seconds, width_s: chart.width_s };
}

/** Users against the plan; `pool` with an arrival rate, where they only wait for arrivals. */
export function users(chart: Chart, pool = false): Spec {
  return {
    ...base(chart),
    id: "users",
    title: "Users",
    axis: format.short,
    whole: true,
    lines: [
      { label: pool ? "pool" : "planned", colour: "--planned", values: chart.planned, format: format.count, backdrop: true },
      { label: "users", colour: "--users", values: chart.users, format: format.count },
    ],
  };
}

export function throughput(chart: Chart): Spec {
  const dropped = chart.dropped_per_s.some((value) => value > 0);
  return {
    ...base(chart),
    id: "throughput",
    title: "Requests per second",
    axis: format.short,
    lines: [
      { label: "requests", colour: "--requests", values: chart.requests_per_s, format: perSecond },
      { label: "failures", colour: "--failures", values: chart.failures_per_s, format: perSecond },
      ...(dropped
        ? [{ label: "dropped arrivals", colour: "--dropped", values: chart.dropped_per_s, format: perSecond }]
        : []),
    ],
  };
}

export function latency(chart: Chart): Spec {
  return {
    ...base(chart),
    id: "latency",
    title: "Response times",
    axis: format.shortTime,
    logarithmic: true,
    lines: [
      { label: "max", colour: "--max", values: chart.max_ms, format: format.time, thin: true },
      { label: "p99", colour: "--p99", values: chart.p99_ms, format: format.time },
      { label: "p95", colour: "--p95", values: chart.p95_ms, format: format.time },
      { label: "p50", colour: "--p50", values: chart.p50_ms, format: format.time },
    ],
  };
}

/** Whether the generators themselves kept up. */
export function health(chart: Chart): Spec {
  return {
    ...base(chart),
    id: "health",
    title: "Load generators",
    axis: (value) => `${Math.round(value * 100)} %`,
    rightAxis: format.shortTime,
    top: 1,
    lines: [
      { label: "busiest thread", colour: "--cpu", values: chart.busiest_thread, format: format.percent },
      { label: "scheduling delay p99", colour: "--delay", values: chart.delay_p99_ms, format: format.time, right: true },
    ],
  };
}

/** Two more where the load comes from several regions. */
export function byRegion(chart: Chart): Spec[] {
  if (chart.regions.length < 2) return [];
  const lines = (values: (region: Chart["regions"][number]) => Values, as: Line["format"]): Line[] =>
    chart.regions.map((region, i) => ({
      label: region.region,
      colour: REGION_COLOURS[i % REGION_COLOURS.length],
      values: values(region),
      format: as,
    }));
  return [
    {
      ...base(chart),
      id: "region-users",
      title: "Users by region",
      axis: format.short,
      whole: true,
      lines: lines((region) => region.users, format.count),
    },
    {
      ...base(chart),
      id: "region-throughput",
      title: "Requests per second by region",
      axis: format.short,
      lines: lines((region) => region.requests_per_s, perSecond),
    },
  ];
}
