import { Transaction as Label } from "../parts/name";
import { Table, type Column } from "../parts/table";
import * as format from "../pure/format";
import type { Latency, Report, Transaction } from "./contract";

/** What tables show of a transaction, and of all together. */
export type Line = Pick<Transaction, "method" | "name" | "requests" | "failures" | "requests_per_s" | "failures_per_s" | "bytes"> & {
  latency: Latency;
  statuses: Record<string, number>;
};

export const NAME: Column<Line> = {
  id: "name",
  label: "Transaction",
  words: true,
  key: (row) => `${row.name} ${row.method}`,
  cell: (row) => <Label method={row.method} name={row.name} />,
};

/** All requests together, as the last line. */
export function aggregated({ summary }: Report): Line {
  return { ...summary, method: "", name: "Aggregated", statuses: {} };
}

const COLUMNS: Column<Line>[] = [
  NAME,
  { id: "requests", label: "Requests", key: (row) => row.requests, cell: (row) => format.count(row.requests) },
  {
    id: "failures",
    label: "Failures",
    key: (row) => row.failures,
    cell: (row) => format.count(row.failures),
    tone: (row) => (row.failures > 0 ? "bad" : undefined),
  },
  { id: "ratio", label: "Failed", key: ratio, cell: (row) => format.percent(ratio(row)) },
  { id: "rate", label: "Requests/s", key: (row) => row.requests_per_s, cell: (row) => format.rate(row.requests_per_s) },
  percentile("50"),
  percentile("95"),
  percentile("99"),
  times("mean_ms", "Mean ms"),
  times("min_ms", "Min ms"),
  times("max_ms", "Max ms"),
  { id: "bytes", label: "Mean size", key: size, cell: (row) => format.bytes(size(row)) },
  { id: "statuses", label: "Statuses", words: true, cell: (row) => statuses(row.statuses) },
];

function ratio(row: Line): number | null {
  return row.requests > 0 ? row.failures / row.requests : null;
}

function size(row: Line): number | null {
  return row.requests > 0 ? row.bytes / row.requests : null;
}

export function percentile(name: string): Column<Line> {
  const value = (row: Line) => row.latency.percentiles_ms[name];
  return { id: name, label: `p${name} ms`, key: value, cell: (row) => format.ms(value(row)) };
}

function times(id: "mean_ms" | "min_ms" | "max_ms", label: string): Column<Line> {
  return { id, label, key: (row) => row.latency[id], cell: (row) => format.ms(row.latency[id]) };
}

function statuses(all: Record<string, number>): string {
  return Object.entries(all).map(([status, n]) => `${status}: ${format.count(n)}`).join(", ");
}

export function Transactions({ report }: { report: Report }) {
  return (
    <Table
      caption="Transactions"
      columns={COLUMNS}
      rows={report.transactions as Line[]}
      pinned={aggregated(report)}
      identity={(row) => `${row.method} ${row.name}`}
      text={(row) => `${row.method} ${row.name}`}
      empty="No request was made."
    />
  );
}
