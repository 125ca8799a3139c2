import { Prose } from "../parts/name";
import { useEffect, useState } from "preact/hooks";
import { CurvePlot } from "../charts/curve_plot";
import type { Order, Plan } from "../contract";
import { Figure } from "../parts/figure";
import { Problems } from "../parts/problems";
import * as format from "../pure/format";
import * as api from "./api";

export interface Planned {
  preview: Plan | null;
  problems: string | null;
  /** Whether it is of what stands in the form now. */
  current: boolean;
}

const PAUSE_MS = 300;

/** What the server makes of an order, once nobody has typed for a moment. The last plan stays until the next has come. */
export function usePreview(order: Order | null): Planned {
  const [planned, setPlanned] = useState<Omit<Planned, "current"> & { of: string }>({ preview: null, problems: null, of: "" });
  const wanted = JSON.stringify(order);
  useEffect(() => {
    if (!order) return;
    const request = new AbortController();
    const timer = setTimeout(() => {
      api.preview(order, request.signal).then(
        (preview) => setPlanned({ preview, problems: null, of: wanted }),
        (error: Error) => !request.signal.aborted && setPlanned({ preview: null, problems: error.message, of: wanted }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [wanted]);
  return { ...planned, current: planned.of === wanted };
}

/** What would happen: the curve, its figures and its price; or what stands against it. */
export function Preview({ plan: { preview, problems } }: { plan: Planned }) {
  if (problems !== null) return <Problems text={problems} />;
  if (!preview) return <div class="preview" />;
  return (
    <section class="preview" aria-label="What would happen">
      <CurvePlot
        curve={preview.curve}
        duration_s={preview.duration_s}
        noun={preview.arrivals_per_s === null ? "user" : "arrival"}
      />
      <dl class="figures small">
        <Figure label={preview.arrivals_per_s === null ? "Users at the peak" : "Users in the pool"} value={format.count(preview.peak)} />
        {preview.arrivals_per_s !== null && <Figure label="Arrivals/s" value={format.rate(preview.arrivals_per_s)} note="at most" />}
        <Figure label="Duration" value={format.duration(preview.duration_s)} />
        <Figure
          label="Generators"
          value={format.count(preview.generators)}
          note={`${format.counted(preview.intervals, "interval")}, ${preview.regions.join(", ")}`}
        />
        {preview.expected_usd !== null && (
          <Figure
            label="Expected cost"
            value={format.usd(preview.expected_usd)}
            note={preview.at_most_usd !== null && `at most ${format.usd(preview.at_most_usd)}`}
          />
        )}
      </dl>
      {preview.warnings.map((warning) => (
        <p class="banner warn" key={warning}>
          <Prose text={warning} />
        </p>
      ))}
    </section>
  );
}
