// Draws a heat map, and finds the cell under the pointer. Time by its seconds, a row as high as any other.
import { clock, shortTime } from "../pure/format";
import { part, shade } from "../pure/shades";
import { TIME_STEPS } from "../pure/ticks";
import type { Heat } from "./contract";

export interface Cell {
  column: number;
  row: number;
}

const LEFT = 54;
const BOTTOM = 24;
const TOP = 6;
const RIGHT = 18;

function geometry(heat: Heat, width: number, height: number) {
  const from = heat.seconds[0] ?? 0;
  const to = (heat.seconds.at(-1) ?? 0) + heat.width_s;
  const [w, h] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
  const row = h / heat.rows_ms.length;
  return {
    from,
    to,
    x: (second: number) => LEFT + ((second - from) / (to - from)) * w,
    y: (index: number) => TOP + h - index * row,
    second: (x: number) => from + ((x - LEFT) / w) * (to - from),
    index: (y: number) => Math.floor((TOP + h - y) / row),
  };
}

/** The most requests of a cell. */
export function greatest(heat: Heat): number {
  return heat.counts.reduce((most, column) => column.reduce((a, b) => Math.max(a, b), most), 0);
}

export function drawHeat(canvas: HTMLCanvasElement, heat: Heat, width: number, height: number, dark: boolean): void {
  const scale = devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d")!;
  context.scale(scale, scale);
  cells(context, heat, width, height, dark);
  context.fillStyle = getComputedStyle(canvas).color;
  context.font = "11px system-ui, sans-serif";
  axes(context, heat, width, height);
}

function cells(context: CanvasRenderingContext2D, heat: Heat, width: number, height: number, dark: boolean): void {
  const at = geometry(heat, width, height);
  const most = greatest(heat);
  // A printer scales what was drawn, and would show seams: there, cells reach into their neighbours.
  const over = document.documentElement.hasAttribute("data-print") ? 0.7 : 0;
  heat.seconds.forEach((second, column) => {
    // Whole pixels, so that no seams show between cells.
    const [left, right] = [Math.round(at.x(second)), Math.round(at.x(second + heat.width_s))];
    heat.counts[column].forEach((count, row) => {
      if (count === 0) return;
      const [top, bottom] = [Math.round(at.y(row + 1)), Math.round(at.y(row))];
      context.fillStyle = `rgb(${shade(part(count, most), dark).join(" ")})`;
      context.fillRect(left, top - over, Math.max(1, right - left) + over, Math.max(1, bottom - top) + over);
    });
  });
}

function axes(context: CanvasRenderingContext2D, heat: Heat, width: number, height: number): void {
  const at = geometry(heat, width, height);
  context.textAlign = "right";
  context.textBaseline = "middle";
  let free = Infinity;
  heat.rows_ms.forEach((ms, row) => {
    const y = at.y(row);
    if (y > free - 22) return;
    context.fillText(shortTime(ms), LEFT - 8, y);
    free = y;
  });
  context.textAlign = "center";
  context.textBaseline = "bottom";
  const step = TIME_STEPS.find((s) => (s / (at.to - at.from)) * width > 64) ?? TIME_STEPS.at(-1)!;
  for (let second = Math.ceil(at.from / step) * step; second <= at.to; second += step) {
    context.fillText(clock(second), at.x(second), height - 2);
  }
}

export function cellAt(heat: Heat, canvas: HTMLCanvasElement, event: PointerEvent, height: number): Cell | null {
  const box = canvas.getBoundingClientRect();
  const at = geometry(heat, box.width, height);
  const second = at.second(event.clientX - box.left);
  const column = heat.seconds.findIndex((start) => second >= start && second < start + heat.width_s);
  const row = at.index(event.clientY - box.top);
  return column >= 0 && row >= 0 && row < heat.rows_ms.length ? { column, row } : null;
}
