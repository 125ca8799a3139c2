// The live page's server, as the contract has it, with a run that moves as fast as wanted.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { chart, PLAN } from "./model.mjs";
import { ended, idle, running } from "./view.mjs";

const DIST = new URL("../../dist/", import.meta.url);
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" };
const POLICY = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const TESTS = [
  { name: "shop", description: "Browses the shop, fills a basket, and buys now and then", clients: "500", hatch_rate: "2", duration: "10m", host: "https://shop.example", backend: "lambda", current: true, problem: null },
  { name: "search", description: "Searches only", clients: "50", hatch_rate: "0.5", duration: "1h20m", host: null, backend: "local", current: false, problem: null },
  { name: "broken", description: "", clients: "", hatch_rate: "", duration: "", host: null, backend: "local", current: false, problem: "profiles/broken.yml:3:9: runner.clients: expected a whole number from 1 on, found \"many\"" },
];

export class Mock {
  state = "idle";
  message = null;
  hostile = false;
  token = null;
  changes = [];
  /** Every request but those for views, in order: `{method, path, body, headers}`. */
  requests = [];
  listeners = new Set();

  /** `speed`: seconds of the run in a second of the clock; `every`: milliseconds between views. */
  constructor({ speed = 1, every = 1000 } = {}) {
    Object.assign(this, { speed, every });
    this.server = createServer((request, response) => this.answer(request, response));
  }

  async listen(port = 0) {
    await new Promise((done) => this.server.listen(port, "127.0.0.1", done));
    this.timer = setInterval(() => this.tell(), this.every);
    this.origin = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async close() {
    clearInterval(this.timer);
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** Ends all streams, as a broken connection does. */
  hangUp() {
    this.listeners.forEach((response) => response.destroy());
  }

  /** As if a run were `elapsed` seconds old; `frozen` stops its clock. */
  jump(state, elapsed, { frozen = true } = {}) {
    this.state = state;
    this.fixed = frozen ? elapsed : null;
    this.began = Date.now() - (elapsed * 1000) / this.speed;
    this.tell();
  }

  elapsed() {
    return this.fixed ?? Math.min(PLAN.duration_s, ((Date.now() - this.began) / 1000) * this.speed);
  }

  view() {
    if (this.state === "idle") return idle(this.message);
    const options = { elapsed: this.elapsed(), changes: this.changes, hostile: this.hostile };
    if (this.state === "ended") return ended(options);
    if (this.state === "preparing") return { ...idle("invoking 9 functions in 3 regions"), state: "preparing", run: running(options).run, plan: PLAN };
    if (options.elapsed >= PLAN.duration_s) this.jump("ended", PLAN.duration_s);
    return running({ ...options, state: this.state });
  }

  tell() {
    if (this.listeners.size === 0) return;
    const event = `event: view\ndata: ${JSON.stringify(this.view())}\n\n`;
    this.listeners.forEach((response) => response.write(event));
  }

  async answer(request, response) {
    const url = new URL(request.url, "http://x");
    const body = await text(request);
    const path = decodeURIComponent(url.pathname);
    if (path !== "/api/events") this.requests.push({ method: request.method, path, query: url.searchParams, body: parsed(body), headers: request.headers });
    const send = (status, json) => response.writeHead(status, { "Content-Type": "application/json" }).end(json === undefined ? "" : JSON.stringify(json));
    if (path.startsWith("/api") || path.startsWith("/files")) {
      const told = request.headers["x-load-test-token"] ?? url.searchParams.get("token");
      if (this.token !== null && told !== this.token) return send(403, { problems: "the token is wrong" });
      if (request.method === "POST" && request.headers["x-load-test"] !== "1") return send(403, { problems: "the header is missing" });
    }
    if (path.startsWith("/files/")) return response.writeHead(200, { "Content-Type": "application/octet-stream" }).end(`content of ${path.slice(7)}`);
    const route = this.routes[`${request.method} ${path}`];
    return route ? route(send, parsed(body), url.searchParams, response) : this.static(path, response);
  }

  routes = {
    "GET /api/events": (_, __, ___, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      this.listeners.add(response);
      response.on("close", () => this.listeners.delete(response));
      response.write(`retry: 300\nevent: view\ndata: ${JSON.stringify(this.view())}\n\n`);
    },
    "GET /api/chart": (send, _, query) => {
      const number = (name) => Number(query.get(name));
      send(200, chart(number("from"), Math.min(number("to"), this.elapsed()), number("points")));
    },
    "GET /api/tests": (send) => send(200, { tests: TESTS }),
    "POST /api/plan": (send, order) => {
      const clients = Number(order.clients ?? 500);
      if (!Number.isInteger(clients) || clients < 1) return send(422, { problems: problems(order.clients) });
      const local = (order.backend ?? TESTS.find((t) => t.name === order.test).backend) === "local";
      send(200, {
        ...PLAN, peak: clients, clients, duration_s: 600, intervals: local ? 1 : 3, generators: local ? 1 : 9,
        regions: local ? ["local"] : PLAN.regions,
        warnings: clients > 1000 ? [`the duration ends before all clients are hatched: it reaches 1,200 of ${clients} clients in 10m`] : [],
        expected_usd: local ? null : clients / 1180, at_most_usd: local ? null : clients / 1010,
        curve: [[0, 0], [Math.min(600, clients / 2), Math.min(clients, 1200)], [600, Math.min(clients, 1200)]],
      });
    },
    "POST /api/run": (send, order) => {
      if (order.clients === "13") return send(409, { problems: "another run is being prepared" });
      this.changes = [];
      this.jump("running", 0, { frozen: false });
      send(202);
    },
    "POST /api/stop": (send) => {
      this.jump(this.state === "stopping" ? "ended" : "stopping", this.elapsed());
      send(202);
    },
    "POST /api/users": (send, { clients, hatch_rate }) => {
      if (clients > 9999) return send(409, { problems: `${clients} users do not fit the generators of this run: at most 9,999` });
      const at_s = Math.ceil(this.elapsed()) + 2;
      this.changes = [...this.changes, { at_s, clients, hatch_rate: hatch_rate ?? 2 }];
      this.tell();
      send(200, { at_s });
    },
  };

  async static(path, response) {
    const name = path === "/" ? "live.html" : path.slice(1);
    if (!/^(live\.(html|js|css)|icon\.svg|report-[a-z]+\.html)$/.test(name)) return response.writeHead(404).end();
    const headers = { "Content-Type": TYPES[name.split(".").at(-1)], "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff" };
    response.writeHead(200, headers).end(await readFile(new URL(name, DIST)));
  }
}

function problems(found) {
  return `profiles/shop.yml:4:12: runner.clients: expected a whole number from 1 on, found "${found}"\n    clients: ${found}\n             ^`;
}

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function parsed(body) {
  return body ? JSON.parse(body) : null;
}
