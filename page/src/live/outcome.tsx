import { Prose } from "../parts/name";
import type { View } from "../contract";
import { Badge } from "../parts/badge";
import { gate } from "../pure/gate";
import { Reasons, VERDICTS } from "../parts/verdict";

/** What is being prepared; or how it ended, what to think of it, and what may be done next. */
export function Outcome({ view, onAnother }: { view: View; onAnother: (() => void) | null }) {
  const { verdict, state, message } = view;
  if (state !== "ended") return message === null ? null : <Banner text={message} />;
  return (
    <section class="outcome" aria-label="Outcome">
      <div class="row">
        {view.thresholds.length > 0 && (
          <h2>
            <Badge {...gate(view.thresholds)} />
          </h2>
        )}
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
          <Prose text={message} />
        </p>
      )}
      <Reasons reasons={verdict?.reasons ?? []} />
    </section>
  );
}

function Banner({ text }: { text: string }) {
  return (
    <p class="banner">
      <Prose text={text} />
    </p>
  );
}
