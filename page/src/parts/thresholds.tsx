import type { Threshold } from "../contract";
import { Badge } from "./badge";
import type { Tone } from "./figure";
import { Name, Prose } from "./name";
import { Table, type Column } from "./table";

const TONES: Record<Threshold["state"], Tone> = { passed: "good", crossed: "bad", unknown: "plain" };
const RANKS: Record<Threshold["state"], number> = { crossed: 0, unknown: 1, passed: 2 };

const COLUMNS: Column<Threshold>[] = [
  { id: "subject", label: "Of", words: true, key: (t) => t.subject, cell: (t) => <Name text={t.subject} /> },
  { id: "metric", label: "Metric", words: true, key: (t) => t.metric, cell: (t) => <Name text={t.metric} /> },
  { id: "limit", label: "Limit", words: true, cell: (t) => <Name text={t.limit} /> },
  { id: "value", label: "Value", words: true, cell: (t) => <Value threshold={t} /> },
  {
    id: "state",
    label: "State",
    words: true,
    key: (t) => RANKS[t.state],
    cell: (t) => <Badge tone={TONES[t.state]} text={t.state === "unknown" ? "not known yet" : t.state} />,
  },
  { id: "abort", label: "When crossed", words: true, cell: (t) => (t.abort ? "stops the test" : "fails the test") },
];

function Value({ threshold: { value, state, hint } }: { threshold: Threshold }) {
  return (
    <>
      {value !== null ? <Name text={value} /> : state === "crossed" ? "nothing measured" : "–"}
      {hint && (
        <span class="faint">
          {" "}
          <Prose text={hint} />
        </span>
      )}
    </>
  );
}

/** What the test must keep to, what it has crossed first. */
export function Thresholds({ thresholds }: { thresholds: Threshold[] }) {
  return (
    <Table
      caption="Thresholds"
      columns={COLUMNS}
      rows={thresholds}
      identity={(t) => `${t.subject} ${t.metric} ${t.limit}`}
      order={["state", "ascending"]}
      empty="The profile sets no thresholds. With them, a run passes or fails by its own figures."
    />
  );
}
