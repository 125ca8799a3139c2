import { Prose } from "./name";
import type { Verdict } from "../contract";
import type { Tone } from "./figure";

export const VERDICTS: Record<Verdict["status"], Tone> = { valid: "good", doubtful: "warn", invalid: "bad" };

/** Why, the worst first. */
export function Reasons({ reasons }: { reasons: string[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul class="reasons">
      {reasons.map((reason) => (
        <li key={reason}>
          <Prose text={reason} />
        </li>
      ))}
    </ul>
  );
}
