// Calls to the server that served the page. Nothing else is ever asked.
import type { Chart, Order, Plan, Test } from "../contract";

const token = new URLSearchParams(location.search).get("token");

/** An address with the token of the page's own address, if that has one. */
export function address(path: string, query: Record<string, string> = {}): string {
  const all = new URLSearchParams(token ? { ...query, token } : query);
  return all.size > 0 ? `${path}?${all}` : path;
}

export function file(name: string): string {
  return address(`/files/${encodeURIComponent(name)}`);
}

/** What the server said against a request. */
export class Refused extends Error {}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const headers: Record<string, string> = { "X-Load-Test": "1" };
  if (token) headers["X-Load-Test-Token"] = token;
  if (init.body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Refused("load-test does not answer. Does it still run?");
  }
  const text = await response.text();
  if (!response.ok) throw new Refused(problems(text) ?? `load-test answered ${response.status}. ${text.slice(0, 300)}`);
  return parsed(text) as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function problems(text: string): string | null {
  const told = parsed(text) as { problems?: unknown } | null;
  return typeof told?.problems === "string" ? told.problems : null;
}

function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return call(path, { method: "POST", body: JSON.stringify(body), signal });
}

export async function tests(): Promise<Test[]> {
  return (await call<{ tests: Test[] }>(address("/api/tests"), {})).tests;
}

export function chart(from: number, to: number, points: number, signal: AbortSignal): Promise<Chart> {
  const query = { from: from.toFixed(1), to: to.toFixed(1), points: String(points) };
  return call(address("/api/chart", query), { signal });
}

export const preview = (order: Order, signal: AbortSignal) => post<Plan>("/api/plan", order, signal);
export const run = (order: Order) => post<void>("/api/run", order);
export const stop = () => post<void>("/api/stop", {});
export const users = (clients: number, hatch_rate?: number) =>
  post<{ at_s: number }>("/api/users", hatch_rate === undefined ? { clients } : { clients, hatch_rate });
