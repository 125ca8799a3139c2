import { clock, timeOfDay } from "../pure/format";
import { visible } from "../pure/visible";
import type { Values } from "../pure/series";
import type { Line } from "./spec";

interface Props {
  lines: Line[];
  /** What is read out of each line; without, only names are shown. */
  values: (number | null)[] | null;
  hidden: ReadonlySet<string>;
  onToggle: (label: string) => void;
}

/** The lines' names and figures; a click hides a line. */
export function Legend({ lines, values, hidden, onToggle }: Props) {
  return (
    <div class="legend">
      {lines.map((line, i) => (
        <button type="button" key={line.label} aria-pressed={!hidden.has(line.label)} onClick={() => onToggle(line.label)}>
          <span class={line.backdrop ? "swatch backdrop" : "swatch"} style={{ background: `var(${line.colour})` }} />
          <bdi class="name line">{visible(line.label)}</bdi>
          {values && <b>{line.format(values[i])}</b>}
        </button>
      ))}
    </div>
  );
}

/** Where the cursor is: since the start, and by the reader's clock. */
export function instantText(second: number, started_epoch_ms: number | null): string {
  if (started_epoch_ms === null) return clock(second);
  return `${clock(second)} · ${timeOfDay(started_epoch_ms + second * 1000)}`;
}

/** All lines at one place, in words. */
export function sentence(lines: Line[], columns: Values[], place: number): string {
  return lines.map((line, i) => `${line.label} ${line.format(columns[i][place] ?? null)}`).join(", ");
}
