import { Table, type Column } from "../parts/table";
import * as format from "../pure/format";
import type { Cut } from "./contract";

const COLUMNS: Column<Cut>[] = [
  { id: "at", label: "At", words: true, key: (c) => c.at_s, cell: (c) => `${format.clock(c.at_s)}, interval ${c.interval}` },
  { id: "gap", label: "Longest gap ms", hint: "Negative for an overlap", key: (c) => c.gap_ms, cell: (c) => signed(c.gap_ms) },
  { id: "least", label: "Shortest gap ms", key: (c) => c.least_gap_ms, cell: (c) => signed(c.least_gap_ms) },
  {
    id: "requests",
    label: "Requests left out",
    hint: "About, at the rate around the cut; negative for ones that an overlap added",
    key: (c) => c.gap_requests,
    cell: (c) => signed(c.gap_requests),
  },
  { id: "continuing", label: "Users continuing", key: (c) => c.continuing_users, cell: (c) => format.count(c.continuing_users) },
  { id: "late", label: "Late", key: (c) => c.late_users, cell: (c) => format.count(c.late_users) },
  { id: "latest", label: "Latest by ms", key: (c) => c.latest_user_ms, cell: (c) => format.ms(c.latest_user_ms) },
];

function signed(value: number | null): string {
  return value !== null && value < 0 ? `−${format.ms(-value)}` : format.ms(value);
}

/** Where intervals took over from one another, as measured. */
export function Cuts({ cuts }: { cuts: Cut[] }) {
  return <Table caption="Cuts" columns={COLUMNS} rows={cuts} identity={(c) => String(c.interval)} empty="" />;
}
