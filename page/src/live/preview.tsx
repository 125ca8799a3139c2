import { useEffect, useState } from "preact/hooks";
import { CurvePlot } from "../charts/curve_plot";
import type { Order, Preview as Plan } from "../contract";
import { Figure } from "../parts/figure";
import { Problems } from "../parts/problems";
import * as format from "../pure/format";
import * as api from "./api";

export interface Planned {
  preview: Plan | null;
  problems: string | null;
}

const PAUSE_MS = 300;

/** What the server makes of an order, once nobody has typed for a moment. The last plan stays until the next has come. */
export function usePreview(order: Order | null): Planned {
  const [planned, setPlanned] = useState<Planned>({ preview: null, problems: null });
  useEffect(() => {
    if (!order) return;
    const request = new AbortController();
    const timer = setTimeout(() => {
      api.preview(order, request.signal).then(
        (preview) => setPlanned({ preview, problems: null }),
        (error: Error) => !request.signal.aborted && setPlanned({ preview: null, problems: error.message }),
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [JSON.stringify(order)]);
  return planned;
}

/** What would happen: the curve, its figures and its price; or what stands against it. */
export function Preview({ plan: { preview, problems } }: { plan: Planned }) {
  if (problems !== null) return <Problems text={problems} />;
  if (!preview) return <div class="preview" />;
  return (
    <section class="preview" aria-label="What would happen">
      <CurvePlot curve={preview.curve} duration_s={preview.duration_s} />
      <dl class="figures small">
        <Figure label="Users at the peak" value={format.count(preview.peak)} />
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
          <bdi>{warning}</bdi>
        </p>
      ))}
    </section>
  );
}
