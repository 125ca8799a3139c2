import { useEffect, useState } from "preact/hooks";
import type { State, Test } from "../contract";
import * as api from "./api";

/** The tests that may be started; `null` until they are known. Asked for whenever one may be started. */
export function useTests(state: State | undefined): Test[] | null {
  const [tests, setTests] = useState<Test[] | null>(null);
  useEffect(() => {
    if (state !== "idle" && state !== "ended") return;
    let wanted = true;
    api.tests().then(
      (known) => wanted && setTests(known),
      () => wanted && setTests([]),
    );
    return () => {
      wanted = false;
    };
  }, [state]);
  return tests;
}
