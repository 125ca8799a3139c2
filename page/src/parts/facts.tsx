import type { ComponentChildren } from "preact";
import { Name } from "./name";

/** What a list of facts leaves out is `null`. */
export type Fact = [label: string, value: ComponentChildren] | null;

/** Labels and values, a line each. */
export function Facts({ facts }: { facts: Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(
        (fact) =>
          fact && (
            <div key={fact[0]}>
              <dt>
                <Name text={fact[0]} />
              </dt>
              <dd>{fact[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
