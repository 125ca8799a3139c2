import type { ComponentChildren } from "preact";

/** Instead of what is not there yet: says what is to be expected. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
