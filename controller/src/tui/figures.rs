//! The key figures: each under its name, in as many bands as the terminal's width asks for.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use super::{
    figure::{count, time},
    palette::Palette,
};
use crate::{grouped::grouped, shown::width, view::View};

/// Between two figures.
const GAP: usize = 2;

struct Figure {
    name: &'static str,
    text: String,
    style: Style,
}

/// Two lines for each band: names, and figures below them.
pub(super) fn lines(view: &View, columns: u16, palette: Palette) -> Vec<Line<'static>> {
    let room = usize::from(columns).saturating_sub(1);
    let (lately, so_far) = (lately(view, palette), so_far(view, palette));
    let wide = |figures: &[Figure]| figures.iter().map(Figure::width).sum::<usize>();
    let bands = if wide(&lately) + wide(&so_far) <= room {
        vec![lately.into_iter().chain(so_far).collect()]
    } else {
        [lately, so_far].into_iter().flat_map(|figures| bands(figures, room)).collect()
    };
    bands.iter().flat_map(|band| band_lines(band, palette)).collect()
}

/// As few bands as there is room for.
fn bands(figures: Vec<Figure>, room: usize) -> Vec<Vec<Figure>> {
    let mut bands = vec![Vec::new()];
    let mut taken = 0;
    for figure in figures {
        if taken + figure.width() > room && taken > 0 {
            bands.push(Vec::new());
            taken = 0;
        }
        taken += figure.width();
        bands.last_mut().expect("there is a band from the start").push(figure);
    }
    bands
}

fn band_lines(band: &[Figure], palette: Palette) -> [Line<'static>; 2] {
    let (mut names, mut texts) = (vec![Span::raw(" ")], vec![Span::raw(" ")]);
    for Figure { name, text, style } in band {
        let wide = width(name).max(width(text));
        names.push(Span::styled(format!("{name:>wide$}  "), palette.dim()));
        texts.push(Span::styled(format!("{text:>wide$}  "), style.patch(palette.bold())));
    }
    [Line::from(names), Line::from(texts)]
}

/// Those of the last seconds.
fn lately(view: &View, palette: Palette) -> Vec<Figure> {
    let now = &view.now;
    let plain = |name, text| Figure { name, text, style: palette.plain() };
    let failures = count(now.failures_per_s);
    vec![
        plain(if is_open(view) { "users/pool" } else { "users/plan" }, users(view)),
        plain("req/s", count(now.requests_per_s)),
        Figure::bad_if(now.failures_per_s > 0.0, "fails/s", failures, palette),
        plain("p50 ms", time(now.p50_ms)),
        plain("p95 ms", time(now.p95_ms)),
        plain("p99 ms", time(now.p99_ms)),
    ]
}

/// Those of all that was so far.
fn so_far(view: &View, palette: Palette) -> Vec<Figure> {
    let totals = &view.totals;
    let counted = |count: u64, name| Figure::bad_if(count > 0, name, grouped(count), palette);
    let failed = part(totals.failures, totals.requests);
    let plain = |name, text| Figure { name, text, style: palette.plain() };
    let mut figures = vec![
        plain("requests", grouped(totals.requests)),
        Figure::bad_if(totals.failures > 0, "failed", failed, palette),
    ];
    if totals.exceptions > 0 {
        figures.push(counted(totals.exceptions, "exceptions"));
    }
    if is_open(view) || totals.dropped > 0 {
        figures.push(counted(totals.dropped, "dropped"));
    }
    figures.extend(cost(view).map(|cost| plain("cost/at most", cost)));
    figures
}

impl Figure {
    fn bad_if(is_bad: bool, name: &'static str, text: String, palette: Palette) -> Self {
        let style = if is_bad { palette.bad() } else { palette.plain() };
        Self { name, text, style }
    }

    /// How many columns it takes, with the gap after it.
    fn width(&self) -> usize {
        width(self.name).max(width(&self.text)) + GAP
    }
}

/// Whether tasks begin at a rate, whatever users do.
fn is_open(view: &View) -> bool {
    view.plan.as_ref().is_some_and(|plan| plan.arrivals_per_s.is_some())
}

/// Those of the last second, and those that should have run then.
fn users(view: &View) -> String {
    let planned = view.chart.planned.last().map_or_else(|| "-".into(), |users| grouped(*users));
    format!("{}/{planned}", grouped(view.now.users))
}

/// How many of all, with the part of them in percent.
#[expect(clippy::cast_precision_loss, reason = "counts of a test are below 2^52")]
fn part(some: u64, all: u64) -> String {
    match (some, all) {
        (0, _) | (_, 0) => grouped(some),
        _ => format!("{} {:.2}%", grouped(some), some as f64 * 100.0 / all as f64),
    }
}

/// What functions have cost so far, and what they may cost, dollars; none on this machine.
fn cost(view: &View) -> Option<String> {
    let at_most = view.plan.as_ref().and_then(|plan| plan.at_most_usd);
    let most = at_most.map_or_else(|| "-".into(), |most| format!("{most:.2}"));
    view.cost_usd.map(|cost| format!("${cost:.2}/{most}"))
}
