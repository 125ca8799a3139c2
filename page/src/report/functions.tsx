import { Facts } from "../parts/facts";
import * as format from "../pure/format";
import type { Functions as Data } from "./contract";

/** How the run's functions fared. */
export function Functions({ functions: f }: { functions: Data }) {
  return (
    <Facts
      facts={[
        ["Functions", format.count(f.functions)],
        ["Cold starts", format.count(f.cold_starts)],
        ["Throttled", format.count(f.throttled)],
        ["Replacements", format.count(f.replacements)],
        ["Handed in through the bucket", format.count(f.handed_in)],
        f.max_memory_mb === null ? null : ["Most memory used", `${format.count(f.max_memory_mb)} MB`],
        f.clock === null
          ? null
          : ["Clocks", `${f.clock.ahead_s.toFixed(3)} s ahead of this machine's, ± ${f.clock.error_s.toFixed(3)} s, corrected`],
      ]}
    />
  );
}
