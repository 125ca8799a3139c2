import type { View } from "../contract";

/** Tells a screen reader when the state changes, and only then. */
export function Announcer({ view, lost }: { view: View; lost: boolean }) {
  const parts = [
    lost ? "Connection lost, reconnecting." : "",
    view.state === "ended" ? "The load test has ended." : `The load test is ${view.state}.`,
    view.verdict ? `Its result is ${view.verdict.status}.` : "",
  ];
  return (
    <div class="hidden" role="status">
      {parts.filter(Boolean).join(" ")}
    </div>
  );
}
