//! A summary for a pull request, or a job's page on GitHub: Markdown.

use std::{cmp::Reverse, fmt::Write};

use super::{
    Distribution, FailureReport, How, Report, TransactionReport,
    markdown::{cell, code, escaped},
};
use crate::{
    count::ratio,
    grouped::{counted, grouped},
    threshold::{Judged, Threshold},
    verdict::Status,
};

/// Of thresholds, those that were crossed first.
const MOST_THRESHOLDS: usize = 50;

/// Of transactions, the slowest.
const MOST_TRANSACTIONS: usize = 10;

/// Of failures, the most frequent.
const MOST_FAILURES: usize = 10;

/// Of sentences about the run's end.
const MOST_MESSAGES: usize = 10;

/// The summary.
pub fn text(report: &Report) -> String {
    let sections = [
        format!("## {}\n", title(report)),
        thresholds(&report.thresholds),
        figures(report),
        slowest(&report.transactions),
        failures(&report.failures),
        end(report),
        verdict(report),
    ];
    sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What came of it, as the exit code tells it.
fn title(report: &Report) -> String {
    let test = code(&report.run.test);
    let all = report.thresholds.len();
    let crossed = report.thresholds.iter().filter(|judged| !judged.is_passed()).count();
    let invalid = report.verdict.status == Status::Invalid;
    match report.end.how {
        How::Interrupted => format!("⚠️ {test}: interrupted"),
        How::Failed => format!("❌ {test}: the run failed"),
        How::Killed => format!("❌ {test}: the run was killed"),
        _ if all > 0 && invalid => format!("❌ {test}: its numbers cannot be trusted"),
        _ if crossed > 0 => format!("❌ {test}: {crossed} of {} crossed", counted_thresholds(all)),
        _ if all > 0 => format!("✅ {test}: {} passed", counted_thresholds(all)),
        _ => format!("{test}: {}", report.end.how.name()),
    }
}

fn counted_thresholds(all: usize) -> String {
    counted(all as u64, "threshold")
}

fn thresholds(thresholds: &[Judged]) -> String {
    let mut sorted: Vec<_> = thresholds.iter().collect();
    sorted.sort_by_key(|judged| judged.is_passed());
    let rows = sorted.iter().take(MOST_THRESHOLDS).map(|judged| {
        let Threshold { metric, limit, .. } = &judged.threshold;
        [
            format!("{} {}", if judged.is_passed() { "✅" } else { "❌" }, judged.status.name()),
            cell(&judged.subject()),
            metric.to_string(),
            judged.value(),
            format!("{} {limit}", judged.bound),
        ]
    });
    let headings = ["Threshold", "Of", "Figure", "Measured:", "Limit"];
    let mut text = table(headings, rows.collect());
    more(&mut text, sorted.len(), MOST_THRESHOLDS, "report.json");
    let hints = sorted.iter().take(MOST_THRESHOLDS).filter_map(|judged| {
        let hint = judged.hint.as_ref()?;
        Some(format!("- {}: {}\n", code(&judged.subject()), escaped(hint)))
    });
    let hints: String = hints.collect();
    if hints.is_empty() { text } else { format!("{text}\n{hints}") }
}

fn figures(report: &Report) -> String {
    let summary = &report.summary;
    let [median, p95, p99, max] = times(&summary.latency);
    let row = [
        grouped(summary.requests),
        failed(summary.failures, summary.requests),
        format!("{:.2}", summary.requests_per_s),
        grouped(summary.users_peak),
        median,
        p95,
        p99,
        max,
    ];
    let headings =
        ["Requests:", "Failed:", "Per second:", "Users:", "Median:", "95%:", "99%:", "Longest:"];
    let host = report.run.host.as_deref();
    let host = host.map_or_else(|| "the hosts of its scenario".into(), code);
    format!(
        "{}\n{:.1} s of load against {host}, environment {}, from {}. Times are milliseconds.\n",
        table(headings, vec![row]),
        summary.duration_s,
        code(&report.run.environment),
        code(&report.run.started),
    )
}

fn slowest(transactions: &[TransactionReport]) -> String {
    let mut sorted: Vec<_> = transactions.iter().collect();
    let p95 = |t: &TransactionReport| t.latency.percentiles_ms.named("95").unwrap_or(0.0);
    sorted.sort_by(|a, b| p95(b).total_cmp(&p95(a)));
    let rows = sorted.iter().take(MOST_TRANSACTIONS).map(|t| {
        let [median, p95, p99, max] = times(&t.latency);
        let name = cell(&format!("{} {}", t.method, t.name));
        [name, grouped(t.requests), failed(t.failures, t.requests), median, p95, p99, max]
    });
    let headings =
        ["Slowest by 95%", "Requests:", "Failed:", "Median:", "95%:", "99%:", "Longest:"];
    let mut text = table(headings, rows.collect());
    more(&mut text, sorted.len(), MOST_TRANSACTIONS, "the CSV files");
    text
}

fn failures(failures: &[FailureReport]) -> String {
    let mut sorted: Vec<_> = failures.iter().collect();
    sorted.sort_by_key(|failure| Reverse(failure.seen.count));
    let rows = sorted.iter().take(MOST_FAILURES).map(|failure| {
        let name = cell(&format!("{} {}", failure.method, failure.name));
        [grouped(failure.seen.count), name, cell(&failure.reason)]
    });
    let mut text = table(["Failures:", "Of", "Reason"], rows.collect());
    more(&mut text, sorted.len(), MOST_FAILURES, "the CSV files");
    text
}

fn end(report: &Report) -> String {
    let messages = report.end.messages.iter();
    let lines = messages.clone().take(MOST_MESSAGES);
    let mut text: String = lines.map(|message| format!("- {}\n", escaped(message))).collect();
    more(&mut text, messages.len(), MOST_MESSAGES, "report.json");
    text
}

fn verdict(report: &Report) -> String {
    let verdict = &report.verdict;
    let reasons = verdict.reasons.iter().map(|reason| format!("- {}\n", escaped(reason)));
    format!("**Verdict: {}**\n\n{}", verdict.status, reasons.collect::<String>())
}

/// Median, two percentiles and the longest time.
fn times(latency: &Distribution) -> [String; 4] {
    let percentiles = &latency.percentiles_ms;
    let times =
        [percentiles.median(), percentiles.named("95"), percentiles.named("99"), latency.max_ms];
    times.map(|time| time.map_or_else(|| "N/A".into(), |ms| format!("{ms:.3}")))
}

fn failed(failures: u64, requests: u64) -> String {
    let part = ratio(failures, requests).unwrap_or_default();
    format!("{} ({:.2} %)", grouped(failures), part * 100.0)
}

/// A table, if it has rows. A heading that ends with a colon is one of numbers.
fn table<const N: usize>(headings: [&str; N], rows: Vec<[String; N]>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let line = |cells: [String; N]| format!("| {} |\n", cells.join(" | "));
    let names = headings.map(|heading| heading.trim_end_matches(':').to_owned());
    let rules = headings.map(|heading| if heading.ends_with(':') { "---:" } else { "---" }.into());
    let head = line(names) + &line(rules);
    head + &rows.into_iter().map(line).collect::<String>()
}

fn more(text: &mut String, all: usize, most: usize, place: &str) {
    if all > most {
        // Writing to a text does not fail.
        let _ = writeln!(text, "\nand {} more: see {place}", all - most);
    }
}
