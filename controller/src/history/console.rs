//! A history for a terminal.

use std::time::Duration;

use engine::duration;

use super::{Bars, Found, History, Past, past::Brief};
use crate::{
    grouped::counted,
    report::console::Look,
    shown::{shorten, shown, wrap},
    table::{Column, Table},
};

/// A word of a report is not longer.
const LONGEST_WORD: usize = 12;

/// The runs of a test, the newest last, and how they went on.
pub fn text(history: &History, look: Look, bars: Bars) -> String {
    let mut lines = vec![look.style.bold(&shown(&history.test))];
    if history.earlier > 0 {
        let earlier = counted(history.earlier as u64, "earlier run");
        lines.push(look.style.dim(&format!("({earlier} left out: --limit shows more)")));
    }
    let named: Vec<_> = history.runs.iter().map(|run| (started(run), run)).collect();
    lines.extend(table("Start (UTC)", &named, look));
    lines.extend(trend(history, bars));
    lines.join("\n") + "\n"
}

/// The last run of each test.
pub fn overview(histories: &[History], look: Look) -> String {
    let last = histories.iter().filter_map(|history| Some((history, history.runs.last()?)));
    let named: Vec<_> = last
        .map(|(history, run)| (format!("{} {}", shown(&history.test), started(run)), run))
        .collect();
    table("Test, start of its last run (UTC)", &named, look).join("\n") + "\n"
}

fn started(run: &Past) -> String {
    let started = run.started.clone().unwrap_or_else(|| "?".into());
    // To the second: what is beyond tells nobody anything.
    shorten(&shown(started.split(['.', 'Z']).next().unwrap_or_default()), 24)
}

fn table(heading: &str, runs: &[(String, &Past)], look: Look) -> Vec<String> {
    let mut table = Table::new(vec![
        Column::elastic(heading),
        Column::dispensable("Users", 6),
        Column::dispensable("Load", 5),
        Column::dispensable("# reqs", 4),
        Column::number("req/s"),
        Column::number("fails %"),
        Column::dispensable("50% ms", 3),
        Column::number("95% ms"),
        Column::dispensable("99% ms", 1),
        Column::text("Verdict"),
        Column::dispensable("Gate", 2),
        Column::text("End"),
    ]);
    for (name, run) in runs.iter().filter_map(|(name, run)| Some((name, run.brief()?))) {
        table.push(cells(name.clone(), run));
    }
    let (lines, left_out) = table.lines(look.width);
    let mut output: Vec<_> = lines.into_iter().collect();
    output[0] = look.style.dim(&output[0]);
    if output.len() == 1 {
        output.clear();
    }
    if !left_out.is_empty() {
        let text = format!("(no room for {}: see --json)", left_out.join(", "));
        output.push(look.style.dim(&text));
    }
    for (name, run) in runs {
        output.extend(lacking(name, run, look));
    }
    output
}

fn cells(name: String, brief: &Brief) -> Vec<String> {
    let ms = |time: Option<f64>| time.map_or("-".into(), |time| format!("{time:.1}"));
    let word = |word: &str| shorten(&shown(word), LONGEST_WORD);
    let load = Duration::try_from_secs_f64(brief.duration_s.round()).unwrap_or_default();
    vec![
        name,
        brief.users.to_string(),
        duration::format(load),
        brief.requests.to_string(),
        format!("{:.2}", brief.requests_per_s),
        brief.failure_ratio.map_or("-".into(), |ratio| format!("{:.2}", 100.0 * ratio)),
        ms(brief.p50_ms),
        ms(brief.p95_ms),
        ms(brief.p99_ms),
        word(&brief.verdict),
        brief.passed.map_or("-", |passed| if passed { "passed" } else { "crossed" }).into(),
        if brief.partial { format!("{}, partial", word(&brief.how)) } else { word(&brief.how) },
    ]
}

/// What is to be said of a run without figures.
fn lacking(name: &str, run: &Past, look: Look) -> Vec<String> {
    let text = match &run.found {
        Found::Report(_) => return Vec::new(),
        Found::NoReport => format!("{name}: no report: load-test report {}", shown(&run.folder)),
        Found::Broken { reason } => {
            let folder = shown(&run.folder);
            format!("{name}: its report is broken ({}): load-test report {folder}", shown(reason))
        }
    };
    let lines = wrap(&text, look.width.unwrap_or(usize::MAX).max(20));
    lines.iter().map(|line| look.style.warning(line)).collect()
}

/// How the runs went on, a bar each.
fn trend(history: &History, bars: Bars) -> Vec<String> {
    let line = |name: &str, of: &dyn Fn(&Brief) -> Option<f64>| {
        let numbers: Vec<_> = history.runs.iter().map(|run| run.brief().and_then(of)).collect();
        let known: Vec<_> = numbers.iter().flatten().copied().collect();
        let (least, most) = (
            known.iter().copied().fold(f64::MAX, f64::min),
            known.iter().copied().fold(0.0, f64::max),
        );
        (known.len() > 1)
            .then(|| format!("{name}  {}  {least:.1} to {most:.1}", bars.draw(&numbers)))
    };
    let lines = [
        line("95% ms", &|brief| brief.p95_ms),
        line("req/s ", &|brief| Some(brief.requests_per_s)),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().collect();
    if lines.is_empty() { lines } else { [vec![String::new()], lines].concat() }
}
