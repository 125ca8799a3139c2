// Text that came from elsewhere: its direction stays its own, and a long one is cut with all of it in the title.

/** On at most `lines` lines. */
export function Name({ text, lines = 2 }: { text: string; lines?: number }) {
  if (text === "") return <span class="faint">(no name)</span>;
  return (
    <bdi class={lines === 1 ? "name line" : "name"} style={{ WebkitLineClamp: String(lines) }} title={text.length > 40 ? text : undefined}>
      {text}
    </bdi>
  );
}

/** What a transaction is known by. */
export function Transaction({ method, name }: { method: string; name: string }) {
  return (
    <span class="transaction">
      {method && <bdi class="method">{method}</bdi>}
      <Name text={name} />
    </span>
  );
}
