// The programme itself, as somebody starts it in a terminal.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const BINARY = process.env.LOAD_TEST ?? fileURLToPath(new URL("../../../target/debug/load-test", import.meta.url));
const START_MS = 20_000;
const END_MS = 30_000;

export class Programme {
  /** `load-test ui` in a folder, on any port. */
  static async ui(folder, ...args) {
    if (!existsSync(BINARY)) throw new Error(`there is no ${BINARY}: cargo build --bin load-test, or name one in LOAD_TEST`);
    const programme = new Programme(spawn(BINARY, ["ui", "--ui-port", "0", ...args], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] }));
    try {
      programme.url = await programme.address();
    } catch (error) {
      programme.process.kill("SIGKILL");
      throw error;
    }
    programme.origin = new URL(programme.url).origin;
    return programme;
  }

  constructor(process) {
    this.process = process;
    this.said = "";
    this.ended = once(process, "close").then(([code, signal]) => ({ code, signal }));
    process.stderr.setEncoding("utf8").on("data", (text) => (this.said += text));
  }

  async address() {
    const address = /the page is at (\S+)/;
    const ended = this.ended.then(() => true);
    for (const start = Date.now(); !address.test(this.said); ) {
      const over = await Promise.race([ended, once(this.process.stderr, "data").then(() => false), rest(START_MS)]);
      if (over || Date.now() - start > START_MS) throw new Error(`no page: ${this.said}`);
    }
    return address.exec(this.said)[1];
  }

  /** Ctrl-C, and what comes of it: an exit code, or the signal that ended it. */
  async interrupt() {
    this.process.kill("SIGINT");
    const deadline = setTimeout(() => this.process.kill("SIGKILL"), END_MS);
    const ended = await this.ended;
    clearTimeout(deadline);
    return ended;
  }

  /** Leaves nothing behind, whatever went wrong before. */
  async kill() {
    this.process.kill("SIGKILL");
    await this.ended;
  }
}

function rest(ms) {
  return new Promise((done) => setTimeout(done, ms, true).unref());
}
