//! The table that is shown.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{model::Model, palette::Palette};
use crate::view::View;

/// Draws it; how many rows there was room for.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &View,
    model: &Model,
    palette: Palette,
) -> usize {
    let sheet = model.tab.sheet(view).sorted(model.order());
    let lines = sheet.lines(usize::from(area.width).saturating_sub(2));
    let below = usize::from(lines.total.is_some()) + usize::from(sheet.remark().is_some());
    let page = usize::from(area.height).saturating_sub(1 + below);
    let (first, chosen) = (model.first(sheet.rows(), page), model.row(sheet.rows()));
    let row = |(text, alarming): (String, bool)| {
        let style = if alarming { palette.bad() } else { palette.plain() };
        (text, style)
    };
    let rows = lines.rows.into_iter().map(row).enumerate().skip(first).take(page);
    let rows = rows.map(|(at, (text, style))| {
        let style = if at == chosen { style.patch(palette.chosen()) } else { style };
        (text, style)
    });
    let total = lines.total.map(row).map(|(text, style)| (text, style.patch(palette.bold())));
    let remark = sheet.remark().map(|remark| (remark, palette.dim()));
    let heading = (lines.heading, palette.dim());
    let all = std::iter::once(heading).chain(rows).chain(total).chain(remark);
    for ((text, style), row) in all.zip(area.rows()) {
        let columns = usize::from(row.width).saturating_sub(1);
        let span = Span::styled(padded(&text, columns), style);
        frame.render_widget(Line::from(span), row);
    }
    page
}

/// A line with a gap at its left, as wide as the terminal: so the chosen one is seen as a whole.
fn padded(text: &str, columns: usize) -> String {
    let wide = 1 + crate::shown::width(text);
    format!(" {text}{}", " ".repeat(columns.saturating_sub(wide)))
}
