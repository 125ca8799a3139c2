import { Prose } from "../parts/name";
import { Facts, type Fact } from "../parts/facts";
import * as format from "../pure/format";
import type { Report } from "./contract";

/** What was asked for, and how that was changed while it ran. */
export function Plan({ report: { plan, changes = [] } }: { report: Report }) {
  const reaches = plan.peak === plan.clients ? "" : `, of which the curve reaches ${format.count(plan.peak)}`;
  return (
    <>
      {plan.warnings.map((warning) => (
        <p class="banner warn" key={warning}>
          <Prose text={warning} />
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
          ["Regions", <Prose text={plan.regions.join(", ")} />],
          ["Seed", String(plan.seed)],
          ...changes.map(({ at_s, clients, hatch_rate }): Fact => [
            `Changed at ${format.clock(at_s)}`,
            `to ${format.counted(clients, "user")}, ${format.rate(hatch_rate)} per second`,
          ]),
        ]}
      />
    </>
  );
}
