import { Transaction as Label } from "../parts/name";
import { shortTime, time } from "../pure/format";
import { sorted } from "../pure/sort";
import { decades } from "../pure/ticks";
import type { Report, Transaction } from "./contract";

const MOST = 10;

/** The transactions with the greatest p99, each from p50 over p95 to p99 on one logarithmic scale. */
export function Slowest({ report }: { report: Report }) {
  const measured = report.transactions.filter((t) => t.latency.count > 0);
  const slowest = sorted(measured, (t) => at(t, "99"), "descending").slice(0, MOST);
  if (slowest.length === 0) return null;
  const [low, high] = decades(
    Math.min(...slowest.map((t) => at(t, "50")).filter((ms) => ms > 0)),
    Math.max(...slowest.map((t) => at(t, "99"))),
  );
  const place = (ms: number) => `${100 * Math.max(0, Math.log10(ms / low) / Math.log10(high / low))}%`;
  const marks = Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, i) => low * 10 ** i);

  return (
    <ol class="slowest">
      {slowest.map((t) => (
        <li key={`${t.method} ${t.name}`}>
          <Label method={t.method} name={t.name} />
          <div class="track" aria-hidden="true">
            {marks.map((ms) => (
              <i class="mark" key={ms} style={{ left: place(ms) }} />
            ))}
            <i class="span" style={{ left: place(at(t, "50")), right: `calc(100% - ${place(at(t, "99"))})` }} />
            {["50", "95", "99"].map((name) => (
              <i class={`dot p${name}`} key={name} style={{ left: place(at(t, name)) }} />
            ))}
          </div>
          <span class="times">
            {["50", "95", "99"].map((name) => (
              <span key={name}>
                <span class="faint">p{name}</span> {time(at(t, name))}
              </span>
            ))}
          </span>
          {t.slowest_trace !== undefined && (
            <span class="trace faint">
              slowest trace, {time(t.slowest_trace.elapsed_ms)}: <code>{t.slowest_trace.trace}</code>
            </span>
          )}
        </li>
      ))}
      <li class="scale" aria-hidden="true">
        <span />
        <div class="track">
          {marks.map((ms) => (
            <span key={ms} style={{ left: place(ms) }}>
              {shortTime(ms)}
            </span>
          ))}
        </div>
        <span />
      </li>
    </ol>
  );
}

function at(transaction: Transaction, percentile: string): number {
  return transaction.latency.percentiles_ms[percentile] ?? 0;
}
