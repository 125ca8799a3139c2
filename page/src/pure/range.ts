// Which part of a run the charts show.

/** All of it; its last seconds, following the run; or a fixed part. */
export type Range = { kind: "all" } | { kind: "last"; seconds: number } | { kind: "part"; from: number; to: number };

export const ALL: Range = { kind: "all" };

/** The seconds shown, when the data reaches from `from_s` to `to_s`; of a run that has just begun, a few to come. */
export function shown(range: Range, from_s: number, to_s: number, least = 1): [number, number] {
  switch (range.kind) {
    case "all":
      return [from_s, Math.max(to_s, from_s + least)];
    case "last":
      return [Math.max(from_s, to_s - range.seconds), to_s];
    case "part":
      return [range.from, range.to];
  }
}

/** A part that was drawn with the pointer; too short ones are made as long as `least` seconds. */
export function part(from: number, to: number, least: number): Range {
  const [low, high] = from < to ? [from, to] : [to, from];
  const missing = Math.max(0, least - (high - low)) / 2;
  return { kind: "part", from: Math.max(0, low - missing), to: high + missing };
}

/** Half of what is shown, around `at`. */
export function closer([from, to]: [number, number], at: number, least: number): Range {
  const quarter = (to - from) / 4;
  const middle = Math.min(Math.max(at, from + quarter), to - quarter);
  return part(middle - quarter, middle + quarter, least);
}
