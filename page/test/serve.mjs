// A server to work on the live page with: node test/serve.mjs [port] [seconds of the run in a second]
import { Mock } from "./mock/server.mjs";

const [port = "8090", speed = "5"] = process.argv.slice(2);
const mock = await new Mock({ speed: Number(speed) }).listen(Number(port));
console.log(`${mock.origin}, with a run that is ${speed} times as fast as the clock`);
