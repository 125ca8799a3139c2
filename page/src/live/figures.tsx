import type { View } from "../contract";
import { Figure } from "../parts/figure";
import * as format from "../pure/format";

/** The state of the run in a row of figures: the last seconds, and all of it in the notes. */
export function Figures({ view }: { view: View }) {
  const { now, totals, plan } = view;
  const ratio = totals.requests > 0 ? totals.failures / totals.requests : null;
  return (
    <dl class="figures" aria-label="Key figures">
      <Figure label="Users" value={format.count(now.users)} note={plan && `of ${format.count(plan.peak)} at the peak`} />
      <Figure label="Requests/s" value={format.rate(now.requests_per_s)} note={`${format.count(totals.requests)} in all`} />
      <Figure
        label="Failures/s"
        value={format.rate(now.failures_per_s)}
        tone={now.failures_per_s > 0 ? "bad" : "plain"}
        note={ratio === null ? null : `${format.percent(ratio)} in all`}
      />
      <Figure label="p50" value={format.time(now.p50_ms)} note={inAll(view.aggregated?.p50_ms)} />
      <Figure label="p95" value={format.time(now.p95_ms)} note={inAll(view.aggregated?.p95_ms)} />
      <Figure label="p99" value={format.time(now.p99_ms)} note={inAll(view.aggregated?.p99_ms)} />
      {totals.dropped > 0 && (
        <Figure label="Dropped arrivals" value={format.count(totals.dropped)} tone="warn" note="no user was idle" />
      )}
      {view.cost_usd !== null && (
        <Figure
          label="Cost so far"
          value={format.usd(view.cost_usd)}
          note={plan?.expected_usd != null && `of ${format.usd(plan.expected_usd)} expected`}
        />
      )}
      <Thresholds view={view} />
    </dl>
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
