// The colours of a heat map: even steps of lightness in OKLab, away from the page's background.

type Lab = [lightness: number, a: number, b: number];

// From just off the background to the far end, through hues that also differ for the colour-blind.
const ON_LIGHT: Lab[] = [[0.95, -0.02, -0.025], [0.76, -0.06, -0.07], [0.55, 0.0, -0.15], [0.38, 0.09, -0.12], [0.24, 0.08, -0.02]];
const ON_DARK: Lab[] = [[0.28, 0.01, -0.06], [0.45, 0.05, -0.14], [0.62, 0.11, -0.04], [0.78, 0.07, 0.1], [0.95, -0.02, 0.1]];

/** The shade of a part of the most, 0 to 1, as `[r, g, b]` of 0 to 255. */
export function shade(part: number, dark: boolean): [number, number, number] {
  const stops = dark ? ON_DARK : ON_LIGHT;
  const place = Math.min(Math.max(part, 0), 1) * (stops.length - 1);
  const at = Math.min(Math.floor(place), stops.length - 2);
  const mix = (i: number) => stops[at][i] + (stops[at + 1][i] - stops[at][i]) * (place - at);
  return rgb([mix(0), mix(1), mix(2)]);
}

/** How much of the scale a count takes: by its logarithm, so that single slow requests are seen. */
export function part(count: number, most: number): number {
  return most <= 1 ? Number(count > 0) : Math.log1p(count) / Math.log1p(most);
}

function rgb([lightness, a, b]: Lab): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    channel(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    channel(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    channel(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function channel(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(Math.max(value, 0), 1));
}
