import { Badge } from "../parts/badge";
import type { Tone } from "../parts/figure";
import { Name } from "../parts/name";
import { ThemeButton } from "../parts/theme_button";
import { duration, instant } from "../pure/format";
import type { Report } from "./contract";
import type { Entry } from "./section";

const ENDS: Record<Report["end"]["how"], Tone> = {
  completed: "good",
  interrupted: "warn",
  aborted: "bad",
  failed: "bad",
  killed: "bad",
};

function ended({ how, partial }: Report["end"]): Tone {
  return partial && how === "completed" ? "warn" : ENDS[how];
}

/** Which run this is, and where in its report to find what. */
export function Header({ report, sections }: { report: Report; sections: Entry[] }) {
  const { run, end, summary } = report;
  return (
    <>
      <header class="top">
        <div class="row">
          <div class="titles">
            <h1>
              <Name text={run.test} lines={1} />
            </h1>
            <Badge tone={ended(end)} text={end.partial ? `${end.how}, partial` : end.how} />
          </div>
          <div class="actions controls">
            <ThemeButton />
          </div>
        </div>
        {run.description && (
          <p class="description">
            <Name text={run.description} lines={3} />
          </p>
        )}
        <p class="about">
          <time dateTime={run.started}>{instant(run.started_epoch_ms)}</time>
          <span>{duration(summary.duration_s)} of load</span>
          {run.host !== null && <Name text={run.host} lines={1} />}
          <Name text={run.environment} lines={1} />
        </p>
      </header>
      <nav class="contents controls" aria-label="Contents" tabIndex={0}>
        {sections.map(({ id, title, count }) => (
          <a href={`#${id}`} key={id}>
            {title}
            {count !== undefined && count > 0 && <span class="count">{count}</span>}
          </a>
        ))}
      </nav>
    </>
  );
}
