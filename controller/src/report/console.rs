//! What a person reads when a run has ended.

use std::{fmt::Write, path::PathBuf, time::Duration};

use engine::{api::listed, listener::Delivery};

use super::{Cut, Distribution, How, PERCENTILES, Report, RunHeader};
use crate::{
    count::ratio,
    coverage::IntervalCoverage,
    grouped::{counted, grouped},
    shown::{shorten, shown, wrap},
    style::Style,
    table::{Column, Table},
    threshold::{Judged, Threshold},
    verdict::{Status, percent},
};

/// Which percentiles give way in a narrow terminal, the first first.
const DISPENSABLE: [&str; 7] = ["99.99", "66", "80", "75", "98", "99.9", "90"];

/// Of failures and exceptions, the most frequent; the files have all of them.
const MOST_LISTED: usize = 20;

/// Of thresholds, those that were crossed first.
const MOST_THRESHOLDS: usize = 40;

/// Of the intervals and regions that lack load, the worst.
const MOST_SHORT: usize = 3;

/// Of tests and machines beside other columns, so many columns are shown.
const LONGEST_NAME: usize = 20;

/// What the text is made for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Look {
    /// Columns of the terminal; none if it is no terminal, and lines may have any length.
    pub width: Option<usize>,
    /// Whether with colours.
    pub style: Style,
}

/// The final text: tables, what went wrong, the verdict, and where the files are.
pub fn text(report: &Report, files: &[PathBuf], look: Look) -> String {
    let console = Console { report, look };
    let sections = [
        console.heading(),
        console.runs(),
        console.thresholds(),
        console.requests(),
        console.percentiles(),
        console.regions(),
        console.failures(),
        console.exceptions(),
        console.changes(),
        console.dropped(),
        console.cuts(),
        console.coverage(),
        console.functions(),
        console.listeners(),
        console.end(),
        console.verdict(),
        console.files(files),
    ];
    let mut text = String::new();
    for lines in sections.into_iter().filter(|lines| !lines.is_empty()) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&lines.join("\n"));
        text.push('\n');
    }
    text
}

struct Console<'a> {
    report: &'a Report,
    look: Look,
}

impl Console<'_> {
    /// What the figures are of, where that is not plain.
    fn heading(&self) -> Vec<String> {
        let RunHeader { only, apis, .. } = &self.report.run;
        let only = (!only.is_all()).then(|| format!("Only {only}"));
        let apis = (!apis.is_empty()).then(|| format!("APIs: {}", listed(apis)));
        only.into_iter().chain(apis).map(|line| shown(&line)).collect()
    }

    fn runs(&self) -> Vec<String> {
        if self.report.runs.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new(vec![
            Column::elastic("Run"),
            Column::text("Test"),
            Column::dispensable("Machine", 2),
            Column::dispensable("Begun after s", 3),
            Column::dispensable("Load s", 1),
            Column::number("# reqs"),
            Column::number("# fails"),
            Column::number("Verdict"),
        ]);
        for run in &self.report.runs {
            table.push(vec![
                shown(&run.id),
                shorten(&shown(&run.test), LONGEST_NAME),
                shorten(&shown(&run.machine), LONGEST_NAME),
                format!("{:.3}", run.at_s),
                format!("{:.3}", run.duration_s),
                run.requests.to_string(),
                fails(run.failures, run.requests),
                run.verdict.to_string(),
            ]);
        }
        self.table("Runs", table, |at| self.report.runs[at].verdict == Status::Invalid)
    }

    /// What became of the thresholds; those that were crossed first.
    fn thresholds(&self) -> Vec<String> {
        let mut thresholds: Vec<_> = self.report.thresholds.iter().collect();
        thresholds.sort_by_key(|judged| judged.is_passed());
        let Some(title) = threshold_title(&self.report.thresholds) else { return Vec::new() };
        let shown_ones = &thresholds[..thresholds.len().min(MOST_THRESHOLDS)];
        let mut table = Table::new(vec![
            Column::text("Threshold"),
            Column::elastic("Of"),
            Column::text("Figure"),
            Column::number("Measured"),
            Column::text("Limit"),
        ]);
        for judged in shown_ones {
            let Threshold { metric, limit, .. } = &judged.threshold;
            table.push(vec![
                judged.status.name().into(),
                shown(&judged.subject()),
                metric.to_string(),
                judged.value(),
                format!("{} {limit}", judged.bound),
            ]);
        }
        let mut lines = self.table(&title, table, |at| {
            shown_ones.get(at).is_some_and(|judged| !judged.is_passed())
        });
        lines.extend(more(thresholds.len(), MOST_THRESHOLDS, "report.json"));
        for judged in shown_ones {
            let hint = judged.hint.iter().map(|hint| format!("{}: {hint}", judged.subject()));
            lines.extend(hint.flat_map(|hint| self.sentence(&hint, "- ")));
        }
        lines
    }

    fn requests(&self) -> Vec<String> {
        let mut table = Table::new(vec![
            Column::text("Type"),
            Column::elastic("Name"),
            Column::number("# reqs"),
            Column::number("# fails"),
            Column::number("Avg"),
            Column::dispensable("Min", 3),
            Column::dispensable("Max", 2),
            Column::number("Median"),
            Column::dispensable("req/s", 1),
        ]);
        for t in &self.report.transactions {
            let counts = (t.requests, t.failures);
            table.push(request_row(&t.method, &t.name, counts, &t.latency, t.requests_per_s));
        }
        let s = &self.report.summary;
        let counts = (s.requests, s.failures);
        table.push(request_row("", "Aggregated", counts, &s.latency, s.requests_per_s));
        self.table("Requests (times in ms)", table, |at| {
            self.report.transactions.get(at).map_or(s.failures, |t| t.failures) > 0
        })
    }

    fn percentiles(&self) -> Vec<String> {
        let mut columns = vec![Column::text("Type"), Column::elastic("Name")];
        columns.extend(PERCENTILES.iter().map(|(_, name)| percentile_column(name)));
        let mut table = Table::new(columns);
        for t in &self.report.transactions {
            table.push(percentile_row(&t.method, &t.name, &t.latency));
        }
        table.push(percentile_row("", "Aggregated", &self.report.summary.latency));
        self.table("Response time percentiles (ms)", table, |_| false)
    }

    fn regions(&self) -> Vec<String> {
        let regions = &self.report.regions;
        if regions.len() < 2 {
            return Vec::new();
        }
        let mut table = Table::new(vec![
            Column::elastic("Region"),
            Column::dispensable("Generators", 4),
            Column::number("# reqs"),
            Column::number("# fails"),
            Column::dispensable("Avg", 3),
            Column::number("Median"),
            Column::number("95%"),
            Column::dispensable("99%", 1),
            Column::number("req/s"),
            Column::dispensable("Begun after", 2),
        ]);
        for region in regions {
            let latency = &region.latency;
            let percentile = |name| time(latency.percentiles_ms.named(name));
            table.push(vec![
                shown(&region.region),
                region.generators.to_string(),
                region.requests.to_string(),
                fails(region.failures, region.requests),
                time(latency.mean_ms),
                percentile("50"),
                percentile("95"),
                percentile("99"),
                format!("{:.2}", region.requests_per_s),
                time(region.start_skew_ms),
            ]);
        }
        self.table("Regions (times in ms)", table, |at| regions[at].failures > 0)
    }

    fn failures(&self) -> Vec<String> {
        if self.report.failures.is_empty() {
            return Vec::new();
        }
        let mut table =
            Table::new(vec![Column::number("#"), Column::text("Type"), Column::elastic("Failure")]);
        let mut failures: Vec<_> = self.report.failures.iter().collect();
        failures.sort_by_key(|failure| std::cmp::Reverse(failure.seen.count));
        for failure in failures.iter().take(MOST_LISTED) {
            let text = format!("{}: {}", shown(&failure.name), shown(&failure.reason));
            table.push(vec![failure.seen.count.to_string(), shown(&failure.method), text]);
        }
        let mut lines = self.table("Failures", table, |_| true);
        lines.extend(more(failures.len(), MOST_LISTED, "the CSV files"));
        lines
    }

    fn exceptions(&self) -> Vec<String> {
        if self.report.exceptions.is_empty() {
            return Vec::new();
        }
        let mut table = Table::new(vec![Column::number("#"), Column::elastic("Exception")]);
        let mut exceptions: Vec<_> = self.report.exceptions.iter().collect();
        exceptions.sort_by_key(|exception| std::cmp::Reverse(exception.seen.count));
        for exception in exceptions.iter().take(MOST_LISTED) {
            let text = format!("{}: {}", shown(&exception.task), shown(&exception.message));
            table.push(vec![exception.seen.count.to_string(), text]);
        }
        let mut lines = self.table("Exceptions", table, |_| true);
        lines.extend(more(exceptions.len(), MOST_LISTED, "the CSV files"));
        lines
    }

    /// How the users were changed while the test ran.
    fn changes(&self) -> Vec<String> {
        let changes = &self.report.changes;
        let told = changes.iter().take(MOST_LISTED).map(|change| {
            let at = engine::duration::format(Duration::from_secs(change.at.as_secs()));
            format!("at {at} to {}", grouped(change.clients.get()))
        });
        let told: Vec<_> = told.collect();
        if told.is_empty() {
            return Vec::new();
        }
        let mut line = format!("Users were changed: {}", told.join(", "));
        if let Some(more) = changes.len().checked_sub(MOST_LISTED).filter(|more| *more > 0) {
            let _ = write!(line, ", and {more} more times: see report.json");
        }
        self.sentence(&line, "")
    }

    fn dropped(&self) -> Vec<String> {
        let (plan, dropped) = (&self.report.plan, self.report.summary.dropped);
        let Some(arrivals) = plan.arrivals.filter(|_| dropped > 0) else { return Vec::new() };
        let line = format!(
            "Dropped: {dropped} of {arrivals} planned arrivals ({}), as none of the {} was idle",
            percent(part(dropped, arrivals.into())),
            counted(plan.clients.into(), "client"),
        );
        self.sentence(&line, "")
    }

    /// A title and a table; rows for which `is_bad` stand out.
    fn table(&self, title: &str, table: Table, is_bad: impl Fn(usize) -> bool) -> Vec<String> {
        let (lines, left_out) = table.lines(self.look.width);
        let mut output = vec![self.look.style.bold(title)];
        for (at, line) in lines.iter().enumerate() {
            output.push(match at.checked_sub(1) {
                None => self.look.style.dim(line),
                Some(row) if is_bad(row) => self.look.style.error(line),
                Some(_) => line.clone(),
            });
        }
        if !left_out.is_empty() {
            let text = format!("(no room for {}: see report.json)", left_out.join(", "));
            output.push(self.look.style.dim(&text));
        }
        output
    }

    fn cuts(&self) -> Vec<String> {
        let cuts = &self.report.cuts;
        let measured = || cuts.iter().filter_map(|cut| Some((cut.gap_ms?, cut.gap_requests)));
        let longest = measured().max_by(|a, b| a.0.total_cmp(&b.0));
        // A run that was stopped early has cuts that it never came to.
        let Some((gap, requests)) = longest else { return Vec::new() };
        let about = requests
            .map_or(String::new(), |requests| format!(" (about {:.1} requests)", requests.abs()));
        let gap = if gap > 0.0 {
            format!("longest gap {} ms{about}", ms(gap))
        } else {
            format!("no gap, least overlap {} ms{about}", ms(-gap))
        };
        let sum = |count: fn(&Cut) -> u64| cuts.iter().map(count).sum::<u64>();
        let late = match (sum(|cut| cut.late_users), sum(|cut| cut.continuing_users)) {
            (0, continuing) => format!("all {continuing} continuing users in time"),
            (late, continuing) => {
                let latest = cuts.iter().map(|cut| cut.latest_user_ms).fold(0.0, f64::max);
                format!(
                    "{late} of {continuing} continuing users late, at most by {} ms",
                    ms(latest)
                )
            }
        };
        let line = format!("Cuts between intervals: {}; {gap}; {late}", measured().count());
        self.sentence(&line, "")
    }

    fn functions(&self) -> Vec<String> {
        let Some(functions) = &self.report.functions else { return Vec::new() };
        let cost = &functions.cost;
        let mut line = format!(
            "Cost: {} for {} of functions; {} was expected",
            cost.actual.total_usd,
            gb_seconds(cost.actual.gb_seconds),
            cost.expected_usd,
        );
        if cost.estimated_functions > 0 {
            let estimated = counted(cost.estimated_functions as u64, "function");
            let _ = write!(line, "; {estimated} did not tell the billed time, which is estimated");
        }
        let told = [
            (functions.cold_starts as u64, "with a cold start"),
            (functions.throttled, "throttled"),
            (functions.replacements as u64, "took over from others"),
            (functions.handed_in as u64, "handed in at the end"),
        ];
        let told = told.iter().filter(|(count, _)| *count > 0);
        let told: String = told.map(|(count, what)| format!(", {count} {what}")).collect();
        let line_of_functions = format!("Functions: {}{told}", functions.functions);
        [self.sentence(&line_of_functions, ""), self.sentence(&line, "")].concat()
    }

    fn listeners(&self) -> Vec<String> {
        let told = |delivery: &Delivery| {
            let Delivery { listener, sent, lost, trouble } = delivery;
            let lost = if *lost > 0 { format!(", {} lost", grouped(*lost)) } else { String::new() };
            let trouble = trouble.as_ref().map_or(String::new(), |why| format!(": {why}"));
            self.sentence(&format!("{listener}: {} sent{lost}{trouble}", grouped(*sent)), "")
        };
        let mut lines: Vec<_> = self.report.listeners.iter().flat_map(told).collect();
        if !lines.is_empty() {
            lines.insert(0, self.look.style.bold("Listeners (data points and events)"));
        }
        lines
    }

    fn coverage(&self) -> Vec<String> {
        let coverage = &self.report.coverage;
        let Some(ratio) = coverage.ratio else { return Vec::new() };
        if coverage.is_full() && self.report.plan.generators == 1 {
            return Vec::new();
        }
        let mut line = if coverage.is_full() {
            format!("Coverage: all of {:.0} generator-seconds", coverage.planned_s)
        } else {
            format!("Coverage: {} of {:.0} generator-seconds", percent(ratio), coverage.planned_s)
        };
        let short = coverage.short();
        for interval in short.iter().take(MOST_SHORT) {
            let IntervalCoverage { run, interval, region, ratio, .. } = interval;
            let part = percent(ratio.unwrap_or_default());
            let run = run.as_ref().map_or(String::new(), |run| format!(" of {run}"));
            let _ = write!(line, "; interval {interval} in {region}{run}: {part}");
        }
        if short.len() > MOST_SHORT {
            let _ = write!(line, "; and {} more: see report.json", short.len() - MOST_SHORT);
        }
        self.sentence(&line, "")
    }

    /// A sentence, in as many lines as it needs.
    fn sentence(&self, text: &str, bullet: &str) -> Vec<String> {
        let room = self.look.width.unwrap_or(usize::MAX).saturating_sub(bullet.len());
        let lines = wrap(&shown(text), room.max(20)).into_iter().enumerate();
        let indent = " ".repeat(bullet.len());
        lines
            .map(|(at, line)| format!("{}{line}", if at == 0 { bullet } else { &indent }))
            .collect()
    }

    fn end(&self) -> Vec<String> {
        let end = &self.report.end;
        let mut lines = Vec::new();
        if end.partial {
            let text = match end.how {
                How::Completed => "The results are partial".into(),
                How::Aborted => "A threshold ended the run; its results are partial".into(),
                How::Failed => "The run failed; its results are partial".into(),
                how => format!("The run was {}; its results are partial", how.name()),
            };
            lines.push(self.look.style.warning(&text));
        }
        lines.extend(end.messages.iter().flat_map(|message| self.sentence(message, "- ")));
        lines
    }

    fn verdict(&self) -> Vec<String> {
        let verdict = &self.report.verdict;
        let title = format!("Verdict: {}", verdict.status);
        let title = match verdict.status {
            Status::Valid => self.look.style.good(&title),
            Status::Doubtful => self.look.style.warning(&title),
            Status::Invalid => self.look.style.error(&title),
        };
        let reasons = verdict.reasons.iter().flat_map(|reason| self.sentence(reason, "- "));
        std::iter::once(title).chain(reasons).collect()
    }

    fn files(&self, files: &[PathBuf]) -> Vec<String> {
        let paths = files.iter().map(|path| shown(&path.display().to_string()));
        let title = (!files.is_empty()).then(|| self.look.style.bold("Reports"));
        title.into_iter().chain(paths).collect()
    }
}

fn request_row(
    kind: &str,
    name: &str,
    (requests, failures): (u64, u64),
    latency: &Distribution,
    requests_per_s: f64,
) -> Vec<String> {
    vec![
        kind_cell(kind),
        shown(name),
        requests.to_string(),
        fails(failures, requests),
        time(latency.mean_ms),
        time(latency.min_ms),
        time(latency.max_ms),
        time(latency.percentiles_ms.median()),
        format!("{requests_per_s:.2}"),
    ]
}

fn percentile_column(name: &str) -> Column {
    let rank = DISPENSABLE.iter().rev().position(|other| *other == name);
    let heading = format!("{name}%");
    match rank.and_then(|rank| u8::try_from(rank + 1).ok()) {
        Some(rank) => Column::dispensable(&heading, rank),
        None => Column::number(&heading),
    }
}

fn percentile_row(kind: &str, name: &str, latency: &Distribution) -> Vec<String> {
    let mut row = vec![kind_cell(kind), shown(name)];
    let values = latency.percentiles_ms.values();
    row.extend((0..PERCENTILES.len()).map(|at| values.get(at).map_or("N/A".into(), |v| ms(*v))));
    row
}

/// A method, but not one that takes the line for itself.
fn kind_cell(kind: &str) -> String {
    shorten(&shown(kind), "TRANSACTION".len())
}

fn time(time: Option<f64>) -> String {
    time.map_or_else(|| "N/A".into(), ms)
}

/// A time as precise as it was measured.
fn ms(ms: f64) -> String {
    format!("{ms:.3}")
}

fn fails(failures: u64, requests: u64) -> String {
    format!("{failures} ({:.2}%)", part(failures, requests) * 100.0)
}

fn part(some: u64, all: u64) -> f64 {
    ratio(some, all).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of times")]
fn gb_seconds(gb_seconds: f64) -> String {
    counted(gb_seconds.round() as u64, "GB-second")
}

/// How many are left out of a list of at most so many, if any are, and where they are.
fn more(all: usize, most: usize, place: &str) -> Option<String> {
    (all > most).then(|| format!("and {} more: see {place}", all - most))
}

/// How many thresholds were crossed; none if there are none.
fn threshold_title(thresholds: &[Judged]) -> Option<String> {
    let crossed = thresholds.iter().filter(|judged| !judged.is_passed()).count();
    match (thresholds.len(), crossed) {
        (0, _) => None,
        (all, 0) => Some(format!("Thresholds: {all} passed")),
        (all, crossed) => Some(format!("Thresholds: {crossed} of {all} crossed")),
    }
}
