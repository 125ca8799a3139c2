import type { View } from "../contract";
import { Badge } from "../parts/badge";
import type { Tone } from "../parts/figure";
import { ThemeButton } from "../parts/theme_button";
import { Name } from "../parts/name";
import { Progress } from "./progress";
import { StopButton } from "./stop_button";
import { UsersButton } from "./users_button";

const TONES: Record<View["state"], Tone> = {
  idle: "plain",
  preparing: "warn",
  running: "good",
  stopping: "warn",
  ended: "plain",
};

/** Which test it is, how far it has come, and what can be done about it. */
export function Header({ view, lost }: { view: View; lost: boolean }) {
  const { run, state } = view;
  const steerable = !lost && (state === "running" || state === "preparing" || state === "stopping");
  return (
    <header class="top">
      <div class="row">
        <div class="titles">
          <h1>{run ? <Name text={run.test} lines={1} /> : "load-test"}</h1>
          <Badge tone={TONES[state]} text={state} />
        </div>
        <div class="actions controls">
          {steerable && state === "running" && <UsersButton view={view} />}
          {steerable && <StopButton state={state} />}
          <ThemeButton />
        </div>
      </div>
      {run && (
        <p class="about">
          {run.host !== null && <Name text={run.host} lines={1} />}
          <Name text={run.environment} lines={1} />
          <span>{run.backend === "lambda" ? "AWS Lambda" : "this machine"}</span>
          {run.description && <Name text={run.description} lines={1} />}
        </p>
      )}
      {run && state !== "idle" && <Progress view={view} />}
    </header>
  );
}
