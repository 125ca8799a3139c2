import { Transaction as Label } from "../parts/name";
import { Empty } from "../parts/empty";
import { count, time } from "../pure/format";
import type { PhaseName, Report, Transaction } from "./contract";

const PHASES: PhaseName[] = ["dns", "connect", "tls", "sending", "waiting", "receiving"];
const MOST = 12;

/** Where the time of an average request goes: each phase's sum over all of the transaction's requests. */
export function Phases({ report }: { report: Report }) {
  const measured = report.transactions.filter((t) => whole(t) > 0).slice(0, MOST);
  if (measured.length === 0) return <Empty>No phases were measured.</Empty>;
  return (
    <>
      <p class="legend" aria-hidden="true">
        {PHASES.map((phase) => (
          <span class="key" key={phase}>
            <span class={`swatch ${phase}`} /> {phase}
          </span>
        ))}
      </p>
      <ul class="phases">
        {measured.map((t) => (
          <li key={`${t.method} ${t.name}`}>
            <Label method={t.method} name={t.name} />
            <div class="stacked" role="img" aria-label={described(t)}>
              {PHASES.map((phase) => (
                <i
                  class={phase}
                  key={phase}
                  style={{ width: `${(100 * total(t, phase)) / whole(t)}%` }}
                  title={`${phase}: ${mean(t, phase)} in ${count(t.phases[phase]?.count ?? 0)} requests`}
                />
              ))}
            </div>
            <span class="times">{time(whole(t) / t.latency.count)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Milliseconds that a phase took of all of the transaction's requests. */
function total(t: Transaction, phase: PhaseName): number {
  const { count = 0, mean_ms = 0 } = t.phases[phase] ?? {};
  return count * (mean_ms ?? 0);
}

function whole(t: Transaction): number {
  return PHASES.reduce((sum, phase) => sum + total(t, phase), 0);
}

function mean(t: Transaction, phase: PhaseName): string {
  return time(t.phases[phase]?.mean_ms);
}

function described(t: Transaction): string {
  return PHASES.filter((phase) => t.phases[phase]).map((phase) => `${phase} ${mean(t, phase)}`).join(", ");
}
