//! A chart of some curves.

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    symbols::Marker,
    text::{Line, Span},
    widgets::{Axis, Chart, Dataset, GraphType},
};

use super::super::{
    figure::{ceiling, compact, span},
    palette::Palette,
};

/// A mark at a cut is so many dots high.
const DOTS: u32 = 24;

/// Points of a curve, in the order of their times: seconds, and a value.
pub(super) struct Curve {
    pub(super) points: Vec<(f64, f64)>,
    pub(super) style: Style,
}

/// The name of a curve, and its newest value.
pub(super) struct Name {
    text: &'static str,
    value: String,
    style: Style,
}

impl Name {
    pub(super) fn new(text: &'static str, value: String, style: Style) -> Self {
        Self { text, value, style }
    }
}

/// What is drawn in one place.
pub(super) struct Pane {
    /// The names of the curves.
    pub(super) names: Vec<Name>,
    /// The end of the time, seconds.
    pub(super) to: f64,
    /// Where one interval ends and the next begins, seconds.
    pub(super) cuts: Vec<f64>,
    /// The curves, the one that lies over the others last.
    pub(super) curves: Vec<Curve>,
}

impl Pane {
    /// The names of the curves in their colours, with their values if there is room.
    pub(super) fn title(&self, columns: u16, palette: Palette) -> Line<'static> {
        let spans = |valued: bool| {
            let spans = self.names.iter().flat_map(move |Name { text, value, style }| {
                let value = valued.then(|| Span::styled(format!(" {value}"), palette.bold()));
                [Span::styled(format!(" {text}"), *style)].into_iter().chain(value)
            });
            Line::from(spans.collect::<Vec<_>>())
        };
        let full = spans(true);
        if full.width() < usize::from(columns) { full } else { spans(false) }
    }

    pub(super) fn draw(&self, frame: &mut Frame<'_>, area: Rect, palette: Palette) {
        let to = self.to.max(1.0);
        let values = self.curves.iter().flat_map(|curve| &curve.points).map(|(_, value)| *value);
        let top = ceiling(values.fold(0.0, f64::max));
        let cuts: Vec<_> = self.cuts.iter().filter(|cut| **cut < to).copied().collect();
        let marks: Vec<_> = cuts.iter().flat_map(|cut| mark(*cut, top)).collect();
        let marks = Dataset::default()
            .marker(Marker::Braille)
            .graph_type(GraphType::Scatter)
            .style(palette.plain())
            .data(&marks);
        let curves = self.curves.iter().map(|curve| {
            Dataset::default()
                .marker(Marker::Braille)
                .graph_type(GraphType::Line)
                .style(curve.style)
                .data(&curve.points)
        });
        let x = Axis::default()
            .style(palette.dim())
            .bounds([0.0, to])
            .labels(["0s".to_owned(), span(to)]);
        let y = Axis::default().style(palette.dim()).bounds([0.0, top]).labels(labels(top, area));
        let chart = Chart::new(std::iter::once(marks).chain(curves).collect());
        frame.render_widget(chart.x_axis(x).y_axis(y), area);
    }
}

/// A dotted line from the bottom to the top.
fn mark(at: f64, top: f64) -> impl Iterator<Item = (f64, f64)> {
    (0..=DOTS).map(move |dot| (at, top * f64::from(dot) / f64::from(DOTS)))
}

/// The bottom, the top, and the middle where there is room.
fn labels(top: f64, area: Rect) -> Vec<String> {
    let labels = [0.0, top / 2.0, top].map(compact);
    let [bottom, _, top] = labels.clone();
    if area.height >= 7 { labels.into() } else { vec![bottom, top] }
}
