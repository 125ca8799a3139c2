import type { Tone } from "./figure";

const SIGNS: Record<Tone, string> = { good: "✓", warn: "!", bad: "✕", plain: "·" };

/** A state in a word, with a sign: never by its colour alone. */
export function Badge({ tone, text }: { tone: Tone; text: string }) {
  return (
    <span class={`badge ${tone}`}>
      <span aria-hidden="true">{SIGNS[tone]}</span> {text}
    </span>
  );
}
