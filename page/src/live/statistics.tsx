import type { Row, View } from "../contract";
import { Transaction } from "../parts/name";
import { Table, type Column } from "../parts/table";
import * as format from "../pure/format";

const COLUMNS: Column<Row>[] = [
  {
    id: "name",
    label: "Transaction",
    words: true,
    key: (row) => `${row.name} ${row.method}`,
    cell: (row) => <Transaction method={row.method} name={row.name} />,
  },
  { id: "requests", label: "Requests", key: (row) => row.requests, cell: (row) => format.count(row.requests) },
  {
    id: "failures",
    label: "Failures",
    key: (row) => row.failures,
    cell: (row) => format.count(row.failures),
    tone: (row) => (row.failures > 0 ? "bad" : undefined),
  },
  rates("requests_per_s", "Requests/s"),
  rates("failures_per_s", "Failures/s"),
  times("p50_ms", "p50 ms", "Half of the requests took no longer"),
  times("p95_ms", "p95 ms", "95 of 100 requests took no longer"),
  times("p99_ms", "p99 ms", "99 of 100 requests took no longer"),
  times("mean_ms", "Mean ms"),
  times("min_ms", "Min ms"),
  times("max_ms", "Max ms"),
  {
    id: "mean_bytes",
    label: "Mean size",
    hint: "Of response bodies, as they came over the wire",
    key: (row) => row.mean_bytes,
    cell: (row) => format.bytes(row.mean_bytes),
  },
];

type Numeric = Exclude<keyof Row, "method" | "name">;

function times(id: Numeric, label: string, hint?: string): Column<Row> {
  return { id, label, hint, key: (row) => row[id], cell: (row) => format.ms(row[id]) };
}

function rates(id: Numeric, label: string): Column<Row> {
  return { id, label, hint: "Over the last seconds", key: (row) => row[id], cell: (row) => format.rate(row[id]) };
}

export function Statistics({ view }: { view: View }) {
  return (
    <Table
      caption="Transactions"
      columns={COLUMNS}
      rows={view.transactions}
      pinned={view.aggregated}
      identity={(row) => `${row.method} ${row.name}`}
      text={(row) => `${row.method} ${row.name}`}
      empty="A row for each transaction appears here as soon as its first request has ended."
    />
  );
}
