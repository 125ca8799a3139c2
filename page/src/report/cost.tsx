import { Facts } from "../parts/facts";
import { count, counted, usd } from "../pure/format";
import type { Functions } from "./contract";

/** What it was to cost, and what it did; without the free tier and data transfer. */
export function Cost({ cost: { expected_usd, at_most_usd, actual, estimated_functions } }: { cost: Functions["cost"] }) {
  return (
    <Facts
      facts={[
        ["Expected", `${usd(expected_usd)}, at most ${usd(at_most_usd)}`],
        ["Actual", <b>{usd(actual.total_usd)}</b>],
        ["Compute", `${usd(actual.compute_usd)} for ${count(actual.gb_seconds)} GB-seconds`],
        ["Requests", usd(actual.requests_usd)],
        ["Storage", usd(actual.storage_usd)],
        estimated_functions > 0
          ? ["Estimated", `${counted(estimated_functions, "function")} did not tell the time billed for`]
          : null,
        ["Left out", "the free tier and data transfer"],
      ]}
    />
  );
}
