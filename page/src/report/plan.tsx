import { Facts } from "../parts/facts";
import * as format from "../pure/format";
import type { Report } from "./contract";

/** What was asked for. */
export function Plan({ report: { plan } }: { report: Report }) {
  const reaches = plan.peak === plan.clients ? "" : `, of which the curve reaches ${format.count(plan.peak)}`;
  return (
    <>
      {plan.warnings.map((warning) => (
        <p class="banner warn" key={warning}>
          <bdi>{warning}</bdi>
        </p>
      ))}
      <Facts
        facts={[
          ["Users", `${format.count(plan.clients)}${reaches}`],
          plan.arrivals === null
            ? null
            : ["Arrivals", `${format.count(plan.arrivals)}, at most ${format.rate(plan.arrivals_per_s)}/s`],
          ["Duration", format.duration(plan.duration_s)],
          ["Stop timeout", format.duration(plan.stop_timeout_s)],
          ["Intervals", format.count(plan.intervals)],
          ["Generators", format.count(plan.generators)],
          ["Regions", <bdi>{plan.regions.join(", ")}</bdi>],
          ["Seed", String(plan.seed)],
        ]}
      />
    </>
  );
}
