//! Percentiles as lines: `HdrHistogram`'s logarithmic axis, on which the rarest have as much room
//! as the common.

use std::fmt::Write;

use super::{super::Curve, escaped};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 64.0;
const TOP: f64 = 12.0;
const RIGHT: f64 = 16.0;
const LEGEND: f64 = 20.0;
const BOTTOM: f64 = 28.0;

/// There are so many colours.
const COLOURS: usize = 6;

/// The lines of runs, each under its name, as an SVG.
pub(super) fn svg(lines: &[(String, &Curve)]) -> String {
    let legend = super::super::blocks::count(lines.len()) * LEGEND;
    let points = || lines.iter().flat_map(|(_, curve)| curve.points());
    let most_ms = nice(points().map(|(_, ms)| *ms).fold(0.0, f64::max));
    let decades = points().map(|(percentile, _)| decades(*percentile)).fold(1.0, f64::max);
    let x = |percentile: f64| LEFT + self::decades(percentile) / decades * (WIDTH - LEFT - RIGHT);
    let y = |ms: f64| TOP + (1.0 - ms / most_ms) * (HEIGHT - TOP - BOTTOM);
    let names: Vec<_> = lines.iter().map(|(name, _)| name.as_str()).collect();
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{}\">\n",
        HEIGHT + legend,
        escaped(&format!("response times by percentile: {}", names.join("; ")))
    );
    for quarter in 0..=4 {
        let ms = most_ms * f64::from(quarter) / 4.0;
        let y = y(ms);
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{} ms</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            y + 4.0,
            short(ms)
        );
    }
    for percentile in [0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999] {
        if self::decades(percentile) <= decades + 1e-9 {
            let x = x(percentile);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{:.1}\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{percentile}</text>",
                HEIGHT - BOTTOM,
                HEIGHT - BOTTOM + 18.0
            );
        }
    }
    for (at, (name, curve)) in lines.iter().enumerate() {
        let points = curve.points().iter();
        let points: String = points
            .map(|(percentile, ms)| format!("{:.1},{:.1} ", x(*percentile), y(*ms)))
            .collect();
        let colour = at % COLOURS;
        let legend_y = HEIGHT + super::super::blocks::count(at) * LEGEND + 8.0;
        let _ = writeln!(
            svg,
            "<polyline class=\"c{colour}\" points=\"{}\"/><line class=\"c{colour}\" stroke-width=\"3\" \
             x1=\"{LEFT}\" x2=\"{}\" y1=\"{legend_y}\" y2=\"{legend_y}\"/><text x=\"{}\" y=\"{}\">{}</text>",
            points.trim_end(),
            LEFT + 20.0,
            LEFT + 28.0,
            legend_y + 4.0,
            escaped(name)
        );
    }
    svg + "</svg>\n"
}

/// How many powers of ten a percentile is from the whole: 0 for 0, 1 for 90, 2 for 99.
fn decades(percentile: f64) -> f64 {
    -(1.0 - percentile / 100.0).max(1e-12).log10()
}

/// The next greater number that begins with 1, 2, 4, 6 or 8.
fn nice(number: f64) -> f64 {
    if number.is_nan() || number <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(number.log10().floor());
    let steps = [1.0, 2.0, 4.0, 6.0, 8.0, 10.0].into_iter();
    steps.map(|step| step * power).find(|step| *step >= number).unwrap_or(10.0 * power)
}

fn short(ms: f64) -> String {
    if ms >= 10.0 || ms == 0.0 { format!("{ms:.0}") } else { format!("{ms:.2}") }
}
