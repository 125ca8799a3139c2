// How uPlot draws a chart over time.
import uPlot from "uplot";
import { clock } from "../pure/format";
import type { Mark } from "../pure/marks";
import { isolated } from "../pure/series";
import { decades, TIME_STEPS, WHOLE_STEPS } from "../pure/ticks";
import { marking } from "./marking";
import { axis, type Colours } from "./plot";
import type { Line, Spec } from "./spec";

/** What changes without the chart being made anew. */
export interface Latest {
  range: [number, number];
  marks: Mark[];
  onCursor: (place: number | null) => void;
  onSelect: (from: number, to: number) => void;
  onReset: () => void;
}

export interface Shape {
  spec: Spec;
  log: boolean;
  hidden: ReadonlySet<string>;
}

export function timeOptions({ spec, log, hidden }: Shape, latest: () => Latest, colours: Colours) {
  const right = spec.rightAxis !== undefined;
  const options: Omit<uPlot.Options, "width" | "height"> = {
    legend: { show: false },
    padding: [16, right ? 0 : 18, 0, 0],
    scales: {
      x: { time: false, range: () => latest().range },
      y: { distr: log ? 3 : 1, range: (_, low, high) => vertical(low, high, log, spec.top) },
      right: { range: (_, low, high) => vertical(low, high, false) },
    },
    series: [{}, ...spec.lines.map((line) => series(line, !hidden.has(line.label), colours))],
    axes: [
      axis(colours, { size: 28, incrs: TIME_STEPS, space: 64, values: (_, at) => at.map(clock) }),
      leftAxis(spec, colours),
      ...(right ? [rightAxis(spec, colours)] : []),
    ],
    cursor: cursor(latest, colours),
    hooks: {
      setCursor: [(u) => latest().onCursor(u.cursor.idx ?? null)],
      setSelect: [(u) => selected(u, latest())],
    },
    plugins: [marking(() => latest().marks, colours)],
  };
  return options;
}

function vertical(low: number | null, high: number | null, log: boolean, top?: number): [number, number] {
  if (log) return decades(low ?? 0, high ?? 0);
  if (top !== undefined) return [0, Math.max(top, high ?? 0)];
  return [0, high ? high * 1.08 : 1];
}

function series(line: Line, show: boolean, colours: Colours): uPlot.Series {
  const stroke = colours(line.colour);
  return {
    label: line.label,
    show,
    scale: line.right ? "right" : "y",
    stroke,
    width: line.thin || line.backdrop ? 1 : 1.75,
    fill: line.backdrop ? colours("--planned-fill") : undefined,
    points: { show: false, size: 4, fill: stroke, filter: (u, i) => isolated(u.data[i]) },
  };
}

function leftAxis(spec: Spec, colours: Colours): uPlot.Axis {
  return axis(colours, {
    size: 54,
    space: 28,
    incrs: spec.whole ? WHOLE_STEPS : undefined,
    values: (_, at) => at.map((v) => (v == null ? "" : spec.axis(v))),
  });
}

function rightAxis(spec: Spec, colours: Colours): uPlot.Axis {
  return axis(colours, {
    scale: "right",
    side: 1,
    size: 54,
    space: 28,
    grid: { show: false },
    values: (_, at) => at.map((v) => (v == null ? "" : spec.rightAxis!(v))),
  });
}

function cursor(latest: () => Latest, colours: Colours): uPlot.Cursor {
  return {
    y: false,
    points: { size: 10, width: 2, stroke: () => colours("--surface") },
    drag: { x: true, y: false, setScale: false, dist: 5 },
    // Only where the pointer is goes to the other charts, not what it does there.
    sync: {
      key: "run",
      setSeries: false,
      scales: ["x", null],
      filters: { pub: (type) => type === "mousemove" || type === "mouseleave" },
    },
    bind: {
      dblclick: () => () => {
        latest().onReset();
        return null;
      },
    },
  };
}

function selected(u: uPlot, { onSelect }: Latest): void {
  const { left, width } = u.select;
  if (width <= 0) return;
  onSelect(u.posToVal(left, "x"), u.posToVal(left + width, "x"));
  u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
}
