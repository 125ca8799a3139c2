import { useEffect, useState } from "preact/hooks";
import type { State } from "../contract";
import * as api from "./api";

/** Stops the test; once it is stopping, ends it at once. */
export function StopButton({ state }: { state: State }) {
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // A double click must not be both.
  useEffect(() => setAsked(false), [state]);

  const again = state === "stopping";
  const onStop = async () => {
    setAsked(true);
    setProblem(null);
    try {
      await api.stop();
    } catch (error) {
      setAsked(false);
      setProblem((error as Error).message);
    }
  };
  const hint = again ? "Does not wait for requests in flight" : "Requests in flight may end";
  return (
    <>
      {problem && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
      <button type="button" class="danger" title={hint} disabled={asked} onClick={onStop}>
        {again ? (asked ? "Ending" : "Stop at once") : asked ? "Stopping" : "Stop"}
      </button>
    </>
  );
}
