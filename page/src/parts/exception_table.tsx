import type { Exception } from "../contract";
import * as format from "../pure/format";
import { seen } from "./failure_table";
import { Name } from "./name";
import { Table, type Column } from "./table";

const COLUMNS: Column<Exception>[] = [
  { id: "task", label: "Task", words: true, key: (row) => row.task, cell: (row) => <Name text={row.task} /> },
  { id: "message", label: "Message", words: true, key: (row) => row.message, cell: (row) => <Name text={row.message} lines={3} /> },
  { id: "count", label: "Count", key: (row) => row.count, cell: (row) => format.count(row.count) },
  ...seen<Exception>(),
];

/** Errors of tasks themselves. */
export function ExceptionTable({ exceptions, empty }: { exceptions: Exception[]; empty: string }) {
  return (
    <Table
      caption="Exceptions"
      columns={COLUMNS}
      rows={exceptions}
      identity={(row) => `${row.task} ${row.message}`}
      order={["count", "descending"]}
      text={(row) => `${row.task} ${row.message}`}
      empty={empty}
    />
  );
}
