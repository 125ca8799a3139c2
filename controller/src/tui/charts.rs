//! The charts: users, rates and response times over time.

mod curve;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    style::Style,
    widgets::Block,
};

use self::curve::{Curve, Name, Pane};
use super::{
    figure::{count, time},
    model::Charts,
    palette::Palette,
};
use crate::{grouped::grouped, view::View};

/// Draws those that are chosen, as far as there is room.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &View,
    charts: Charts,
    palette: Palette,
) {
    if area.height == 0 {
        return;
    }
    let panes = match charts {
        Charts::Users => vec![users(view, palette)],
        Charts::Rates => vec![rates(view, palette)],
        Charts::Times => vec![times(view, palette)],
        Charts::Beside | Charts::All => {
            vec![users(view, palette), rates(view, palette), times(view, palette)]
        }
    };
    let places = Layout::horizontal(panes.iter().map(|_| Constraint::Fill(1))).split(area);
    for (pane, place) in panes.iter().zip(places.iter()) {
        let block = Block::new().title(pane.title(place.width, palette));
        let inner = block.inner(*place);
        frame.render_widget(block, *place);
        pane.draw(frame, inner, palette);
    }
}

/// Users that ran, over those that are planned to the test's end.
fn users(view: &View, palette: Palette) -> Pane {
    let chart = &view.chart;
    let plan = view.plan.clone().unwrap_or_default();
    let is_open = plan.arrivals_per_s.is_some();
    let planned = if is_open { Vec::new() } else { plan.curve.clone() };
    let planned_now = chart.planned.last().map_or_else(|| "-".into(), |users| grouped(*users));
    let mut names = vec![Name::new("users", grouped(view.now.users), palette.good())];
    if !is_open {
        names.push(Name::new("planned", planned_now, palette.plain()));
    }
    #[expect(clippy::cast_precision_loss, reason = "users of a test are below 2^52")]
    let running = points(view, chart.users.iter().map(|users| Some(*users as f64)));
    Pane {
        names,
        to: plan.duration_s,
        cuts: plan.cuts_s,
        curves: vec![
            Curve { points: planned, style: palette.plain() },
            Curve { points: running, style: palette.good() },
        ],
    }
}

fn rates(view: &View, palette: Palette) -> Pane {
    let chart = &view.chart;
    let requests = chart.requests_per_s.iter().copied().map(Some);
    let failures = chart.failures_per_s.iter().copied().map(Some);
    let last = |rates: &[f64]| rates.last().map_or_else(|| "-".into(), |rate| count(*rate));
    let curves = [
        ("req/s", last(&chart.requests_per_s), points(view, requests), palette.good()),
        ("failures/s", last(&chart.failures_per_s), points(view, failures), palette.bad()),
    ];
    pane(view, curves)
}

fn times(view: &View, palette: Palette) -> Pane {
    let chart = &view.chart;
    let last = |times: &[Option<f64>]| time(times.last().copied().flatten());
    let curve = |name, times: &[Option<f64>], style| {
        (name, last(times), points(view, times.iter().copied()), style)
    };
    let curves = [
        curve("ms p50", &chart.p50_ms, palette.good()),
        curve("p95", &chart.p95_ms, palette.second()),
        curve("p99", &chart.p99_ms, palette.notable()),
    ];
    pane(view, curves)
}

/// A curve's name, its newest value, its points and how it looks.
type Measured = (&'static str, String, Vec<(f64, f64)>, Style);

/// A chart of what was measured up to now.
fn pane<const N: usize>(view: &View, curves: [Measured; N]) -> Pane {
    let (mut names, mut drawn) = (Vec::new(), Vec::new());
    // The first curve lies over the others: it is drawn last.
    for (name, last, points, style) in curves {
        names.push(Name::new(name, last, style));
        drawn.insert(0, Curve { points, style });
    }
    let cuts = view.plan.as_ref().map(|plan| plan.cuts_s.clone()).unwrap_or_default();
    Pane { names, to: f64::from(view.chart.to_s), cuts, curves: drawn }
}

/// What was measured, each at the end of its stretch; nothing where nothing was.
fn points(view: &View, values: impl Iterator<Item = Option<f64>>) -> Vec<(f64, f64)> {
    let chart = &view.chart;
    let end = |from: &u32| f64::from(from.saturating_add(chart.width_s).min(chart.to_s));
    let ends = chart.seconds.iter().map(end);
    ends.zip(values).filter_map(|(at, value)| value.map(|value| (at, value))).collect()
}
