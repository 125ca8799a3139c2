import { Figure } from "../parts/figure";
import * as format from "../pure/format";
import type { ReportData } from "./contract";

/** The run in a row of figures. */
export function Summary({ data }: { data: ReportData }) {
  const { summary } = data.report;
  const { latency } = summary;
  const percentile = (name: string) => format.time(latency.percentiles_ms[name]);
  return (
    <dl class="figures" aria-label="Summary">
      <Figure label="Requests" value={format.count(summary.requests)} note={`${format.bytes(summary.bytes)} received`} />
      <Figure label="Requests/s" value={format.rate(summary.requests_per_s)} note={`over ${format.duration(summary.duration_s)}`} />
      <Figure
        label="Failed"
        value={format.percent(summary.failure_ratio)}
        tone={summary.failures > 0 ? "bad" : "plain"}
        note={format.counted(summary.failures, "request")}
      />
      <Figure label="p50" value={percentile("50")} note={`mean ${format.time(latency.mean_ms)}`} />
      <Figure label="p95" value={percentile("95")} />
      <Figure label="p99" value={percentile("99")} note={`max ${format.time(latency.max_ms)}`} />
      <Figure label="Users at the peak" value={format.count(summary.users_peak)} note={`of ${format.count(planned(data))} planned`} />
      {summary.checks.passed + summary.checks.failed > 0 && (
        <Figure
          label="Checks"
          value={format.percent(summary.checks.passed / (summary.checks.passed + summary.checks.failed))}
          tone={summary.checks.failed > 0 ? "bad" : "plain"}
          note={`${format.count(summary.checks.failed)} of ${format.count(summary.checks.passed + summary.checks.failed)} failed`}
        />
      )}
      {counted("Exceptions", summary.exceptions, "of tasks themselves")}
      {counted("Dropped arrivals", summary.dropped, "no user was idle")}
      {counted("Cut off", summary.cut_off, "outlasted the end")}
      {counted("Sent again", summary.resent, "on closed connections")}
    </dl>
  );
}

/** The most users that were wanted, changes while it ran included; the curve has those, unless it is one of arrivals. */
function planned({ report: { plan, changes = [] }, curve }: ReportData): number {
  const changed = plan.arrivals === null && changes.length > 0;
  return changed ? Math.max(0, ...curve.map(([, users]) => users)) : plan.peak;
}

function counted(label: string, value: number, note: string) {
  return value > 0 && <Figure label={label} value={format.count(value)} tone="warn" note={note} />;
}
