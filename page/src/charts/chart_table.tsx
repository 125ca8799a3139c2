import { clock } from "../pure/format";
import { spread } from "../pure/series";
import { visible } from "../pure/visible";
import type { Spec } from "./spec";

const MOST_ROWS = 120;

/** A chart's figures as a table; of many buckets, some evenly spread ones. */
export function ChartTable({ spec }: { spec: Spec }) {
  const places = spread(spec.seconds.length, MOST_ROWS);
  return (
    <div class="scroll short" tabIndex={0} role="region" aria-label={`${spec.title} as a table`}>
      <table>
        <caption class="hidden">{spec.title}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {spec.lines.map((line) => (
              <th scope="col" key={line.label}>
                <bdi>{visible(line.label)}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {places.map((place) => (
            <tr key={spec.seconds[place]}>
              <th scope="row">{clock(spec.seconds[place])}</th>
              {spec.lines.map((line) => (
                <td key={line.label}>{line.format(line.values[place] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
