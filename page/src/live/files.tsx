import type { View } from "../contract";
import { Empty } from "../parts/empty";
import { Name } from "../parts/name";
import { bytes } from "../pure/format";
import { visible } from "../pure/visible";
import * as api from "./api";

const ORDER = [/^report\.html$/, /^report\./, /\.csv$/, /\.xml$/];

/** What people read comes before what the programme does. */
function rank(name: string): number {
  const found = ORDER.findIndex((pattern) => pattern.test(name));
  return found < 0 ? ORDER.length : found;
}

/** What the run leaves, to take along. */
export function Files({ view }: { view: View }) {
  return (
    <>
      {view.files.length === 0 ? (
        <Empty>The reports (HTML, JSON, CSV) can be downloaded here once the run has ended.</Empty>
      ) : (
        <ul class="files">
          {[...view.files].sort((a, b) => rank(a.name) - rank(b.name)).map(({ name, bytes: size }) => (
            <li key={name}>
              <a href={api.file(name)} download={name}>
                <Name text={name} />
              </a>
              <span class="faint">{bytes(size)}</span>
            </li>
          ))}
        </ul>
      )}
      {view.run && (
        <p class="faint">
          They are in <bdi class="path">{visible(view.run.folder)}</bdi>
        </p>
      )}
    </>
  );
}
