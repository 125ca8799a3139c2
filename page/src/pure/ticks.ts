// Where axes have their marks.

/** Steps of a time axis, in seconds: what divides minutes and hours. */
export const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
];

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

/** 50, 90, 99, 99.9, 99.99: a name for each whole place, and for 0 and 50. */
export function nineNames(last: number): { place: number; name: string }[] {
  const named = ["0", "50", "75", "90", "99", "99.9", "99.99", "99.999", "99.9999", "99.99999"];
  return named
    .map((name) => ({ place: nines(Number(name)), name }))
    .filter(({ place }) => place <= last);
}

/** Powers of ten around the values, for a logarithmic scale; `[0.1, 1]` of none. */
export function decades(low: number, high: number): [number, number] {
  if (!(low > 0) || !(high > 0)) return [0.1, 1];
  const least = 10 ** Math.floor(Math.log10(low) + 1e-9);
  const most = 10 ** Math.ceil(Math.log10(high) - 1e-9);
  return [least, Math.max(most, least * 10)];
}
