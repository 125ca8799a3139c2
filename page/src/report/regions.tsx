import { Name } from "../parts/name";
import { Table, type Column } from "../parts/table";
import * as format from "../pure/format";
import type { ReportRegion } from "./contract";

const COLUMNS: Column<ReportRegion>[] = [
  { id: "region", label: "Region", words: true, key: (r) => r.region, cell: (r) => <Name text={r.region} /> },
  { id: "generators", label: "Generators", key: (r) => r.generators, cell: (r) => format.count(r.generators) },
  { id: "requests", label: "Requests", key: (r) => r.requests, cell: (r) => format.count(r.requests) },
  {
    id: "failures",
    label: "Failures",
    key: (r) => r.failures,
    cell: (r) => format.count(r.failures),
    tone: (r) => (r.failures > 0 ? "bad" : undefined),
  },
  { id: "rate", label: "Requests/s", key: (r) => r.requests_per_s, cell: (r) => format.rate(r.requests_per_s) },
  percentile("50"),
  percentile("95"),
  percentile("99"),
  { id: "max", label: "Max ms", key: (r) => r.latency.max_ms, cell: (r) => format.ms(r.latency.max_ms) },
  {
    id: "skew",
    label: "Start skew ms",
    hint: "How much later its load began than that of the earliest region",
    key: (r) => r.start_skew_ms,
    cell: (r) => format.ms(r.start_skew_ms),
  },
];

function percentile(name: string): Column<ReportRegion> {
  const value = (r: ReportRegion) => r.latency.percentiles_ms[name];
  return { id: name, label: `p${name} ms`, key: value, cell: (r) => format.ms(value(r)) };
}

export function Regions({ regions }: { regions: ReportRegion[] }) {
  return <Table caption="Regions" columns={COLUMNS} rows={regions} identity={(r) => r.region} empty="" />;
}
