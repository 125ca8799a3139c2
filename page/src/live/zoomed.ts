// The chart of a part of the run: asked for when it is chosen, and again while the run goes on in it.
import { useEffect, useState } from "preact/hooks";
import type { Chart, View } from "../contract";
import { shown, type Range } from "../pure/range";
import { sliced } from "../pure/series";
import * as api from "./api";

const POINTS = 600;
const JUST_BEGUN_S = 30;

/** What the charts show: of the whole run what came with the view, else what the server has in more detail. */
export function useChart(view: View, range: Range): { chart: Chart; bounds: [number, number] } {
  const whole = view.chart;
  const bounds = shown(range, whole.from_s, whole.to_s, view.state === "ended" ? 1 : Math.min(JUST_BEGUN_S, view.plan?.duration_s ?? JUST_BEGUN_S));
  const [from, to] = bounds;
  const [detail, setDetail] = useState<Chart | null>(null);
  // A part that is over does not change any more.
  const version = range.kind === "all" || whole.to_s >= to + 5 ? null : whole.to_s;

  useEffect(() => {
    setDetail(null);
  }, [range]);
  useEffect(() => {
    if (range.kind === "all") return;
    const request = new AbortController();
    api.chart(from, to, POINTS, request.signal).then(setDetail, () => {
      // Then what came with the view has to do.
    });
    return () => request.abort();
  }, [range, version]);

  if (range.kind === "all") return { chart: whole, bounds };
  return { chart: detail ?? sliced(whole, from, to), bounds };
}
