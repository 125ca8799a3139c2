import { Prose } from "../parts/name";
import { CurvePlot } from "../charts/curve_plot";
import { ExceptionTable } from "../parts/exception_table";
import { FailureTable } from "../parts/failure_table";
import { visible } from "../pure/visible";
import { Cost } from "./cost";
import type { ReportData } from "./contract";
import { Cuts } from "./cuts";
import { DistributionPlot } from "./distribution_plot";
import { Environment } from "./environment";
import { Functions } from "./functions";
import { Listeners } from "./listeners";
import { Header } from "./header";
import { HeatMap } from "./heat_map";
import { Outcome } from "./outcome";
import { Percentiles } from "./percentiles";
import { Phases } from "./phases";
import { Plan } from "./plan";
import { Regions } from "./regions";
import { ReportCharts } from "./report_charts";
import { Section, type Entry } from "./section";
import { Slowest } from "./slowest";
import { Summary } from "./summary";
import { Transactions } from "./transactions";
import { Validity } from "./validity";

/** The whole report: what matters most comes first. */
export function Page({ data }: { data: ReportData }) {
  const { report } = data;
  document.title = `${visible(report.run.test)} · load test report`;
  const sections = entries(data);
  return (
    <>
      <Header report={report} sections={sections} />
      <main id="main">
        <Outcome report={report} thresholds={data.thresholds} />
        <Summary data={data} />
        {sections.map((entry) => (
          <Section entry={entry} key={entry.id} />
        ))}
      </main>
      <footer class="about">
        <span>
          {report.tool.name} {report.tool.version}
        </span>
        <span>times are milliseconds; percentiles come from merged histograms, never from averages</span>
      </footer>
    </>
  );
}

function entries(data: ReportData): Entry[] {
  const { report } = data;
  const { end, regions, cuts, functions, listeners = [] } = report;
  const all: (Entry | false)[] = [
    { id: "charts", title: "Over time", body: <ReportCharts data={data} /> },
    { id: "transactions", title: "Transactions", body: <Transactions report={report} /> },
    report.transactions.length > 1 && { id: "slowest", title: "Slowest", body: <Slowest report={report} /> },
    { id: "percentiles", title: "Percentiles", body: <Percentiles report={report} /> },
    { id: "distribution", title: "Distribution", body: <DistributionPlot distributions={data.distributions} /> },
    { id: "heat", title: "Heat map", body: <HeatMap heat={data.heat} /> },
    { id: "phases", title: "Phases", body: <Phases report={report} /> },
    {
      id: "failures",
      title: "Failures",
      count: report.summary.failures,
      body: <FailureTable failures={report.failures} empty="No request failed." />,
    },
    {
      id: "exceptions",
      title: "Exceptions",
      count: report.summary.exceptions,
      body: <ExceptionTable exceptions={report.exceptions} empty="No task failed by itself." />,
    },
    regions.length > 1 && { id: "regions", title: "Regions", body: <Regions regions={regions} /> },
    {
      id: "plan",
      title: "Plan",
      body: (
        <>
          {data.curve.length > 0 && (
            <CurvePlot
              curve={data.curve}
              duration_s={report.plan.duration_s}
              noun={report.plan.arrivals === null ? "user" : "arrival"}
            />
          )}
          <Plan report={report} />
        </>
      ),
    },
    cuts.length > 0 && { id: "cuts", title: "Cuts", body: <Cuts cuts={cuts} /> },
    { id: "validity", title: "Validity", body: <Validity report={report} more={data.more_generators} /> },
    functions !== null && { id: "functions", title: "Functions", body: <Functions functions={functions} /> },
    functions !== null && { id: "cost", title: "Cost", body: <Cost cost={functions.cost} /> },
    listeners.length > 0 && { id: "listeners", title: "Listeners", body: <Listeners deliveries={listeners} /> },
    { id: "environment", title: "Environment", body: <Environment report={report} /> },
    end.messages.length > 0 && {
      id: "messages",
      title: "Messages",
      body: (
        <ul class="reasons">
          {end.messages.map((message) => (
            <li key={message}>
              <Prose text={message} />
            </li>
          ))}
        </ul>
      ),
    },
  ];
  return all.filter((entry) => entry !== false);
}
