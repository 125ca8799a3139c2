import { useState } from "preact/hooks";
import { Charts } from "../charts/charts";
import { marks } from "../pure/marks";
import { ALL, shown, type Range } from "../pure/range";
import { sliced } from "../pure/series";
import type { ReportData } from "./contract";

/** The run over time; a zoom shows a part of what is in this file. */
export function ReportCharts({ data: { chart, report } }: { data: ReportData }) {
  const [range, setRange] = useState<Range>(ALL);
  const bounds = shown(range, chart.from_s, chart.to_s);
  return (
    <Charts
      chart={range.kind === "all" ? chart : sliced(chart, ...bounds)}
      range={range}
      bounds={bounds}
      length_s={0}
      marks={marks(report.cuts.map((cut) => cut.at_s), report.changes ?? [])}
      started_epoch_ms={report.run.started_epoch_ms}
      live={false}
      pool={report.plan.arrivals_per_s !== null}
      onRange={setRange}
    />
  );
}
