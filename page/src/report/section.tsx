import type { ComponentChildren } from "preact";

export interface Entry {
  id: string;
  title: string;
  count?: number;
  body: ComponentChildren;
}

/** A part of the report, which the list of contents leads to. */
export function Section({ entry }: { entry: Entry }) {
  return (
    <section class="part" id={entry.id} aria-labelledby={`${entry.id}-title`}>
      <h2 id={`${entry.id}-title`}>{entry.title}</h2>
      {entry.body}
    </section>
  );
}
