import { visible } from "../pure/visible";

/** What was wrong, as the programme tells it: lines that may point into a file. */
export function Problems({ text }: { text: string }) {
  return (
    <div class="problems" role="alert">
      <pre tabIndex={0}>
        <bdi>{visible(text)}</bdi>
      </pre>
    </div>
  );
}
