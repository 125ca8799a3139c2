//! A comparison as one HTML file: no script, nothing from elsewhere.

mod chart;

use std::fmt::Write;

use super::{Comparison, Figure, Finding, Presence, Row, words};

const STYLE: &str = include_str!("html/style.css");

/// A difference of so many percent, or points, fills its bar.
const WIDEST: f64 = 25.0;

/// The page for one or more comparisons with the same base.
pub fn page(comparisons: &[Comparison]) -> String {
    let test = comparisons.first().map_or("", |comparison| comparison.base.test.as_str());
    let mut body = format!("<h1>{}</h1>\n", escaped(&format!("Runs of {test}")));
    for comparison in comparisons {
        section(&mut body, comparison);
    }
    body.push_str("<h2>Response times by percentile</h2>\n");
    body.push_str("<p>Far to the right are the rarest: each step is ten times as rare.</p>\n");
    charts(&mut body, comparisons);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(&format!("Runs of {test} compared"))
    )
}

fn section(body: &mut String, comparison: &Comparison) {
    let _ = writeln!(body, "<section>\n<h2>{}</h2>", escaped(&words::summary(comparison)));
    let _ = writeln!(
        body,
        "<dl><dt>Base</dt><dd>{}</dd><dt>Other</dt><dd>{}</dd></dl>",
        escaped(&words::side(&comparison.base)),
        escaped(&words::side(&comparison.other))
    );
    for warning in &comparison.warnings {
        let _ = writeln!(body, "<p class=\"warning\">{}</p>", escaped(warning));
    }
    for limit in words::limits(comparison) {
        let _ = writeln!(body, "<p class=\"crossed\">{}</p>", escaped(&limit));
    }
    table(body, comparison);
    for note in words::notes(comparison) {
        let _ = writeln!(body, "<p class=\"note\">{}</p>", escaped(&note));
    }
    body.push_str("</section>\n");
}

fn table(body: &mut String, comparison: &Comparison) {
    body.push_str(
        "<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">Figure</th><th scope=\"col\">Base</th>\
         <th scope=\"col\">Other</th><th scope=\"col\">Difference</th><th scope=\"col\">95 % interval</th>\
         <th scope=\"col\" aria-hidden=\"true\"></th><th scope=\"col\">Finding</th></tr></thead>\n",
    );
    for row in comparison.rows.iter().filter(|row| row.presence == Presence::Both) {
        let title = escaped(&row.title());
        let _ = writeln!(body, "<tbody><tr><th colspan=\"7\" scope=\"rowgroup\">{title}</th></tr>");
        row.figures.iter().for_each(|figure| line(body, figure));
        if let Some(found) = row.distance {
            let _ = writeln!(
                body,
                "<tr><td colspan=\"7\" class=\"note\">Farthest apart at {:.2} ms: {:.1} % took no \
                 longer, then {:.1} %</td></tr>",
                found.at_ms,
                100.0 * found.base,
                100.0 * found.other
            );
        }
        body.push_str("</tbody>\n");
    }
    body.push_str("</table></div>\n");
}

fn line(body: &mut String, figure: &Figure) {
    let reason = figure.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
    let _ = writeln!(
        body,
        "<tr class=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
         <td>{}</td></tr>",
        class(figure),
        escaped(&words::label(figure.metric)),
        words::value(figure.metric, figure.base),
        words::value(figure.metric, figure.other),
        words::difference(figure),
        words::interval(figure),
        bar(figure),
        escaped(&format!("{}{reason}", words::finding(figure))),
    );
}

fn class(figure: &Figure) -> &'static str {
    match (figure.finding, figure.is_worse()) {
        (Finding::Noise | Finding::TooShort, _) | (_, None) => "same",
        (finding, Some(_)) if finding.is_perhaps() => "perhaps",
        (_, Some(true)) => "worse",
        (_, Some(false)) => "better",
    }
}

/// The interval as a line, the difference as a dot on it, and no difference in the middle.
fn bar(figure: &Figure) -> String {
    let Some(([low, high], difference)) = figure.interval.zip(figure.difference) else {
        return String::new();
    };
    let x = |change: f64| 60.0 + change.clamp(-WIDEST, WIDEST) / WIDEST * 56.0;
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 120 12\" role=\"presentation\"><line class=\"zero\" \
         x1=\"60\" x2=\"60\" y1=\"0\" y2=\"12\"/><line class=\"interval\" x1=\"{:.1}\" x2=\"{:.1}\" \
         y1=\"6\" y2=\"6\"/><circle cx=\"{:.1}\" cy=\"6\" r=\"3\"/></svg>",
        x(low),
        x(high),
        x(difference)
    )
}

/// A chart for each transaction, with a line for each run.
fn charts(body: &mut String, comparisons: &[Comparison]) {
    let Some(first) = comparisons.first() else { return };
    for row in first.rows.iter().filter(|row| row.presence != Presence::Neither) {
        let mut lines = vec![(format!("base, {}", first.base.started), &row.curves[0])];
        for comparison in comparisons {
            let same = |other: &&Row| (&other.method, &other.name) == (&row.method, &row.name);
            let other = comparison.rows.iter().find(same);
            lines.extend(other.map(|row| (comparison.other.started.clone(), &row.curves[1])));
        }
        let _ = writeln!(
            body,
            "<figure><figcaption>{}</figcaption>\n{}</figure>",
            escaped(&row.title()),
            chart::svg(&lines)
        );
    }
}

/// A text that is nothing but text in HTML, between tags and in quoted attributes; what would turn
/// the direction of writing is made visible.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in crate::shown::shown(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
