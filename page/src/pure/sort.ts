// Order and choice of a table's rows.

export type Key = number | string | null | undefined;
export type Direction = "ascending" | "descending";

/** Sorted by the key, stable; what has none comes last in either direction. */
export function sorted<T>(rows: readonly T[], key: (row: T) => Key, direction: Direction): T[] {
  const sign = direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left == null || right == null) return Number(left == null) - Number(right == null);
    return sign * compared(left, right);
  });
}

function compared(left: number | string, right: number | string): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), "en", { numeric: true });
}

/** Rows whose text holds every word that was asked for, in any case. */
export function matching<T>(rows: readonly T[], text: (row: T) => string, wanted: string): T[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const all = text(row).toLowerCase();
    return words.every((word) => all.includes(word));
  });
}

interface Health {
  state: string;
  missing_frames: number;
  cpu_max: number | null;
  delay_p99_ms: number | null;
}

/** Lost generators first, then those that lack frames, then the busiest and the latest. */
export function worstFirst<T extends Health>(generators: readonly T[]): T[] {
  const badness = (g: T) => [
    g.state === "lost" ? 1 : 0,
    g.missing_frames,
    g.cpu_max ?? -1,
    g.delay_p99_ms ?? -1,
  ];
  return [...generators].sort((a, b) => {
    const [left, right] = [badness(a), badness(b)];
    const at = left.findIndex((value, i) => value !== right[i]);
    return at < 0 ? 0 : right[at] - left[at];
  });
}
