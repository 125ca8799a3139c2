import type { Generator, Region, View } from "../contract";
import { Badge } from "../parts/badge";
import { Figure, type Tone } from "../parts/figure";
import { More } from "../parts/more";
import { Name } from "../parts/name";
import { Table, type Column } from "../parts/table";
import * as format from "../pure/format";
import { worstFirst } from "../pure/sort";

const REGIONS: Column<Region>[] = [
  { id: "region", label: "Region", words: true, key: (r) => r.region, cell: (r) => <Name text={r.region} /> },
  { id: "running", label: "Running", key: (r) => r.running, cell: (r) => `${format.count(r.running)} of ${format.count(r.generators)}` },
  { id: "users", label: "Users", key: (r) => r.users, cell: (r) => format.count(r.users) },
  { id: "requests", label: "Requests", key: (r) => r.requests, cell: (r) => format.count(r.requests) },
  {
    id: "failures",
    label: "Failures",
    key: (r) => r.failures,
    cell: (r) => format.count(r.failures),
    tone: (r) => (r.failures > 0 ? "bad" : undefined),
  },
  { id: "rate", label: "Requests/s", key: (r) => r.requests_per_s, cell: (r) => format.rate(r.requests_per_s) },
  { id: "failing", label: "Failures/s", key: (r) => r.failures_per_s, cell: (r) => format.rate(r.failures_per_s) },
  { id: "p50", label: "p50 ms", key: (r) => r.p50_ms, cell: (r) => format.ms(r.p50_ms) },
  { id: "p95", label: "p95 ms", key: (r) => r.p95_ms, cell: (r) => format.ms(r.p95_ms) },
  { id: "p99", label: "p99 ms", key: (r) => r.p99_ms, cell: (r) => format.ms(r.p99_ms) },
];

const STATES: Record<Generator["state"], Tone> = { running: "good", ended: "plain", lost: "bad" };

const GENERATORS: Column<Generator>[] = [
  {
    id: "which",
    label: "Generator",
    words: true,
    key: (g) => `${g.interval} ${g.region} ${g.share}`,
    cell: (g) => (
      <span class="transaction">
        <Name text={g.region} />
        <span class="faint">
          interval {g.interval}, share {g.share}
          {g.attempt > 0 && ", replacement"}
        </span>
      </span>
    ),
  },
  { id: "state", label: "State", words: true, key: (g) => g.state, cell: (g) => <Badge tone={STATES[g.state]} text={g.state} /> },
  { id: "users", label: "Users", key: (g) => g.users, cell: (g) => format.count(g.users) },
  {
    id: "cpu",
    label: "CPU",
    hint: "The busiest thread's part of its core, on average",
    key: (g) => g.cpu,
    cell: (g) => format.percent(g.cpu),
  },
  {
    id: "cpu_max",
    label: "CPU max",
    hint: "The busiest thread's part of its core, in the worst second",
    key: (g) => g.cpu_max,
    cell: (g) => format.percent(g.cpu_max),
    tone: (g) => (g.cpu_max !== null && g.cpu_max >= 0.9 ? "bad" : undefined),
  },
  {
    id: "delay",
    label: "Delay p99 ms",
    hint: "By how much starts and ends of waits were late",
    key: (g) => g.delay_p99_ms,
    cell: (g) => format.ms(g.delay_p99_ms),
    tone: (g) => (g.delay_p99_ms !== null && g.delay_p99_ms > 10 ? "bad" : undefined),
  },
  { id: "frames", label: "Frames", key: (g) => g.frames, cell: (g) => format.count(g.frames) },
  {
    id: "missing",
    label: "Missing",
    key: (g) => g.missing_frames,
    cell: (g) => format.count(g.missing_frames),
    tone: (g) => (g.missing_frames > 0 ? "bad" : undefined),
  },
  { id: "newest", label: "Newest", hint: "The last second it told of", key: (g) => g.newest_s, cell: (g) => format.clock(g.newest_s) },
];

/** Who makes the load, from where, and whether they keep up. */
export function Functions({ view }: { view: View }) {
  return (
    <div class="stack">
      <Sums view={view} />
      {view.regions.length > 1 && (
        <Table caption="Regions" columns={REGIONS} rows={view.regions} identity={(r) => r.region} empty="" />
      )}
      <Table
        caption="Generators"
        columns={GENERATORS}
        rows={worstFirst(view.generators)}
        identity={(g) => `${g.interval} ${g.region} ${g.share} ${g.attempt}`}
        text={(g) => `${g.region} ${g.state}`}
        empty="The generators that make the load appear here with their first seconds, the worst off first."
      />
      <More count={view.more_generators} noun="generator" />
    </div>
  );
}

function Sums({ view: { coverage, cost_usd, plan, generators, more_generators } }: { view: View }) {
  const ratio = coverage?.ratio ?? null;
  return (
    <dl class="figures small">
      <Figure label="Generators" value={format.count(generators.length + more_generators)} note={plan && `${format.count(plan.generators)} planned`} />
      {coverage && (
        <Figure
          label="Coverage"
          value={format.percent(ratio)}
          tone={ratio !== null && ratio < 0.99 ? "warn" : "plain"}
          note={`${format.duration(coverage.covered_s)} of ${format.duration(coverage.planned_s)} of load`}
        />
      )}
      {cost_usd !== null && (
        <Figure
          label="Cost so far"
          value={format.usd(cost_usd)}
          note={plan?.at_most_usd != null && `at most ${format.usd(plan.at_most_usd)}`}
        />
      )}
    </dl>
  );
}
