// What happened at an instant of a run, marked in its charts.
import type { Change } from "../contract";
import { count } from "./format";

export interface Mark {
  at_s: number;
  label: string;
  kind: "cut" | "change";
}

/** Where intervals take over (they count from 0, as everywhere in the reports), and where somebody changed the users. */
export function marks(cuts_s: number[], changes: Change[]): Mark[] {
  const cuts = cuts_s.map((at_s, i): Mark => ({ at_s, label: `interval ${i + 1}`, kind: "cut" }));
  const steered = changes.map(
    ({ at_s, clients }): Mark => ({ at_s, label: `→ ${count(clients)} users`, kind: "change" }),
  );
  return [...cuts, ...steered].sort((a, b) => a.at_s - b.at_s);
}
