// The report of a run, drawn from the data in its own file.
import { render } from "preact";
import "../style/all.css";
import "../theme";
import type { ReportData } from "./contract";
import { Page } from "./page";

function start(): void {
  const data = document.getElementById("data")?.textContent;
  const page = document.getElementById("page")!;
  if (data) render(<Page data={JSON.parse(data) as ReportData} />, page);
  else render(<p>This report has no data in it.</p>, page);
}

if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
else start();
