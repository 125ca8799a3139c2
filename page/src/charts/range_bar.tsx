import { clock } from "../pure/format";
import { ALL, type Range } from "../pure/range";

interface Props {
  range: Range;
  /** How long the run is now; shorter choices are offered. */
  length_s: number;
  onRange: (range: Range) => void;
}

const LASTS: [string, number][] = [["Last minute", 60], ["5 min", 300], ["15 min", 900]];

/** Which part of the run the charts show. */
export function RangeBar({ range, length_s, onRange }: Props) {
  const offered = LASTS.filter(([, seconds]) => seconds < length_s);
  return (
    <div class="range controls" role="group" aria-label="Part of the run that the charts show">
      <button type="button" class="small" aria-pressed={range.kind === "all"} onClick={() => onRange(ALL)}>
        Whole run
      </button>
      {offered.map(([label, seconds]) => (
        <button
          type="button"
          class="small"
          key={seconds}
          aria-pressed={range.kind === "last" && range.seconds === seconds}
          onClick={() => onRange({ kind: "last", seconds })}
        >
          {label}
        </button>
      ))}
      {range.kind === "part" ? (
        <button type="button" class="small" aria-pressed={true} data-zoomed onClick={() => onRange(ALL)}>
          {clock(range.from)} to {clock(range.to)} <span aria-hidden="true">✕</span>
          <span class="hidden"> reset zoom</span>
        </button>
      ) : (
        <span class="faint hint">drag in a chart to zoom</span>
      )}
    </div>
  );
}
