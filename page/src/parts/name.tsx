// Text that came from elsewhere: its direction stays its own, and a long one is cut with all of it in the title.
import { visible } from "../pure/visible";

/** On at most `lines` lines. */
export function Name({ text, lines = 2 }: { text: string; lines?: number }) {
  if (text === "") return <span class="name faint">(no name)</span>;
  const seen = visible(text);
  return (
    <bdi
      class={lines === 1 ? "name line" : "name"}
      style={{ WebkitLineClamp: String(lines) }}
      title={seen.length > 20 ? seen : undefined}
    >
      {seen}
    </bdi>
  );
}

/** Sentences: they may have several lines, and begin where they stand. */
export function Prose({ text }: { text: string }) {
  return <Name text={text} lines={8} />;
}

/** What a transaction is known by. */
export function Transaction({ method, name }: { method: string; name: string }) {
  return (
    <span class="transaction">
      {method && <bdi class="method">{visible(method)}</bdi>}
      <Name text={name} />
    </span>
  );
}

/** The same for a place that holds text alone. */
export function transactionText(method: string, name: string): string {
  return visible(`${method} ${name}`.trim() || "(no name)");
}
