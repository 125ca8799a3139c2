// The page of a running load test: a function of the last view that came.
import { render } from "preact";
import "../style/all.css";
import { App } from "./app";

const start = () => render(<App />, document.getElementById("page")!);
if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
