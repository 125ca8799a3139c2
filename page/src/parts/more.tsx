import { counted } from "../pure/format";

/** That the list above is not all of it. */
export function More({ count, noun }: { count: number; noun: string }) {
  if (count === 0) return null;
  return <p class="faint">And {counted(count, `other ${noun}`)}; the files have them all.</p>;
}
