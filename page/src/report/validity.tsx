import { Badge } from "../parts/badge";
import { Figure } from "../parts/figure";
import { More } from "../parts/more";
import { Name } from "../parts/name";
import { Table, type Column } from "../parts/table";
import * as format from "../pure/format";
import { sorted } from "../pure/sort";
import type { Coverage, Report, ReportGenerator } from "./contract";

type Interval = Coverage["intervals"][number];

const INTERVALS: Column<Interval>[] = [
  { id: "interval", label: "Interval", words: true, key: (i) => i.interval, cell: (i) => i.interval },
  { id: "region", label: "Region", words: true, key: (i) => i.region, cell: (i) => <Name text={i.region} /> },
  { id: "generators", label: "Generators", key: (i) => i.generators, cell: (i) => format.count(i.generators) },
  {
    id: "short",
    label: "Short ones",
    hint: "Those that lack more than 0.1 s of their load",
    key: (i) => i.short_generators,
    cell: (i) => format.count(i.short_generators),
    tone: (i) => (i.short_generators > 0 ? "bad" : undefined),
  },
  { id: "planned", label: "Planned", key: (i) => i.planned_s, cell: (i) => format.duration(i.planned_s) },
  { id: "covered", label: "Covered", key: (i) => i.covered_s, cell: (i) => format.duration(i.covered_s) },
  { id: "ratio", label: "Coverage", key: (i) => i.ratio, cell: (i) => format.percent(i.ratio) },
];

const GENERATORS: Column<ReportGenerator>[] = [
  {
    id: "which",
    label: "Generator",
    words: true,
    key: (g) => `${g.interval} ${g.region} ${g.share} ${g.attempt}`,
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
  {
    id: "complete",
    label: "State",
    words: true,
    key: (g) => Number(g.complete),
    cell: (g) => <Badge tone={g.complete ? "good" : "bad"} text={g.complete ? "complete" : "incomplete"} />,
  },
  { id: "totals", label: "Totals", words: true, cell: (g) => totals(g.totals_equal) },
  { id: "users", label: "Users", key: (g) => g.users, cell: (g) => format.count(g.users) },
  { id: "cpu", label: "CPU mean", key: (g) => g.cpu?.busiest_mean, cell: (g) => format.percent(g.cpu?.busiest_mean) },
  {
    id: "max",
    label: "CPU max",
    key: (g) => g.cpu?.busiest_max,
    cell: (g) => format.percent(g.cpu?.busiest_max),
    tone: (g) => ((g.cpu?.busiest_max ?? 0) >= 0.9 ? "bad" : undefined),
  },
  { id: "saturated", label: "Saturated s", key: (g) => g.cpu?.saturated_seconds, cell: (g) => format.count(g.cpu?.saturated_seconds) },
  { id: "delay", label: "Delay p99 ms", key: (g) => g.delay?.p99_ms, cell: (g) => format.ms(g.delay?.p99_ms) },
  { id: "latest", label: "Delay max ms", key: (g) => g.delay?.max_ms, cell: (g) => format.ms(g.delay?.max_ms) },
  { id: "frames", label: "Frames", key: (g) => g.frames, cell: (g) => format.count(g.frames) },
  {
    id: "missing",
    label: "Missing",
    key: (g) => g.missing_frames,
    cell: (g) => format.count(g.missing_frames),
    tone: (g) => (g.missing_frames > 0 ? "bad" : undefined),
  },
];

function totals(equal: boolean | null): string {
  if (equal === null) return "not told";
  return equal ? "equal" : "differ";
}

/** How much of the planned load was made, and how each generator fared. */
export function Validity({ report: { coverage, generators }, more }: { report: Report; more: number }) {
  const incompleteFirst = sorted(generators, (g) => Number(g.complete), "ascending");
  return (
    <div class="stack">
      <dl class="figures small">
        <Figure
          label="Coverage"
          value={format.percent(coverage.ratio)}
          note={`${format.duration(coverage.covered_s)} of ${format.duration(coverage.planned_s)} of load`}
        />
        <Figure label="Made twice" value={format.duration(coverage.doubled_s)} tone={coverage.doubled_s > 0 ? "warn" : "plain"} />
        <Figure label="Generators" value={format.count(generators.length + more)} />
      </dl>
      <Table
        caption="Coverage by interval and region"
        columns={INTERVALS}
        rows={coverage.intervals}
        identity={(i) => `${i.interval} ${i.region}`}
        empty="No load was planned."
      />
      <Table
        caption="Generators"
        columns={GENERATORS}
        rows={incompleteFirst}
        identity={(g) => `${g.interval} ${g.region} ${g.share} ${g.attempt}`}
        text={(g) => g.region}
        empty="No generator was started."
      />
      <More count={more} noun="generator" />
    </div>
  );
}
