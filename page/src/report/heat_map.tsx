import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { PAPER_WIDTH } from "../charts/plot";
import { Empty } from "../parts/empty";
import { clock, count, counted, shortTime } from "../pure/format";
import { shade } from "../pure/shades";
import { isDark, useTheme } from "../theme";
import type { Heat } from "./contract";
import { cellAt, drawHeat, greatest, type Cell } from "./heat_canvas";

const HEIGHT = 260;

/** How many requests took how long, over the time of the run. */
export function HeatMap({ heat }: { heat: Heat }) {
  const { dark } = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cell, setCell] = useState<Cell | null>(null);
  const most = greatest(heat);

  useLayoutEffect(() => {
    if (!canvas.current) return;
    const parent = canvas.current.parentElement!;
    const draw = (width = parent.clientWidth) => drawHeat(canvas.current!, heat, width, HEIGHT, isDark());
    const onPaper = () => draw(PAPER_WIDTH);
    const onScreen = () => draw();
    const sizes = new ResizeObserver(onScreen);
    sizes.observe(parent);
    addEventListener("beforeprint", onPaper);
    addEventListener("afterprint", onScreen);
    return () => {
      sizes.disconnect();
      removeEventListener("beforeprint", onPaper);
      removeEventListener("afterprint", onScreen);
    };
  }, [heat, dark]);
  useEffect(() => setCell(null), [heat]);

  if (most === 0) return <Empty>No request was made.</Empty>;
  const onKeyDown = (event: KeyboardEvent) => {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
    if (x === 0 && y === 0) return;
    event.preventDefault();
    setCell(moved(heat, cell, x, y));
  };
  const readout = cell ? described(heat, cell) : "";
  return (
    <div class="heat">
      <p class="legend">
        <span class="faint">1</span>
        <Scale />
        <span class="faint">{counted(most, "request")}</span>
        <b>{readout}</b>
      </p>
      <div
        class="canvas"
        role="slider"
        tabIndex={0}
        aria-label="Response times over time, as a heat map. Arrow keys read out its cells."
        aria-valuemin={0}
        aria-valuemax={heat.seconds.length - 1}
        aria-valuenow={cell?.column ?? 0}
        aria-valuetext={readout || `at most ${count(most)} requests in a cell`}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => setCell(cellAt(heat, canvas.current!, event, HEIGHT))}
        onPointerLeave={() => setCell(null)}
      >
        <canvas ref={canvas} />
      </div>
    </div>
  );
}

/** From few to many: steps of the palette. */
function Scale() {
  const steps = Array.from({ length: 12 }, (_, i) => [false, true].map((dark) => `rgb(${shade(i / 11, dark).join(" ")})`));
  return (
    <span class="shades" aria-hidden="true">
      {steps.map((both, i) => (
        <i key={i} style={{ background: `light-dark(${both.join(", ")})` }} />
      ))}
    </span>
  );
}

function moved(heat: Heat, from: Cell | null, x: number, y: number): Cell {
  const start = from ?? { column: 0, row: 0 };
  const within = (value: number, length: number) => Math.min(Math.max(value, 0), length - 1);
  return { column: within(start.column + x, heat.seconds.length), row: within(start.row + y, heat.rows_ms.length) };
}

function described(heat: Heat, { column, row }: Cell): string {
  const upper = heat.rows_ms[row + 1];
  const range = upper === undefined ? `from ${shortTime(heat.rows_ms[row])} on` : `${shortTime(heat.rows_ms[row])} to ${shortTime(upper)}`;
  return `${clock(heat.seconds[column])}, ${range}: ${counted(heat.counts[column][row] ?? 0, "request")}`;
}
