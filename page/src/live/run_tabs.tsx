import type { View } from "../contract";
import { Tabs } from "../parts/tabs";
import { Exceptions } from "./exceptions";
import { Failures } from "./failures";
import { Files } from "./files";
import { Functions } from "./functions";
import { Log } from "./log";
import { Statistics } from "./statistics";
import { Thresholds } from "../parts/thresholds";
import { count } from "../pure/format";

/** What there is to know beside the charts. */
export function RunTabs({ view }: { view: View }) {
  const lost = view.generators.filter((g) => g.state === "lost").length;
  const crossed = view.thresholds.filter((t) => t.state === "crossed").length;
  const { failures, exceptions } = view.totals;
  return (
    <Tabs
      label="Details of the run"
      tabs={[
        { id: "statistics", label: "Statistics", panel: () => <Statistics view={view} /> },
        { id: "failures", label: "Failures", count: count(failures), alert: failures > 0, panel: () => <Failures view={view} /> },
        {
          id: "exceptions",
          label: "Exceptions",
          count: count(exceptions),
          alert: exceptions > 0,
          panel: () => <Exceptions view={view} />,
        },
        {
          id: "functions",
          label: "Regions & functions",
          count: lost > 0 ? lost : undefined,
          alert: lost > 0,
          panel: () => <Functions view={view} />,
        },
        {
          id: "thresholds",
          label: "Thresholds",
          count: crossed > 0 ? crossed : undefined,
          alert: crossed > 0,
          panel: () => <Thresholds thresholds={view.thresholds} />,
        },
        { id: "log", label: "Log", panel: () => <Log view={view} /> },
        { id: "files", label: "Files", panel: () => <Files view={view} /> },
      ]}
    />
  );
}
