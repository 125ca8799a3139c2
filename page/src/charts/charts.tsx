import { useEffect } from "preact/hooks";
import type { Chart } from "../contract";
import type { Mark } from "../pure/marks";
import { ALL, part, type Range } from "../pure/range";
import { RangeBar } from "./range_bar";
import { byRegion, health, latency, throughput, users } from "./spec";
import { TimeChart, type Shared } from "./time_chart";

interface Props {
  /** Of the range. */
  chart: Chart;
  range: Range;
  /** The seconds that the range means now. */
  bounds: [number, number];
  length_s: number;
  marks: Mark[];
  started_epoch_ms: number | null;
  live: boolean;
  pool: boolean;
  onRange: (range: Range) => void;
}

/** All charts of a run, with one cursor and one range. */
export function Charts(props: Props) {
  const { chart, range, bounds, onRange } = props;
  useEscape(range.kind !== "all", () => onRange(ALL));

  const shared: Shared = {
    range: bounds,
    marks: props.marks,
    started_epoch_ms: props.started_epoch_ms,
    live: props.live,
    onRange,
    onPart: (from, to) => onRange(part(from, to, Math.max(5, 2 * chart.width_s))),
    onReset: () => onRange(ALL),
  };
  const specs = [throughput(chart), latency(chart), users(chart, props.pool), health(chart), ...byRegion(chart)];
  return (
    <section class="charts" aria-label="Charts">
      <RangeBar range={range} length_s={props.length_s} onRange={onRange} />
      <div class="grid">
        {specs.map((spec) => (
          <TimeChart spec={spec} shared={shared} key={spec.id} />
        ))}
      </div>
    </section>
  );
}

/** Esc shows the whole run again, wherever the focus is; a dialog has it first. */
function useEscape(active: boolean, onEscape: () => void): void {
  useEffect(() => {
    if (!active) return;
    const listener = (event: KeyboardEvent) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) onEscape();
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [active, onEscape]);
}
