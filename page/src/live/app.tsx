import { useEffect, useState } from "preact/hooks";
import type { View } from "../contract";
import { timeOfDay } from "../pure/format";
import { visible } from "../pure/visible";
import { Announcer } from "./announcer";
import { Figures } from "./figures";
import { Header } from "./header";
import { Outcome } from "./outcome";
import { RunCharts } from "./run_charts";
import { RunTabs } from "./run_tabs";
import { Start } from "./start";
import { useStream } from "./stream";
import { useTests } from "./tests";

/** All of the page. */
export function App() {
  const { view, lost_since } = useStream();
  const tests = useTests(view?.state);
  const [another, setAnother] = useState(false);
  useEffect(() => {
    if (view && view.state !== "ended") setAnother(false);
  }, [view?.state]);
  useEffect(() => {
    document.title = view ? title(view) : "load-test";
  }, [view]);

  if (!view) return <Waiting lost={lost_since !== null} />;
  const starting = view.state === "idle" || another;
  return (
    <>
      <Header view={view} lost={lost_since !== null} />
      <Announcer view={view} lost={lost_since !== null} />
      {lost_since !== null && (
        <p class="banner warn">
          Connection lost, reconnecting. What is shown was known at {timeOfDay(lost_since)}.
        </p>
      )}
      <main id="main">
        {starting ? (
          <Start tests={tests} message={view.message} onCancel={another ? () => setAnother(false) : null} />
        ) : (
          <>
            <Outcome view={view} onAnother={tests && tests.length > 0 ? () => setAnother(true) : null} />
            <Figures view={view} />
            <RunCharts view={view} key={view.run?.id} />
            <RunTabs view={view} />
          </>
        )}
      </main>
    </>
  );
}

function Waiting({ lost }: { lost: boolean }) {
  return (
    <main id="main" class="connecting">
      <h1>load-test</h1>
      <p role="status">{lost ? "load-test does not answer. Still trying." : "Connecting"}</p>
    </main>
  );
}

function title(view: View): string {
  const test = visible(view.run?.test ?? "load-test");
  return view.state === "idle" ? "load-test" : `${view.state} · ${test}`;
}
