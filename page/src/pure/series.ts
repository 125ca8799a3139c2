// Columns of a chart, as uPlot and tables want them.
import type { Chart } from "../contract";

export type Values = (number | null)[];

/** Where rows are missing, one of nulls is put in, so that no line is drawn across. */
export function withGaps(seconds: number[], columns: Values[], width_s: number): [number[], ...Values[]] {
  const xs: number[] = [];
  const ys: Values[] = columns.map(() => []);
  seconds.forEach((second, i) => {
    if (i > 0 && second - seconds[i - 1] > width_s * 1.5) {
      xs.push(seconds[i - 1] + width_s);
      ys.forEach((y) => y.push(null));
    }
    xs.push(second);
    ys.forEach((y, column) => y.push(columns[column][i] ?? null));
  });
  return [xs, ...ys];
}

/** Places of values with neither neighbour: a line would not show them. */
export function isolated(values: ArrayLike<number | null | undefined>): number[] {
  const found: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) found.push(i);
  }
  return found;
}

/** The chart's buckets of which some part lies in `[from, to]`. */
export function sliced(chart: Chart, from: number, to: number): Chart {
  const places = chart.seconds.flatMap((s, i) => (s + chart.width_s > from && s <= to ? [i] : []));
  const pick = <T>(values: T[]): T[] => places.map((i) => values[i]);
  return {
    from_s: Math.max(from, chart.from_s),
    to_s: Math.min(to, chart.to_s),
    width_s: chart.width_s,
    seconds: pick(chart.seconds),
    users: pick(chart.users),
    planned: pick(chart.planned),
    requests_per_s: pick(chart.requests_per_s),
    failures_per_s: pick(chart.failures_per_s),
    dropped_per_s: pick(chart.dropped_per_s),
    p50_ms: pick(chart.p50_ms),
    p95_ms: pick(chart.p95_ms),
    p99_ms: pick(chart.p99_ms),
    max_ms: pick(chart.max_ms),
    busiest_thread: pick(chart.busiest_thread),
    delay_p99_ms: pick(chart.delay_p99_ms),
    regions: chart.regions.map((r) => ({
      region: r.region,
      users: pick(r.users),
      requests_per_s: pick(r.requests_per_s),
    })),
  };
}

/** At most `most` places of `length`, evenly spread, with the first and the last. */
export function spread(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)));
}

/** The last value there is. */
export function latest(values: Values): number | null {
  return values.findLast((value) => value != null) ?? null;
}

/** The place whose second is nearest, by bisection; `null` of none. */
export function nearest(seconds: ArrayLike<number>, wanted: number): number | null {
  if (seconds.length === 0) return null;
  let [low, high] = [0, seconds.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (seconds[middle] <= wanted) low = middle;
    else high = middle;
  }
  return wanted - seconds[low] <= seconds[high] - wanted ? low : high;
}
