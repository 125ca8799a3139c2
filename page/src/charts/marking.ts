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
  let free = bbox.left;
  ctx.save();
  ctx.font = `${10.5 * scale}px system-ui, sans-serif`;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.lineWidth = scale;
  for (const mark of marks) {
    const x = Math.round(u.valToPos(mark.at_s, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.strokeStyle = ctx.fillStyle = ink[mark.kind];
    ctx.setLineDash(mark.kind === "cut" ? [4 * scale, 3 * scale] : []);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();

    const width = ctx.measureText(mark.label).width;
    const left = Math.min(Math.max(x - width / 2, bbox.left), bbox.left + bbox.width - width);
    if (left < free) continue;
    ctx.fillText(mark.label, left, bbox.top - 2 * scale);
    free = left + width + 8 * scale;
  }
  ctx.restore();
}
