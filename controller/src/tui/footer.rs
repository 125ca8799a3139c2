//! What just happened, or what may be done.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{model::Model, palette::Palette};
use crate::{
    shown::{shorten, shown, width},
    view::{State, View},
};

/// How many rows it takes.
pub(super) const ROWS: u16 = 1;

/// For how many seconds of the test something is news.
const NEWS: f64 = 8.0;

/// The keys, those that matter most first.
const KEYS: [(&str, &str); 8] = [
    ("?", "help"),
    ("q", "stop"),
    ("1-7", "tables"),
    ("Enter", "row"),
    ("s", "sort"),
    ("r", "reverse"),
    ("c", "charts"),
    ("u", "users"),
];

/// Draws it.
pub(super) fn draw(
    frame: &mut Frame<'_>,
    area: Rect,
    view: &View,
    model: &Model,
    palette: Palette,
) {
    let room = usize::from(area.width).saturating_sub(2);
    let line = match news(view, model) {
        Some(news) => Line::styled(format!(" {}", shorten(&shown(&news), room)), palette.notable()),
        None => keys(room, palette),
    };
    frame.render_widget(line, area);
}

/// What became of the last key, or happened just now.
#[expect(clippy::cast_precision_loss, reason = "seconds of a test are below 2^53")]
fn news(view: &View, model: &Model) -> Option<String> {
    let stops = view.state == State::Stopping;
    let is_new = |at_s: u64| stops || view.elapsed_s - at_s as f64 <= NEWS;
    let note = || view.notes.last().filter(|note| is_new(note.at_s));
    let message = || view.message.clone();
    model.said.clone().or_else(|| note().map(|note| note.text.clone())).or_else(message)
}

fn keys(room: usize, palette: Palette) -> Line<'static> {
    let mut spans = vec![Span::raw(" ")];
    let mut taken = 1;
    for (key, what) in KEYS {
        taken += width(key) + width(what) + 3;
        if taken > room {
            break;
        }
        spans.push(Span::styled(key, palette.bold()));
        spans.push(Span::styled(format!(" {what}  "), palette.dim()));
    }
    Line::from(spans)
}
