import type { View } from "../contract";
import { Badge } from "../parts/badge";
import type { Tone } from "../parts/figure";

export const VERDICTS: Record<"valid" | "doubtful" | "invalid", Tone> = { valid: "good", doubtful: "warn", invalid: "bad" };

/** What is being prepared; or how it ended, what to think of it, and what may be done next. */
export function Outcome({ view, onAnother }: { view: View; onAnother: (() => void) | null }) {
  const { verdict, state, message } = view;
  if (state !== "ended") return message ? <p class="banner">{<bdi>{message}</bdi>}</p> : null;
  return (
    <section class="outcome" aria-label="Outcome">
      <div class="row">
        <h2>
          {verdict ? <Badge tone={VERDICTS[verdict.status]} text={`The result is ${verdict.status}`} /> : "The run has ended"}
        </h2>
        {view.exit_code !== null && <span class="faint">exit code {view.exit_code}</span>}
        {onAnother && (
          <button type="button" class="primary controls" onClick={onAnother}>
            Start another
          </button>
        )}
      </div>
      {message && (
        <p class="message">
          <bdi>{message}</bdi>
        </p>
      )}
      <Reasons reasons={verdict?.reasons ?? []} />
    </section>
  );
}

export function Reasons({ reasons }: { reasons: string[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {reasons.map((reason) => (
        <li key={reason}>
          <bdi>{reason}</bdi>
        </li>
      ))}
    </ul>
  );
}
