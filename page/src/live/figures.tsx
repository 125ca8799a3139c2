import type { View } from "../contract";
import { Figure } from "../parts/figure";
import * as format from "../pure/format";

/** The run in a row of figures: its last seconds while it runs, all of it when it has ended. */
export function Figures({ view }: { view: View }) {
  const { totals, plan, state } = view;
  return (
    <dl class="figures" aria-label="Key figures">
      {state === "ended" ? <Whole view={view} /> : <LastSeconds view={view} />}
      {totals.dropped > 0 && (
        <Figure label="Dropped arrivals" value={format.count(totals.dropped)} tone="warn" note="no user was idle" />
      )}
      {view.cost_usd !== null && (
        <Figure
          label={state === "ended" ? "Cost" : "Cost so far"}
          value={format.usd(view.cost_usd)}
          note={plan?.expected_usd != null && `of ${format.usd(plan.expected_usd)} expected`}
        />
      )}
      <Thresholds view={view} />
    </dl>
  );
}

function LastSeconds({ view }: { view: View }) {
  const { now, totals, plan } = view;
  return (
    <>
      <Figure label="Users" value={format.count(now.users)} note={plan && `of ${format.count(plan.peak)} at the peak`} />
      <Figure label="Requests/s" value={format.rate(now.requests_per_s)} note={`${format.count(totals.requests)} in all`} />
      <Figure
        label="Failures/s"
        value={format.rate(now.failures_per_s)}
        tone={now.failures_per_s > 0 ? "bad" : "plain"}
        note={totals.requests > 0 && `${format.percent(totals.failures / totals.requests)} in all`}
      />
      <Figure label="p50" value={format.time(now.p50_ms)} note={inAll(view.aggregated?.p50_ms)} />
      <Figure label="p95" value={format.time(now.p95_ms)} note={inAll(view.aggregated?.p95_ms)} />
      <Figure label="p99" value={format.time(now.p99_ms)} note={inAll(view.aggregated?.p99_ms)} />
    </>
  );
}

function Whole({ view }: { view: View }) {
  const { totals, aggregated, plan, chart } = view;
  const peak = Math.max(0, ...chart.users);
  return (
    <>
      <Figure label="Users at the peak" value={format.count(peak)} note={plan && `of ${format.count(plan.peak)} planned`} />
      <Figure
        label="Requests"
        value={format.count(totals.requests)}
        note={aggregated && `${format.rate(aggregated.requests_per_s)}/s`}
      />
      <Figure
        label="Failed"
        value={format.percent(totals.requests > 0 ? totals.failures / totals.requests : null)}
        tone={totals.failures > 0 ? "bad" : "plain"}
        note={format.counted(totals.failures, "request")}
      />
      <Figure label="p50" value={format.time(aggregated?.p50_ms)} />
      <Figure label="p95" value={format.time(aggregated?.p95_ms)} />
      <Figure label="p99" value={format.time(aggregated?.p99_ms)} note={aggregated && `max ${format.time(aggregated.max_ms)}`} />
    </>
  );
}

function inAll(ms: number | null | undefined): string | null {
  return ms == null ? null : `${format.time(ms)} in all`;
}

function Thresholds({ view: { thresholds } }: { view: View }) {
  if (thresholds.length === 0) return null;
  const crossed = thresholds.filter((t) => t.state === "crossed").length;
  const unknown = thresholds.filter((t) => t.state === "unknown").length;
  if (crossed > 0) {
    return <Figure label="Thresholds" value={`${crossed} crossed`} tone="bad" note={`of ${thresholds.length}`} />;
  }
  const passed = thresholds.length - unknown;
  return (
    <Figure
      label="Thresholds"
      value={`${passed} passed`}
      tone={unknown === 0 ? "good" : "plain"}
      note={unknown > 0 ? `${unknown} not known yet` : `of ${thresholds.length}`}
    />
  );
}
