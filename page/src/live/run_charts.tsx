import { useState } from "preact/hooks";
import { Charts } from "../charts/charts";
import type { View } from "../contract";
import { marks } from "../pure/marks";
import { ALL, type Range } from "../pure/range";
import { useChart } from "./zoomed";

/** The charts of the run, all of it or a part. */
export function RunCharts({ view }: { view: View }) {
  const [range, setRange] = useState<Range>(ALL);
  const { chart, bounds } = useChart(view, range);
  return (
    <Charts
      chart={chart}
      range={range}
      bounds={bounds}
      length_s={view.chart.to_s - view.chart.from_s}
      marks={marks(view.plan?.cuts_s ?? [], view.changes)}
      started_epoch_ms={view.run?.started_epoch_ms ?? null}
      live={view.state !== "ended"}
      pool={view.plan?.arrivals_per_s != null}
      onRange={setRange}
    />
  );
}
