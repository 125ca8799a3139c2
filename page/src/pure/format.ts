// Figures as text, in one style everywhere. Nothing measured is "–".

const NOTHING = "–";
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

type Maybe = number | null | undefined;

function known(value: Maybe): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** 1,234,567 */
export function count(value: Maybe): string {
  return known(value) ? whole.format(value) : NOTHING;
}

/** A rate per second: three figures or so, 0 as it is. */
export function rate(value: Maybe): string {
  if (!known(value)) return NOTHING;
  if (value === 0) return "0";
  if (value < 10) return hundredths.format(value);
  return value < 100 ? tenths.format(value) : whole.format(value);
}

/** Milliseconds without their unit, as for a column: 0.42, 4.2, 42, 4,200. */
export function ms(value: Maybe): string {
  if (!known(value)) return NOTHING;
  if (value < 1) return hundredths.format(value);
  return value < 10 ? tenths.format(value) : whole.format(value);
}

/** Milliseconds with their unit; seconds from 10 s on. */
export function time(value: Maybe): string {
  if (!known(value)) return NOTHING;
  return value < 10_000 ? `${ms(value)} ms` : `${tenths.format(value / 1000)} s`;
}

/** 1.5 k, 20 M: short enough for an axis. */
export function short(value: Maybe): string {
  if (!known(value)) return NOTHING;
  const size = Math.abs(value);
  if (size >= 1e9) return `${trimmed(value / 1e9)}G`;
  if (size >= 1e6) return `${trimmed(value / 1e6)}M`;
  if (size >= 1e4) return `${trimmed(value / 1e3)}k`;
  return size < 1 ? trimmed(value, 3) : trimmed(value, 1);
}

function trimmed(value: number, places = 1): string {
  return String(Number(value.toFixed(places)));
}

/** Three figures are enough for an axis. */
function figures(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** Milliseconds on an axis: 0.5 ms, 20 ms, 1.5 s. */
export function shortTime(value: Maybe): string {
  if (!known(value)) return NOTHING;
  return value < 1000 ? `${figures(value)} ms` : `${figures(value / 1000)} s`;
}

/** A ratio of 0 to 1: 12.3 %. What is not quite nothing or all is not shown as such. */
export function percent(ratio: Maybe): string {
  if (!known(ratio)) return NOTHING;
  if (ratio === 0) return "0 %";
  if (ratio < 0.001) return "< 0.1 %";
  if (ratio < 1 && ratio > 0.999) return "> 99.9 %";
  return ratio === 1 ? "100 %" : `${tenths.format(ratio * 100)} %`;
}

/** 512 B, 1.4 kB, 20.3 MB */
export function bytes(value: Maybe): string {
  if (!known(value)) return NOTHING;
  if (value < 1000) return `${whole.format(value)} B`;
  for (const [unit, size] of [["kB", 1e3], ["MB", 1e6], ["GB", 1e9], ["TB", 1e12]] as const) {
    if (value < size * 999.95 || unit === "TB") return `${tenths.format(value / size)} ${unit}`;
  }
  return NOTHING;
}

/** Dollars: cents, and more places for what is less than 10 cents. */
export function usd(value: Maybe): string {
  if (!known(value)) return NOTHING;
  if (value === 0 || value >= 0.1) return `$${hundredths.format(value)}`;
  return value < 0.0001 ? "< $0.0001" : `$${value.toFixed(4)}`;
}

/** Seconds as the profile has them: 45s, 1h20m; tenths below a minute. */
export function duration(seconds: Maybe): string {
  if (!known(seconds)) return NOTHING;
  if (seconds < 60) return `${trimmed(seconds)}s`;
  const total = Math.round(seconds);
  const parts: [number, string][] = [
    [Math.floor(total / 3600), "h"],
    [Math.floor((total % 3600) / 60), "m"],
    [total % 60, "s"],
  ];
  return parts.filter(([n]) => n > 0).map(([n, unit]) => `${n}${unit}`).join("");
}

/** Seconds as a clock, for axes and progress: 0:07, 12:30, 1:02:30. */
export function clock(seconds: Maybe): string {
  if (!known(seconds)) return NOTHING;
  const total = Math.floor(Math.max(0, seconds) + 1e-9);
  const pad = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** The reader's time of day of an instant: 14:03:22. */
export function timeOfDay(epoch_ms: Maybe): string {
  if (!known(epoch_ms)) return NOTHING;
  return new Date(epoch_ms).toLocaleTimeString("en-GB");
}

/** The reader's day and time of an instant: 21 Nov 2026, 14:03:22. */
export function instant(epoch_ms: Maybe): string {
  if (!known(epoch_ms)) return NOTHING;
  const at = new Date(epoch_ms);
  const day = at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
  return `${day}, ${timeOfDay(epoch_ms)}`;
}

/** "1 user", "2 users" */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}
