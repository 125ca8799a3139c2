//! A comparison in GitHub's Markdown, as for a comment on a pull request.

use std::fmt::Write;

use super::{Comparison, Figure, Presence, words};
use crate::report::markdown::{cell, escaped};

/// The runs, what was found, a table of what differs, and all figures folded away.
pub fn text(comparison: &Comparison) -> String {
    let mut text = format!("### {}\n\n", words::summary(comparison));
    for (name, side) in [("Base", &comparison.base), ("Other", &comparison.other)] {
        let _ = writeln!(text, "- {name}: {}", escaped(&words::side(side)));
    }
    for warning in &comparison.warnings {
        let _ = writeln!(text, "- :warning: {}", escaped(warning));
    }
    for limit in words::limits(comparison) {
        let _ = writeln!(text, "- :x: {}", escaped(&limit));
    }
    let differing = table(comparison, |figure| figure.finding.is_higher().is_some());
    if let Some(table) = differing {
        let _ = write!(text, "\n{table}");
    }
    if let Some(table) = table(comparison, |_| true) {
        let _ = write!(text, "\n<details><summary>All figures</summary>\n\n{table}\n</details>\n");
    }
    text
}

fn table(comparison: &Comparison, shows: impl Fn(&Figure) -> bool) -> Option<String> {
    let both = comparison.rows.iter().filter(|row| row.presence == Presence::Both);
    let figures = both.flat_map(|row| row.figures.iter().map(move |figure| (row, figure)));
    let lines: Vec<_> = figures
        .filter(|(_, figure)| shows(figure))
        .map(|(row, figure)| {
            let finding = words::finding(figure);
            let strong = if figure.finding.is_real() { "**" } else { "" };
            format!(
                "| {} | {} | {} | {} | {} | {} | {strong}{finding}{strong} |\n",
                cell(&row.title()),
                words::label(figure.metric),
                words::value(figure.metric, figure.base),
                words::value(figure.metric, figure.other),
                words::difference(figure),
                words::interval(figure),
            )
        })
        .collect();
    let heading = "| Transaction | Figure | Base | Other | Difference | 95 % interval | |\n\
                   |---|---|--:|--:|--:|--:|---|\n";
    (!lines.is_empty()).then(|| format!("{heading}{}", lines.concat()))
}
