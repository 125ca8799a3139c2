import type uPlot from "uplot";
import { useMemo } from "preact/hooks";
import type { Curve } from "../contract";
import { clock, counted, duration, short } from "../pure/format";
import { TIME_STEPS, WHOLE_STEPS } from "../pure/ticks";
import { axis, Plot, type Colours } from "./plot";

interface Props {
  curve: Curve;
  duration_s: number;
  /** What the curve counts. */
  noun?: string;
}

/** What was planned over the time of a test. */
export function CurvePlot({ curve, duration_s, noun = "user" }: Props) {
  const data = useMemo<uPlot.AlignedData>(() => [curve.map(([s]) => s), curve.map(([, users]) => users)], [curve]);
  const peak = Math.max(0, ...curve.map(([, users]) => users));
  const options = (colours: Colours): Omit<uPlot.Options, "width" | "height"> => ({
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 20, 0, 0],
    scales: {
      x: { time: false, range: (u) => [0, Math.max(u.data[0].at(-1) ?? 0, 1)] },
      y: { range: (_, __, high) => [0, high ? high * 1.08 : 1] },
    },
    series: [
      {},
      { stroke: colours("--users"), fill: colours("--planned-fill"), width: 1.75, points: { show: false } },
    ],
    axes: [
      axis(colours, { size: 28, incrs: TIME_STEPS, space: 64, values: (_, at) => at.map(clock) }),
      axis(colours, { size: 54, space: 28, incrs: noun === "user" ? WHOLE_STEPS : undefined, values: (_, at) => at.map(short) }),
    ],
  });
  return (
    <div role="img" aria-label={`Planned ${noun}s over ${duration(duration_s)}, at most ${counted(peak, noun)}`}>
      <Plot shape="curve" data={data} height={180} options={options} />
    </div>
  );
}
