import { useEffect, useState } from "preact/hooks";
import type { State } from "../contract";
import * as api from "./api";

const REST_MS = 1000;

/** Stops the test; once it is stopping, ends it at once. */
export function StopButton({ state }: { state: State }) {
  const [askedIn, setAskedIn] = useState<State | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const resting = useRest(state);
  const asked = askedIn === state;

  const onStop = async () => {
    setAskedIn(state);
    setProblem(null);
    try {
      await api.stop();
    } catch (error) {
      setAskedIn(null);
      setProblem((error as Error).message);
    }
  };
  const stopping = state === "stopping";
  const hint = stopping ? "Does not wait for requests in flight" : "Requests in flight may end";
  return (
    <>
      {problem !== null && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
      <button type="button" class="danger" title={hint} disabled={asked || resting} onClick={onStop}>
        {stopping ? (asked ? "Ending" : "Stop at once") : asked ? "Stopping" : "Stop"}
      </button>
    </>
  );
}

/** For a moment after the test has begun to stop: the second half of a double click must not end it at once. */
function useRest(state: State): boolean {
  const [rested, setRested] = useState<State>(state);
  useEffect(() => {
    const timer = setTimeout(() => setRested(state), REST_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return state === "stopping" && rested !== "stopping";
}
