import { useEffect, useRef, useState } from "preact/hooks";
import type { View } from "../contract";
import { Problems } from "../parts/problems";
import { clock, count } from "../pure/format";
import * as api from "./api";

const TOLD_MS = 10_000;

/** Changes how many users run, from now on. */
export function UsersButton({ view }: { view: View }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [clients, setClients] = useState("");
  const [hatchRate, setHatchRate] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [told, setTold] = useState<string | null>(null);

  useEffect(() => {
    const timer = setTimeout(() => setTold(null), TOLD_MS);
    return () => clearTimeout(timer);
  }, [told]);

  const onOpen = () => {
    setClients(String(view.changes.at(-1)?.clients ?? view.plan?.clients ?? view.now.users));
    setHatchRate("");
    setProblem(null);
    dialog.current!.showModal();
  };
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    try {
      const { at_s } = await api.users(Number(clients), hatchRate === "" ? undefined : Number(hatchRate));
      setTold(`${count(Number(clients))} users from ${clock(at_s)}`);
      dialog.current!.close();
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const rate = view.changes.at(-1)?.hatch_rate;

  return (
    <>
      {told && (
        <span class="told" role="status">
          {told}
        </span>
      )}
      <button type="button" onClick={onOpen}>
        Change users
      </button>
      <dialog ref={dialog} aria-labelledby="users-title">
        <form onSubmit={onSubmit}>
          <h2 id="users-title">Change users</h2>
          <p class="faint">{count(view.now.users)} users run now.</p>
          <label class="field">
            Users
            <input type="number" min="1" step="1" required value={clients} onInput={(e) => setClients(e.currentTarget.value)} />
          </label>
          <label class="field">
            Users per second
            <input
              type="number"
              min="0"
              step="any"
              placeholder={rate === undefined ? "as before" : `${rate}, as before`}
              value={hatchRate}
              onInput={(e) => setHatchRate(e.currentTarget.value)}
            />
          </label>
          {problem && <Problems text={problem} />}
          <div class="buttons">
            <button type="button" onClick={() => dialog.current!.close()}>
              Cancel
            </button>
            <button type="submit" class="primary">
              Change
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
