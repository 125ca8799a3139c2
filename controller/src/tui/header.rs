//! Which test, against what, and how far it is.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{figure::span, palette::Palette};
use crate::{
    shown::{shorten, shown, width},
    view::{State, View},
};

/// How many rows it takes.
pub(super) const ROWS: u16 = 2;

/// Draws it.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, palette: Palette) {
    for (line, row) in [title(view, area.width, palette), gauge(view, area.width, palette)]
        .into_iter()
        .zip(area.rows())
    {
        frame.render_widget(line, row);
    }
}

/// The test, its environment and host, and at the right what goes on.
fn title(view: &View, columns: u16, palette: Palette) -> Line<'static> {
    let (state, style) = match view.state {
        State::Idle | State::Preparing => ("starting", palette.notable()),
        State::Running if view.elapsed_s <= 0.0 => ("starting", palette.notable()),
        State::Running => ("running", palette.good()),
        State::Stopping => ("stopping", palette.bad()),
        State::Ended => ("ended", palette.plain()),
    };
    let state = format!("● {state} ");
    let run = view.run.clone().unwrap_or_default();
    let room = usize::from(columns).saturating_sub(width(&state) + 1);
    let test = shorten(&format!(" {}", shown(&run.test)), room / 2);
    let rest = room - width(&test);
    let host = run.host.as_deref().unwrap_or("the hosts of its scenario");
    let place = shorten(&format!("  {} on {}", shown(host), shown(&run.environment)), rest);
    let gap = " ".repeat(rest - width(&place) + 1);
    Line::from(vec![
        Span::styled(test, palette.bold()),
        Span::raw(place),
        Span::raw(gap),
        Span::styled(state, style.patch(palette.bold())),
    ])
}

/// How much of the test is over. Where one interval ends and the next begins there is a mark.
fn gauge(view: &View, columns: u16, palette: Palette) -> Line<'static> {
    let plan = view.plan.clone().unwrap_or_default();
    let elapsed = view.elapsed_s.min(plan.duration_s);
    let mut text = format!("  {} / {} ", span(elapsed), span(plan.duration_s));
    if plan.intervals > 1 {
        let at = plan.cuts_s.iter().filter(|cut| **cut <= elapsed).count() + 1;
        text = format!("{text} interval {at} of {} ", plan.intervals);
    }
    let cells = usize::from(columns).saturating_sub(width(&text) + 1);
    let place = |seconds: f64| scaled(seconds, plan.duration_s, cells);
    let full = place(elapsed);
    let cuts: Vec<_> = plan.cuts_s.iter().map(|cut| place(*cut)).collect();
    let bar = |range: std::ops::Range<usize>, cell: char, cut: char| -> String {
        range.map(|at| if cuts.contains(&at) { cut } else { cell }).collect()
    };
    Line::from(vec![
        Span::raw(" "),
        Span::styled(bar(0..full, '━', '╋'), palette.good()),
        Span::styled(bar(full..cells, '─', '┼'), palette.dim()),
        Span::raw(text),
    ])
}

/// Of so many cells, which one a part of a whole comes to.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "columns of a terminal"
)]
fn scaled(part: f64, whole: f64, cells: usize) -> usize {
    if whole > 0.0 { ((part / whole * cells as f64) as usize).min(cells) } else { 0 }
}
