import type { Threshold } from "../contract";
import { Badge } from "../parts/badge";
import { Thresholds } from "../parts/thresholds";
import { Reasons, VERDICTS } from "../parts/verdict";
import { gate } from "../pure/gate";
import type { Report } from "./contract";

/** Whether the figures can be trusted, and whether the test kept to what was asked of it. */
export function Outcome({ report: { verdict }, thresholds }: { report: Report; thresholds: Threshold[] }) {
  return (
    <section class="outcome" aria-label="Outcome">
      <div class="row">
        {thresholds.length > 0 && (
          <h2>
            <Badge {...gate(thresholds)} />
          </h2>
        )}
        <h2>
          <Badge tone={VERDICTS[verdict.status]} text={`The result is ${verdict.status}`} />
        </h2>
      </div>
      <Reasons reasons={verdict.reasons} />
      {thresholds.length > 0 && <Thresholds thresholds={thresholds} />}
    </section>
  );
}
