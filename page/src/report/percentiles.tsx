import { Table, type Column } from "../parts/table";
import type { Report } from "./contract";
import { aggregated, NAME, percentile, type Line } from "./transactions";

const NAMES = ["50", "66", "75", "80", "90", "95", "98", "99", "99.9", "99.99", "100"];
const COLUMNS: Column<Line>[] = [NAME, ...NAMES.map((name) => ({ ...percentile(name), label: `${name} %` }))];

/** Which time how many of a hundred requests did not exceed, in milliseconds. */
export function Percentiles({ report }: { report: Report }) {
  return (
    <>
      <p class="faint">Milliseconds that so many per cent of the requests did not exceed.</p>
      <Table
        caption="Percentiles of response times"
        columns={COLUMNS}
        rows={report.transactions as Line[]}
        pinned={aggregated(report)}
        identity={(row) => `${row.method} ${row.name}`}
        text={(row) => `${row.method} ${row.name}`}
        empty="No request was made."
      />
    </>
  );
}
