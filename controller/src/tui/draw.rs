//! Everything on the full screen, as a function of what there is to see.

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::Line,
};

use super::{
    charts, figures, footer, header,
    model::{Charts, Model},
    overlay,
    palette::Palette,
    table, tabs,
};
use crate::view::View;

/// The smallest terminal in which something can be read.
const LEAST: (u16, u16) = (60, 15);

/// Charts have so many rows where a table is below them: a third, within these.
const CHART_ROWS: (u16, u16) = (8, 16);

/// A table beside charts has at least so many rows, with its headings.
const TABLE_ROWS: u16 = 7;

/// Draws a view; how many rows of the table there was room for.
pub(super) fn draw(frame: &mut Frame<'_>, view: &View, model: &Model, palette: Palette) -> usize {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(frame, area);
        return 0;
    }
    let figures = figures::lines(view, area.width, palette);
    let rows = u16::try_from(figures.len()).unwrap_or(u16::MAX);
    let rest = area.height.saturating_sub(header::ROWS + rows + tabs::ROWS + footer::ROWS);
    let charts = chart_rows(model.charts, rest);
    let table = if model.charts == Charts::Beside { tabs::ROWS + rest - charts } else { 0 };
    let charts = if table == 0 { tabs::ROWS + rest } else { charts };
    let [top, key_figures, middle, bottom, foot] = Layout::vertical([
        Constraint::Length(header::ROWS),
        Constraint::Length(rows),
        Constraint::Length(charts),
        Constraint::Length(table),
        Constraint::Length(footer::ROWS),
    ])
    .areas(area);
    header::draw(frame, top, view, palette);
    for (line, row) in figures.into_iter().zip(key_figures.rows()) {
        frame.render_widget(line, row);
    }
    charts::draw(frame, middle, view, model.charts, palette);
    let page = if table == 0 { 0 } else { draw_table(frame, bottom, view, model, palette) };
    footer::draw(frame, foot, view, model, palette);
    overlay::draw(frame, area, model, palette);
    page
}

/// How high the charts above a table are; 0 where there is no room for both.
fn chart_rows(charts: Charts, rest: u16) -> u16 {
    let rows = (rest / 2).clamp(CHART_ROWS.0, CHART_ROWS.1);
    if charts == Charts::Beside && rest >= rows + TABLE_ROWS { rows } else { 0 }
}

fn draw_table(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &View,
    model: &Model,
    palette: Palette,
) -> usize {
    let [titles, rows] =
        Layout::vertical([Constraint::Length(tabs::ROWS), Constraint::Fill(1)]).areas(area);
    tabs::draw(frame, titles, view, model.tab, palette);
    table::draw(frame, rows, view, model, palette)
}

fn too_small(frame: &mut Frame<'_>, area: Rect) {
    let (width, height) = LEAST;
    let lines = [
        "The terminal is too small:".to_owned(),
        format!("{}x{} of {width}x{height}.", area.width, area.height),
        "The test runs on.".to_owned(),
    ];
    for (line, row) in lines.into_iter().zip(area.rows()) {
        frame.render_widget(Line::from(line), row);
    }
}

#[cfg(test)]
mod tests;
