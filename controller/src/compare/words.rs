//! What the texts of a comparison have in common.

use super::{Comparison, Figure, Finding, Metric, Side, Unit};
use crate::grouped::{counted, grouped};

/// What a figure is called in tables.
pub(super) fn label(metric: Metric) -> String {
    match metric {
        Metric::RequestsPerS => "requests/s".into(),
        Metric::FailureRatio => "failures %".into(),
        Metric::Mean => "mean ms".into(),
        Metric::Percentile(percentile) => format!("{percentile} ms"),
        Metric::Superiority => "slower %".into(),
    }
}

/// A figure of one run.
pub(super) fn value(metric: Metric, value: Option<f64>) -> String {
    let Some(value) = value else { return "-".into() };
    match metric {
        Metric::FailureRatio | Metric::Superiority => format!("{:.2}", 100.0 * value),
        _ => format!("{value:.2}"),
    }
}

/// A difference, with its sign.
pub(super) fn difference(figure: &Figure) -> String {
    figure.difference.map_or("-".into(), |difference| signed(difference, figure.unit))
}

/// The ends of its interval.
pub(super) fn interval(figure: &Figure) -> String {
    figure.interval.map_or("-".into(), |[low, high]| format!("{low:+.1} .. {high:+.1}"))
}

pub(super) fn signed(difference: f64, unit: Unit) -> String {
    match unit {
        Unit::Percent => format!("{difference:+.1} %"),
        Unit::Points => format!("{difference:+.2} pp"),
    }
}

/// What to think of it, in a word or two.
pub(super) fn finding(figure: &Figure) -> String {
    let word = match (figure.finding.is_higher(), figure.metric) {
        (None, _) if figure.finding == Finding::TooShort => return "too short".into(),
        (None, _) => return "noise".into(),
        (Some(true), Metric::RequestsPerS | Metric::FailureRatio) => "more",
        (Some(false), Metric::RequestsPerS | Metric::FailureRatio) => "fewer",
        (Some(true), _) => "slower",
        (Some(false), _) => "faster",
    };
    if figure.finding.is_perhaps() { format!("{word}?") } else { word.into() }
}

/// Which run, in a line.
pub(super) fn side(side: &Side) -> String {
    format!(
        "{} {}, {}, {:.0} s, {}, {}",
        side.test,
        side.started,
        counted(side.users.into(), "user"),
        side.duration_s,
        counted(side.requests, "request"),
        side.verdict,
    )
}

/// What was found, in a sentence.
pub(super) fn summary(comparison: &Comparison) -> String {
    let (real, perhaps) = comparison.differing();
    let judged = comparison.judged;
    if judged == 0 {
        return "Too short to tell: no figure could be judged".into();
    }
    let of = counted(judged as u64, "figure");
    let real = match real {
        0 => format!("No difference seen in {of}"),
        1 => format!("1 of {of} differs"),
        more => format!("{} of {of} differ", grouped(more as u64)),
    };
    if perhaps == 0 {
        return real;
    }
    format!("{real}, {} more may: {}", grouped(perhaps as u64), expected(judged))
}

/// How many intervals miss by chance.
fn expected(judged: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "figures are few")]
    let alarms = judged as f64 * super::interval::ALPHA;
    format!("chance alone makes about {alarms:.1} of so many seem to")
}

/// How to read the table.
pub(super) fn notes(comparison: &Comparison) -> Vec<String> {
    let way = if comparison.paired {
        "the runs had the same load at the same time, so their stretches are compared in pairs"
    } else {
        "the runs had different loads or lengths, so each is resampled by itself"
    };
    let stretch = counted(comparison.stretch_s.into(), "second");
    vec![
        format!(
            "Intervals: 95 %, by a block bootstrap over stretches of {stretch}; {way}. What differs \
             between two runs of the same system, such as its neighbours, is not in them."
        ),
        "A finding holds for all figures together (Holm); one with a question mark only by itself. \
         Slower %: how often a request of the other run takes longer than one of the base."
            .into(),
    ]
}

/// What became of the limits; none if there are none.
pub(super) fn limits(comparison: &Comparison) -> Vec<String> {
    let crossed = comparison.crossed.iter().map(|crossing| {
        let unit = if crossing.limit.metric.is_relative() { Unit::Percent } else { Unit::Points };
        let between = crossing.interval.map_or(String::new(), |[low, high]| {
            format!(" ({} .. {})", signed(low, unit), signed(high, unit))
        });
        let title = format!("{} {}", crossing.method, crossing.name);
        let difference = signed(crossing.difference, unit);
        format!("{} crossed by {}: {difference}{between}", crossing.limit, title.trim())
    });
    let unknown = (comparison.unjudged_limits > 0).then(|| {
        let figures = counted(comparison.unjudged_limits as u64, "figure");
        format!("too short to tell whether {figures} crossed a limit")
    });
    crossed.chain(unknown).collect()
}
