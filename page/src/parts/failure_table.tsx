import type { Failure } from "../contract";
import * as format from "../pure/format";
import { Name, Transaction } from "./name";
import { Table, type Column } from "./table";

const COLUMNS: Column<Failure>[] = [
  {
    id: "name",
    label: "Transaction",
    words: true,
    key: (row) => `${row.name} ${row.method}`,
    cell: (row) => <Transaction method={row.method} name={row.name} />,
  },
  { id: "reason", label: "Reason", words: true, key: (row) => row.reason, cell: (row) => <Name text={row.reason} lines={3} /> },
  { id: "count", label: "Count", key: (row) => row.count, cell: (row) => format.count(row.count) },
  ...seen<Failure>(),
];

/** First and last seen, by the reader's clock. */
export function seen<T extends { first_seen_epoch_ms: number; last_seen_epoch_ms: number }>(): Column<T>[] {
  return [
    {
      id: "first",
      label: "First seen",
      key: (row) => row.first_seen_epoch_ms,
      cell: (row) => format.timeOfDay(row.first_seen_epoch_ms),
    },
    {
      id: "last",
      label: "Last seen",
      key: (row) => row.last_seen_epoch_ms,
      cell: (row) => format.timeOfDay(row.last_seen_epoch_ms),
    },
  ];
}

/** Failed requests by transaction and reason. */
export function FailureTable({ failures, empty }: { failures: Failure[]; empty: string }) {
  return (
    <Table
      caption="Failures"
      columns={COLUMNS}
      rows={failures}
      identity={(row) => `${row.method} ${row.name} ${row.reason}`}
      order={["count", "descending"]}
      text={(row) => `${row.method} ${row.name} ${row.reason}`}
      empty={empty}
    />
  );
}
