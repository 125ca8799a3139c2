import { useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Mark } from "../pure/marks";
import { closer, type Range } from "../pure/range";
import { latest as lastOf, nearest, withGaps, type Values } from "../pure/series";
import { ChartTable } from "./chart_table";
import { instantText, Legend, sentence } from "./legend";
import { Plot } from "./plot";
import type { Spec } from "./spec";
import { timeOptions, type Latest } from "./time_options";

/** What all charts of a run share. */
export interface Shared {
  range: [number, number];
  marks: Mark[];
  started_epoch_ms: number | null;
  /** Whether the newest figures are read out while no cursor is there. */
  live: boolean;
  onRange: (range: Range) => void;
  onPart: (from: number, to: number) => void;
  onReset: () => void;
}

const HEIGHT = 190;

/** Lines over the time of a run, with readout, zoom and a table in their stead. */
export function TimeChart({ spec, shared }: { spec: Spec; shared: Shared }) {
  const [log, setLog] = useState(false);
  const [table, setTable] = useState(false);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => initiallyHidden(spec));
  const [place, setPlace] = useState<number | null>(null);
  const plot = useRef<uPlot>(null);

  const data = useMemo(() => columns(spec, log), [spec, log]);
  const latest = useRef<Latest>(null!);
  latest.current = {
    range: shared.range,
    marks: shared.marks,
    onCursor: setPlace,
    onSelect: shared.onPart,
    onReset: shared.onReset,
  };
  const [seconds, ...values] = data as [number[], ...Values[]];
  const at = place !== null && place < seconds.length ? place : null;
  const readout = at !== null ? values.map((v) => v[at]) : shared.live ? values.map(lastOf) : null;
  const shape = [spec.id, log, ...spec.lines.map((line) => line.label), "-", ...hidden].join("|");

  return (
    <figure class="chart" data-chart={spec.id}>
      <figcaption>
        <h3>{spec.title}</h3>
        <span class="instant">{at !== null && instantText(seconds[at], shared.started_epoch_ms)}</span>
        <span class="controls">
          {spec.logarithmic && (
            <button type="button" class="small" aria-pressed={log} onClick={() => setLog(!log)}>
              Log scale
            </button>
          )}
          <button type="button" class="small" aria-pressed={table} onClick={() => setTable(!table)}>
            <span class="hidden">{spec.title}: show as </span>
            <span aria-hidden="true">{table ? "Chart" : "Table"}</span>
            <span class="hidden">table</span>
          </button>
        </span>
      </figcaption>
      <Legend
        lines={spec.lines}
        values={readout}
        hidden={hidden}
        onToggle={(label) => setHidden(toggled(hidden, label))}
      />
      {table ? (
        <ChartTable spec={spec} />
      ) : (
        <div
          class="canvas"
          role="slider"
          tabIndex={0}
          aria-label={label(spec)}
          aria-valuemin={Math.floor(shared.range[0])}
          aria-valuemax={Math.ceil(shared.range[1])}
          aria-valuenow={at !== null ? seconds[at] : (seconds.at(-1) ?? 0)}
          aria-valuetext={valueText(spec, seconds, values, at)}
          onKeyDown={(event) => onKey(event, plot.current, shared)}
          onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
        >
          <Plot
            shape={shape}
            data={data}
            height={HEIGHT}
            plot={plot}
            options={(colours) => timeOptions({ spec, log, hidden }, () => latest.current, colours)}
          />
          {spec.seconds.length === 0 && <p class="nothing">Nothing measured here yet</p>}
        </div>
      )}
    </figure>
  );
}

function columns(spec: Spec, log: boolean): uPlot.AlignedData {
  // A logarithm has no place for 0.
  const values = spec.lines.map((line) => (log ? line.values.map((v) => (v && v > 0 ? v : null)) : line.values));
  return withGaps(spec.seconds, values, spec.width_s) as uPlot.AlignedData;
}

function initiallyHidden(spec: Spec): ReadonlySet<string> {
  return new Set(spec.lines.filter((line) => line.thin).map((line) => line.label));
}

function toggled(set: ReadonlySet<string>, label: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(label)) next.add(label);
  return next;
}

function label(spec: Spec): string {
  const now = sentence(spec.lines, spec.lines.map((line) => [lastOf(line.values)]), 0);
  return `${spec.title} over time. Newest: ${now}. Arrow keys move the cursor, plus zooms in, Escape shows all.`;
}

function valueText(spec: Spec, seconds: number[], values: Values[], at: number | null): string {
  const place = at ?? seconds.length - 1;
  if (place < 0) return "nothing measured yet";
  return `${instantText(seconds[place], null)}: ${sentence(spec.lines, values, place)}`;
}

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };

function onKey(event: KeyboardEvent, plot: uPlot | null, shared: Shared): void {
  if (!plot) return;
  const seconds = plot.data[0];
  const [from, to] = shared.range;
  const now = plot.cursor.idx ?? nearest(seconds, to);
  if (now === null) return;
  if (event.key === "+" || event.key === "=") {
    const { from: low, to: high } = closer([from, to], seconds[now], 5) as { from: number; to: number };
    shared.onPart(low, high);
  } else if (event.key === "-") {
    shared.onReset();
  } else if (event.key in STEPS || event.key === "Home" || event.key === "End") {
    const next = { Home: nearest(seconds, from) ?? 0, End: nearest(seconds, to) ?? 0 }[event.key] ?? now + STEPS[event.key];
    const bounded = Math.min(Math.max(next, 0), seconds.length - 1);
    plot.setCursor({ left: plot.valToPos(seconds[bounded], "x"), top: 1 });
  } else {
    return;
  }
  event.preventDefault();
}
