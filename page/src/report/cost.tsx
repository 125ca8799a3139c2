import { Facts } from "../parts/facts";
import { count, counted, usd } from "../pure/format";
import type { ReportData } from "./contract";

/** What it was to cost, and what it did; without the free tier and data transfer. */
export function Cost({ data: { cost, report } }: { data: ReportData }) {
  const told = report.functions?.cost;
  const expected = told ?? cost;
  const actual = told?.actual;
  return (
    <Facts
      facts={[
        expected ? ["Expected", `${usd(expected.expected_usd)}, at most ${usd(expected.at_most_usd)}`] : null,
        actual ? ["Actual", <b>{usd(actual.total_usd)}</b>] : null,
        actual ? ["Compute", `${usd(actual.compute_usd)} for ${count(actual.gb_seconds)} GB-seconds`] : null,
        actual ? ["Requests", usd(actual.requests_usd)] : null,
        actual ? ["Storage", usd(actual.storage_usd)] : null,
        told && told.estimated_functions > 0
          ? ["Estimated", `${counted(told.estimated_functions, "function")} did not tell the time billed for`]
          : null,
        ["Left out", "the free tier and data transfer"],
      ]}
    />
  );
}
