import type { ComponentChildren } from "preact";

export type Tone = "good" | "warn" | "bad" | "plain";

interface Props {
  label: string;
  value: string;
  /** A few words below it. */
  note?: ComponentChildren;
  tone?: Tone;
}

/** One of a row of key figures (a `dl`). */
export function Figure({ label, value, note, tone = "plain" }: Props) {
  return (
    <div class={`figure ${tone}`}>
      <dt>{label}</dt>
      <dd>
        <span class="value">{value}</span>
        {note && <span class="note">{note}</span>}
      </dd>
    </div>
  );
}
