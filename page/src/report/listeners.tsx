import { Facts } from "../parts/facts";
import * as format from "../pure/format";
import type { Delivery } from "./contract";

/** What became of what listeners were told. */
export function Listeners({ deliveries }: { deliveries: Delivery[] }) {
  return <Facts facts={deliveries.map((delivery) => [delivery.listener, told(delivery)])} />;
}

function told({ sent, lost, trouble }: Delivery): string {
  const missing = lost > 0 ? `, ${format.count(lost)} lost` : "";
  const why = trouble === null ? "" : `: ${trouble}`;
  return `${format.count(sent)} sent${missing}${why}`;
}
