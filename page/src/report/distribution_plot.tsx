import { useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { axis, Plot, type Colours } from "../charts/plot";
import { Empty } from "../parts/empty";
import { transactionText } from "../parts/name";
import { count, shortTime, time } from "../pure/format";
import { decades, fromNines, lastNine, nineNames, nines } from "../pure/ticks";
import type { Distribution } from "./contract";

/** Every percentile on HdrHistogram's axis, where each nine takes as much room. */
export function DistributionPlot({ distributions }: { distributions: Distribution[] }) {
  const [chosen, setChosen] = useState(1);
  const [log, setLog] = useState(false);
  if (distributions.length === 0 || distributions[0].points.length === 0) return <Empty>No request was made.</Empty>;
  const compared = distributions.length > 1 ? distributions[chosen] : null;
  return (
    <div class="distribution">
      <div class="row controls">
        {distributions.length > 1 && (
          <label class="inline">
            Compare with{" "}
            <select value={chosen} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
              {distributions.slice(1).map((d, i) => (
                <option value={i + 1} key={i}>
                  {transactionText(d.method, d.name).slice(0, 90)}
                </option>
              ))}
            </select>
          </label>
        )}
        <button type="button" class="small" aria-pressed={log} onClick={() => setLog(!log)}>
          Log scale
        </button>
      </div>
      <Curves all={distributions[0]} one={compared} log={log} />
    </div>
  );
}

interface Props {
  all: Distribution;
  one: Distribution | null;
  log: boolean;
}

function Curves({ all, one, log }: Props) {
  const plot = useRef<uPlot>(null);
  const [place, setPlace] = useState<number | null>(null);
  const last = lastNine(all.points.at(-1)![2]);
  const data = useMemo(() => joined(all, one, last), [all, one, last]);
  const options = (colours: Colours): Omit<uPlot.Options, "width" | "height"> => ({
    legend: { show: false },
    padding: [8, 20, 0, 0],
    scales: {
      x: { time: false, range: () => [0, last] },
      y: { distr: log ? 3 : 1, range: (_, low, high) => (log ? decades(low ?? 0, high ?? 0) : [0, (high ?? 1) * 1.05]) },
    },
    series: [{}, ...["--p99", "--users"].map((name) => ({ stroke: colours(name), width: 1.75, spanGaps: true, points: { show: false } }))],
    axes: [
      axis(colours, {
        size: 28,
        splits: (u) => names(u, last).map((name) => name.place),
        values: (u) => names(u, last).map(({ name }) => `${name} %`),
      }),
      axis(colours, { size: 58, space: 32, values: (_, at) => at.map((v) => (v == null ? "" : shortTime(v))) }),
    ],
    cursor: { y: false, drag: { x: false, y: false }, dataIdx: measured },
    hooks: { setCursor: [(u) => setPlace(u.cursor.idx ?? null)] },
  });
  const at = place !== null ? fromNines(data[0][place] as number) : null;
  const read = (d: Distribution) => (at === null ? "" : time(below(d, at)));

  return (
    <>
      <p class="legend">
        <span class="key">
          <span class="swatch" style={{ background: "var(--p99)" }} /> {all.name} <b>{read(all)}</b>
        </span>
        {one && (
          <span class="key">
            <span class="swatch" style={{ background: "var(--users)" }} />
            <bdi class="name line">{transactionText(one.method, one.name)}</bdi> <b>{read(one)}</b>
          </span>
        )}
        <span class="faint">{at !== null && `${at >= 99 ? at.toFixed(4).replace(/0+$/, "") : at.toFixed(1)} % take no longer`}</span>
      </p>
      <div role="img" aria-label={described(all)}>
        <Plot shape={`distribution ${log} ${last}`} data={data} height={260} plot={plot} options={options} />
      </div>
    </>
  );
}

/** Those for which there is room. */
function names(u: uPlot, last: number) {
  return nineNames(last, (52 / Math.max(u.over.clientWidth || u.width - 80, 1)) * last);
}

/** Both on one axis: where only one has a point, the other has none. */
function joined(all: Distribution, one: Distribution | null, last: number): uPlot.AlignedData {
  const place = ([p]: [number, number, number]) => Math.min(nines(p), last);
  const rows = new Map<number, [number | null, number | null]>();
  for (const point of all.points) rows.set(place(point), [point[1], null]);
  for (const point of one?.points ?? []) {
    const x = place(point);
    rows.set(x, [rows.get(x)?.[0] ?? null, point[1]]);
  }
  const xs = [...rows.keys()].sort((a, b) => a - b);
  return [xs, xs.map((x) => rows.get(x)![0]), xs.map((x) => rows.get(x)![1])];
}

/** The cursor's dot goes to the nearest place where this line has a point. */
function measured(u: uPlot, line: number, hovered: number): number {
  const values = u.data[line] as (number | null)[];
  for (let off = 0; off < values.length; off++) {
    if (values[hovered - off] != null) return hovered - off;
    if (values[hovered + off] != null) return hovered + off;
  }
  return hovered;
}

/** The time that `percentile` per cent do not exceed. */
function below(distribution: Distribution, percentile: number): number | null {
  const found = distribution.points.find(([p]) => p >= percentile - 1e-9) ?? distribution.points.at(-1);
  return found ? found[1] : null;
}

function described(all: Distribution): string {
  const told = [50, 90, 99, 99.9].map((p) => `${p} % within ${time(below(all, p))}`);
  return `Distribution of response times of ${count(all.points.at(-1)![2])} requests: ${told.join(", ")}`;
}
