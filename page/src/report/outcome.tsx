import type { Threshold } from "../contract";
import { Badge } from "../parts/badge";
import type { Tone } from "../parts/figure";
import { Thresholds } from "../parts/thresholds";
import { Reasons, VERDICTS } from "../parts/verdict";
import type { Report } from "./contract";

/** Whether the figures can be trusted, and whether the test kept to what was asked of it. */
export function Outcome({ report: { verdict }, thresholds }: { report: Report; thresholds: Threshold[] }) {
  return (
    <section class="outcome" aria-label="Outcome">
      <div class="row">
        <h2>
          <Badge tone={VERDICTS[verdict.status]} text={`The result is ${verdict.status}`} />
        </h2>
        {thresholds.length > 0 && (
          <h2>
            <Badge {...gate(thresholds)} />
          </h2>
        )}
      </div>
      <Reasons reasons={verdict.reasons} />
      {thresholds.length > 0 && <Thresholds thresholds={thresholds} />}
    </section>
  );
}

function gate(thresholds: { state: string }[]): { tone: Tone; text: string } {
  const crossed = thresholds.filter((t) => t.state === "crossed").length;
  if (crossed > 0) return { tone: "bad", text: `${crossed} of ${thresholds.length} thresholds crossed` };
  const unknown = thresholds.filter((t) => t.state === "unknown").length;
  if (unknown > 0) return { tone: "warn", text: `${unknown} of ${thresholds.length} thresholds without a value` };
  return { tone: "good", text: thresholds.length === 1 ? "The threshold passed" : `All ${thresholds.length} thresholds passed` };
}
