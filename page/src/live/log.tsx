import { Prose } from "../parts/name";
import type { View } from "../contract";
import { Empty } from "../parts/empty";
import { clock } from "../pure/format";

/** What happened, newest first. */
export function Log({ view }: { view: View }) {
  if (view.notes.length === 0) return <Empty>What happens to the run is noted here.</Empty>;
  return (
    <ol class="log" reversed>
      {[...view.notes].reverse().map((note, i) => (
        <li key={view.notes.length - i}>
          <time>{clock(note.at_s)}</time> <Prose text={note.text} />
        </li>
      ))}
    </ol>
  );
}
