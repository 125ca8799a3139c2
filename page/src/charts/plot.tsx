// A uPlot in a page of Preact: made anew when its shape or the theme changes, fed otherwise.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { useTheme } from "../theme";

/** Of a CSS variable, as a canvas wants it. */
export type Colours = (variable: string) => string;

interface Props {
  /** What options depend on, in a word. */
  shape: string;
  data: uPlot.AlignedData;
  height: number;
  options: (colours: Colours) => Omit<uPlot.Options, "width" | "height">;
  plot?: RefObject<uPlot | null>;
}

/** What fits on A4 beside its margins. */
export const PAPER_WIDTH = 670;

export function Plot({ shape, data, height, options, plot }: Props) {
  const { dark } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<uPlot | null>(null);
  const current = useRef({ data, options });
  current.current = { data, options };

  useLayoutEffect(() => {
    const parent = place.current!;
    const make = (width: number) => {
      made.current?.destroy();
      const { data, options } = current.current;
      made.current = new uPlot({ ...options(coloursOf(parent)), width, height }, data, parent);
      if (plot) plot.current = made.current;
    };
    const fit = () => made.current?.setSize({ width: parent.clientWidth, height });
    const onPaper = () => make(PAPER_WIDTH);
    const onScreen = () => make(parent.clientWidth);

    make(parent.clientWidth);
    const sizes = new ResizeObserver(fit);
    sizes.observe(parent);
    addEventListener("beforeprint", onPaper);
    addEventListener("afterprint", onScreen);
    return () => {
      sizes.disconnect();
      removeEventListener("beforeprint", onPaper);
      removeEventListener("afterprint", onScreen);
      made.current?.destroy();
      made.current = null;
    };
  }, [shape, dark, height]);

  useLayoutEffect(() => made.current?.setData(data), [data]);

  return <div class="plot" ref={place} style={{ height: `${height}px` }} aria-hidden="true" />;
}

/** Lets the browser work out variables, `light-dark()` and all. */
function coloursOf(parent: HTMLElement): Colours {
  return (variable) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${variable})`;
    parent.append(probe);
    const colour = getComputedStyle(probe).color;
    probe.remove();
    return colour;
  };
}

/** An axis in the page's type and colours. */
export function axis(colours: Colours, more: uPlot.Axis): uPlot.Axis {
  return {
    stroke: colours("--faint"),
    font: "11px system-ui, sans-serif",
    grid: { stroke: colours("--grid"), width: 1 },
    ticks: { show: false },
    ...more,
  };
}
