// Vertical lines at instants of the run, with a word at the top where there is room.
import type uPlot from "uplot";
import type { Mark } from "../pure/marks";
import type { Colours } from "./plot";

export function marking(marks: () => Mark[], colours: Colours): uPlot.Plugin {
  const ink = { cut: colours("--cut"), change: colours("--change") };
  return { hooks: { draw: [(u) => draw(u, marks(), ink)] } };
}

function draw(u: uPlot, marks: Mark[], ink: Record<Mark["kind"], string>): void {
  const { ctx, bbox } = u;
  const scale = devicePixelRatio;
  const placed = marks
    .map((mark) => ({ ...mark, x: Math.round(u.valToPos(mark.at_s, "x", true)) }))
    .filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width);
  ctx.save();
  ctx.font = `${10.5 * scale}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.lineWidth = scale;
  for (const { x, kind } of placed) {
    ctx.strokeStyle = ink[kind];
    ctx.setLineDash(kind === "cut" ? [4 * scale, 3 * scale] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  // What somebody did comes before what was planned, where there is not room for both.
  const taken: [number, number][] = [];
  for (const { x, kind, label } of placed.sort((a, b) => Number(a.kind === "cut") - Number(b.kind === "cut"))) {
    const width = ctx.measureText(label).width;
    const left = Math.min(Math.max(x - width / 2, bbox.left), bbox.left + bbox.width - width);
    const right = left + width + 8 * scale;
    if (taken.some(([from, to]) => left < to && right > from)) continue;
    taken.push([left, right]);
    ctx.fillStyle = ink[kind];
    ctx.fillText(label, left, bbox.top - 2 * scale);
  }
  ctx.restore();
}
