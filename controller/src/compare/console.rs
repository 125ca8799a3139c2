//! A comparison for a terminal.

use super::{Comparison, Figure, Finding, Presence, Row, words};
use crate::{
    report::console::Look,
    shown::{shown, wrap},
    table::{Column, Table},
};

/// If there are more transactions, those without a difference are only counted.
const MOST_ALIKE: usize = 8;

/// Of what is too short to tell, so many are explained.
const MOST_REASONS: usize = 4;

/// The runs, what speaks against comparing them, a table, and what was found. Without `all`, many
/// transactions that do not differ are only counted.
pub fn text(comparison: &Comparison, all: bool, look: Look) -> String {
    let rows = chosen(comparison, all);
    let hidden = comparison.rows.len() - rows.len();
    let mut lines = heading(comparison, look);
    lines.push(String::new());
    lines.extend(table(&rows, look));
    lines.extend(gone(comparison));
    lines.extend(too_short(&rows).iter().flat_map(|line| sentence(line, look)));
    if hidden > 0 {
        lines.push(
            look.style.dim(&format!("({hidden} more without a difference: --all shows them)")),
        );
    }
    lines.push(String::new());
    lines.push(verdict(comparison, look));
    for note in distances(comparison).chain(words::notes(comparison)) {
        lines.extend(sentence(&note, look));
    }
    for limit in words::limits(comparison) {
        let lines_of_limit = sentence(&limit, look).into_iter();
        lines.extend(lines_of_limit.map(|line| look.style.error(&line)));
    }
    lines.join("\n") + "\n"
}

fn heading(comparison: &Comparison, look: Look) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, side) in [("Base ", &comparison.base), ("Other", &comparison.other)] {
        lines.push(format!("{} {}", look.style.bold(name), shown(&words::side(side))));
    }
    for warning in &comparison.warnings {
        for (at, line) in sentence(&format!("warning: {warning}"), look).into_iter().enumerate() {
            let coloured = |rest: &str| format!("{}{rest}", look.style.warning("warning:"));
            let rest = line.strip_prefix("warning:").filter(|_| at == 0);
            lines.push(rest.map_or_else(|| line.clone(), coloured));
        }
    }
    lines
}

/// All together, then the transactions of both runs that are shown.
fn chosen(comparison: &Comparison, all: bool) -> Vec<&Row> {
    let few = comparison.rows.len() <= MOST_ALIKE + 1;
    let differs = |row: &Row| row.figures.iter().any(|figure| figure.finding.is_higher().is_some());
    let is_gone = |row: &Row| matches!(row.presence, Presence::Base | Presence::Other);
    let shows = |row: &&Row| all || few || row.is_overall() || differs(row) || is_gone(row);
    comparison.rows.iter().filter(shows).collect()
}

fn table(rows: &[&Row], look: Look) -> Vec<String> {
    let mut table = Table::new(vec![
        Column::elastic("Transaction"),
        Column::text("Figure"),
        Column::dispensable("Base", 2),
        Column::dispensable("Other", 1),
        Column::number("Change"),
        Column::number("95 % interval"),
        Column::text(""),
    ]);
    let mut figures = Vec::new();
    for row in rows {
        for (at, figure) in row.figures.iter().enumerate() {
            let title = if at == 0 { row.title() } else { String::new() };
            table.push(cells(&title, figure));
            figures.push(figure);
        }
    }
    let (lines, left_out) = table.lines(look.width);
    let mut output = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        output.push(match at.checked_sub(1).map(|at| figures[at]) {
            None => look.style.dim(line),
            Some(figure) => emphasised(figure, line, look),
        });
    }
    if !left_out.is_empty() {
        let text = format!("(no room for {}: see --json)", left_out.join(", "));
        output.push(look.style.dim(&text));
    }
    output
}

fn cells(title: &str, figure: &Figure) -> Vec<String> {
    vec![
        shown(title),
        words::label(figure.metric),
        words::value(figure.metric, figure.base),
        words::value(figure.metric, figure.other),
        words::difference(figure),
        words::interval(figure),
        words::finding(figure),
    ]
}

fn emphasised(figure: &Figure, line: &str, look: Look) -> String {
    match (figure.finding, figure.is_worse()) {
        (Finding::Noise | Finding::TooShort, _) | (_, None) => line.into(),
        (finding, Some(true)) if finding.is_perhaps() => look.style.warning(line),
        (finding, Some(false)) if finding.is_perhaps() => line.into(),
        (_, Some(true)) => look.style.error(line),
        (_, Some(false)) => look.style.good(line),
    }
}

/// What is too short to tell, and why: the first few.
fn too_short(rows: &[&Row]) -> Vec<String> {
    let figures = rows.iter().flat_map(|row| row.figures.iter().map(move |figure| (row, figure)));
    let reasons: Vec<_> = figures
        .filter_map(|(row, figure)| {
            let reason = figure.reason.as_ref()?;
            Some(format!("{} of {}: {reason}", figure.metric, row.title()))
        })
        .collect();
    let named = reasons.iter().take(MOST_REASONS).map(|reason| format!("Too short: {reason}"));
    let more = reasons.len().saturating_sub(MOST_REASONS);
    let more = (more > 0).then(|| format!("Too short: {more} more, see --json"));
    named.chain(more).collect()
}

/// Transactions that only one of the runs has.
fn gone(comparison: &Comparison) -> impl Iterator<Item = String> {
    let rows = comparison.rows.iter().filter(|row| !row.is_overall());
    rows.filter_map(|row| {
        let (which, requests) = match row.presence {
            Presence::Base => ("base", row.requests[0]),
            Presence::Other => ("other run", row.requests[1]),
            Presence::Both | Presence::Neither => return None,
        };
        Some(format!("{}: in the {which} only, {requests} requests", shown(&row.title())))
    })
}

fn verdict(comparison: &Comparison, look: Look) -> String {
    let text = words::summary(comparison);
    let figures = || comparison.rows.iter().flat_map(|row| &row.figures);
    let worse = figures().any(|figure| figure.finding.is_real() && figure.is_worse() == Some(true));
    match (worse, comparison.differing().0) {
        (true, _) => look.style.error(&text),
        (false, 0) => look.style.bold(&text),
        (false, _) => look.style.good(&text),
    }
}

/// Where all response times together are farthest apart.
fn distances(comparison: &Comparison) -> impl Iterator<Item = String> {
    let overall = comparison.rows.first().and_then(|row| row.distance);
    overall.into_iter().map(|found| {
        format!(
            "Farthest apart at {:.2} ms: {:.1} % of the base's requests took no longer, {:.1} % of \
             the other run's.",
            found.at_ms,
            100.0 * found.base,
            100.0 * found.other
        )
    })
}

fn sentence(text: &str, look: Look) -> Vec<String> {
    wrap(&shown(text), look.width.unwrap_or(usize::MAX).max(20))
}
