import type { View } from "../contract";
import { clock } from "../pure/format";

/** How much of the planned time is over, with the intervals' cuts. */
export function Progress({ view }: { view: View }) {
  const total = view.plan?.duration_s ?? 0;
  const elapsed = Math.max(0, view.elapsed_s);
  const part = total > 0 ? Math.min(1, elapsed / total) : 0;
  return (
    <div class="progress">
      <div
        class="bar"
        role="progressbar"
        aria-label="Elapsed time of the test"
        aria-valuemin={0}
        aria-valuemax={Math.round(total)}
        aria-valuenow={Math.round(Math.min(elapsed, total))}
        aria-valuetext={`${clock(elapsed)} of ${clock(total)}`}
      >
        <span style={{ width: `${part * 100}%` }} />
        {view.plan?.cuts_s.map((cut) => <i key={cut} style={{ left: `${(cut / total) * 100}%` }} />)}
      </div>
      <span class="times">
        <b>{clock(elapsed)}</b> of {clock(total)}
      </span>
    </div>
  );
}
