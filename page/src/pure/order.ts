// What the start form sends.
import type { Backend, Order, Test } from "../contract";

/** What stands in the form's fields. */
export interface Fields {
  clients: string;
  hatch_rate: string;
  duration: string;
  host: string;
  backend: Backend;
}

/** A test's own settings. */
export function defaults(test: Test): Fields {
  const { clients, hatch_rate, duration, host, backend } = test;
  return { clients, hatch_rate, duration, host: host ?? "", backend };
}

/** The test, and those fields that differ from its own settings. */
export function order(test: Test, fields: Fields): Order {
  const own = defaults(test);
  const changed = (Object.keys(own) as (keyof Fields)[])
    .map((key) => [key, fields[key].trim()] as const)
    .filter(([key, value]) => value !== own[key]);
  return { test: test.name, ...Object.fromEntries(changed) };
}
