import { Prose } from "../parts/name";
import { useState } from "preact/hooks";
import type { Backend, Test } from "../contract";
import { Empty } from "../parts/empty";
import { Problems } from "../parts/problems";
import { usd } from "../pure/format";
import { visible } from "../pure/visible";
import { defaults, order, type Fields } from "../pure/order";
import * as api from "./api";
import { Preview, usePreview } from "./preview";

interface Props {
  tests: Test[] | null;
  message: string | null;
  onCancel: (() => void) | null;
}

/** Chooses a test, changes what is to be changed, shows what would happen, and starts it. */
export function Start({ tests, message, onCancel }: Props) {
  return (
    <section class="start" aria-labelledby="start-title">
      <h2 id="start-title">Start a load test</h2>
      {message && <Problems text={message} />}
      {tests === null && <Empty>Reading the tests.</Empty>}
      {tests?.length === 0 && <Empty>There is no test to start here. Tests are named in the project's registry.</Empty>}
      {tests && tests.length > 0 && <Form tests={tests} onCancel={onCancel} />}
    </section>
  );
}

function Form({ tests, onCancel }: { tests: Test[]; onCancel: (() => void) | null }) {
  const [name, setName] = useState((tests.find((test) => test.current) ?? tests[0]).name);
  const test = tests.find((t) => t.name === name) ?? tests[0];
  const [fields, setFields] = useState<Fields>(defaults(test));
  const [asked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ordered = order(test, fields);
  const plan = usePreview(test.problem === null ? ordered : null);

  const onTest = (next: string) => {
    setName(next);
    setFields(defaults(tests.find((t) => t.name === next)!));
    setProblem(null);
  };
  const onSubmit = async (event: Event) => {
    event.preventDefault();
    setAsked(true);
    setProblem(null);
    try {
      await api.run(ordered);
    } catch (error) {
      setProblem((error as Error).message);
    }
    setAsked(false);
  };
  const set = (key: keyof Fields) => (value: string) => setFields({ ...fields, [key]: value });
  const price = plan.current ? plan.preview?.expected_usd : null;
  const refused = test.problem !== null || (plan.current && plan.problems !== null);

  return (
    <div class="form-and-preview">
      <form onSubmit={onSubmit} autocomplete="off">
        <label class="field wide">
          Test
          <select value={name} onChange={(event) => onTest(event.currentTarget.value)}>
            {tests.map((t) => (
              <option value={t.name} key={t.name}>
                {visible(t.name)}
                {t.problem === null ? "" : " (has problems)"}
              </option>
            ))}
          </select>
        </label>
        {test.description && (
          <p class="faint wide">
            <Prose text={test.description} />
          </p>
        )}
        <Field label="Users" hint="at the peak" value={fields.clients} onValue={set("clients")} />
        <Field label="Hatch rate" hint="users/s" value={fields.hatch_rate} onValue={set("hatch_rate")} />
        <Field label="Duration" hint="as 1h20m" value={fields.duration} onValue={set("duration")} />
        <Field label="Host" hint="base URL" value={fields.host} onValue={set("host")} />
        <Backends value={fields.backend} onValue={(backend) => setFields({ ...fields, backend })} />
        {problem && <Problems text={problem} />}
        <div class="buttons wide">
          {onCancel && (
            <button type="button" onClick={onCancel}>
              Back to the run
            </button>
          )}
          <button type="submit" class="primary" disabled={asked || refused}>
            {asked ? "Starting" : "Start"}
            {fields.backend === "lambda" && price != null && ` for about ${usd(price)}`}
          </button>
        </div>
      </form>
      {test.problem !== null ? <Problems text={test.problem} /> : <Preview plan={plan} />}
    </div>
  );
}

interface FieldProps {
  label: string;
  hint: string;
  value: string;
  onValue: (value: string) => void;
}

function Field({ label, hint, value, onValue }: FieldProps) {
  return (
    <label class="field">
      <span>
        {label} <span class="faint">{hint}</span>
      </span>
      <input type="text" value={value} spellcheck={false} onInput={(event) => onValue(event.currentTarget.value)} />
    </label>
  );
}

const BACKENDS: [Backend, string][] = [["local", "This machine"], ["lambda", "AWS Lambda"]];

function Backends({ value, onValue }: { value: Backend; onValue: (value: Backend) => void }) {
  return (
    <fieldset class="choice wide">
      <legend>Where the load is made</legend>
      {BACKENDS.map(([backend, label]) => (
        <label key={backend}>
          <input type="radio" name="backend" checked={value === backend} onChange={() => onValue(backend)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
