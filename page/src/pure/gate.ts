// Whether a run keeps to its thresholds, in a few words.
import type { Threshold } from "../contract";
import type { Tone } from "../parts/figure";

export function gate(thresholds: Pick<Threshold, "state">[]): { tone: Tone; text: string } {
  const crossed = thresholds.filter((t) => t.state === "crossed").length;
  if (crossed > 0) return { tone: "bad", text: `${crossed} of ${thresholds.length} thresholds crossed` };
  const unknown = thresholds.filter((t) => t.state === "unknown").length;
  if (unknown > 0) return { tone: "warn", text: `${unknown} of ${thresholds.length} thresholds without a value` };
  return { tone: "good", text: thresholds.length === 1 ? "The threshold passed" : `All ${thresholds.length} thresholds passed` };
}
