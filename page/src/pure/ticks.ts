// Where axes have their marks.

/** Steps of a time axis, in seconds: what divides minutes and hours. */
export const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
];

/** Steps of an axis of whole numbers. */
export const WHOLE_STEPS = Array.from({ length: 10 }, (_, i) => [1, 2, 5].map((n) => n * 10 ** i)).flat();

/** HdrHistogram's axis: each nine takes as much room. 0 at the left; 90, 99, 99.9 at 1, 2, 3. */
export function nines(percentile: number): number {
  return percentile >= 100 ? Infinity : Math.log10(100 / (100 - percentile));
}

/** The percentile at a place of that axis. */
export function fromNines(place: number): number {
  return 100 - 100 / 10 ** place;
}

/** The last place of that axis of which `total` requests tell anything. */
export function lastNine(total: number): number {
  return Math.max(1, Math.log10(Math.max(total, 1)) + 0.3);
}

// What is named first, where there is not room for all.
const NAMED = ["90", "99", "99.9", "99.99", "99.999", "99.9999", "99.99999", "50", "0", "75"];

/** Names of that axis up to its last place, none nearer to another than `apart`. */
export function nineNames(last: number, apart: number): { place: number; name: string }[] {
  const chosen: { place: number; name: string }[] = [];
  for (const name of NAMED) {
    const place = nines(Number(name));
    if (place <= last && chosen.every((other) => Math.abs(other.place - place) >= apart)) chosen.push({ place, name });
  }
  return chosen.sort((a, b) => a.place - b.place);
}

/** Powers of ten around the values, for a logarithmic scale; `[0.1, 1]` of none. */
export function decades(low: number, high: number): [number, number] {
  if (!(low > 0) || !(high > 0)) return [0.1, 1];
  const least = 10 ** Math.floor(Math.log10(low) + 1e-9);
  const most = 10 ** Math.ceil(Math.log10(high) - 1e-9);
  return [least, Math.max(most, least * 10)];
}
