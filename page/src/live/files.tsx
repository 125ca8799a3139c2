import type { View } from "../contract";
import { Empty } from "../parts/empty";
import { Name } from "../parts/name";
import { bytes } from "../pure/format";
import * as api from "./api";

/** What the run leaves, to take along. */
export function Files({ view }: { view: View }) {
  return (
    <>
      {view.files.length === 0 ? (
        <Empty>The reports (HTML, JSON, CSV) can be downloaded here once the run has ended.</Empty>
      ) : (
        <ul class="files">
          {view.files.map(({ name, bytes: size }) => (
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
          They are in <bdi class="path">{view.run.folder}</bdi>
        </p>
      )}
    </>
  );
}
