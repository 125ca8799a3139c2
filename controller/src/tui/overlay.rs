//! What lies over all else: help, a row in full, a question.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, BorderType, Clear, Paragraph},
};

use super::{
    model::{Model, Over},
    palette::Palette,
    prompt::Prompt,
};
use crate::shown::{width, wrap};

/// What the keys do.
const KEYS: [(&str, &str); 12] = [
    ("1-7 Tab ← →", "choose a table"),
    ("↑ ↓ PgUp PgDn", "choose a row, also Home and End"),
    ("Enter", "the row in full"),
    ("s S", "sort by the next column, the one before"),
    ("r", "reverse the rows"),
    ("c", "larger charts, then one by one; Esc: back"),
    ("u + -", "change the number of users"),
    ("q", "stop the run, after asking"),
    ("Ctrl-C", "stop at once; again: end at once"),
    ("Ctrl-L", "draw everything anew"),
    ("", "Users, rates and percentiles at the top are"),
    ("", "of the last 5 seconds, counts of all so far."),
];

/// A box is no wider than this.
const WIDEST: usize = 100;

/// Draws what lies over all else, if anything does.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, model: &Model, palette: Palette) {
    let most = usize::from(area.width).saturating_sub(6).min(WIDEST);
    let (title, lines) = match &model.over {
        None => return,
        Some(Over::Help) => ("Keys", help(palette)),
        Some(Over::Row { cells, scroll }) => ("Row", row(cells, most, *scroll, palette)),
        Some(Over::Stop) => ("Stop the run?", stop(palette)),
        Some(Over::Users(prompt)) => ("Users", users(prompt, most, palette)),
    };
    let widest = lines.iter().map(Line::width).max().unwrap_or(0).max(title.len() + 2);
    let cell = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
    let size = (cell(widest + 4).min(area.width), cell(lines.len() + 2).min(area.height));
    let place = Rect {
        x: area.x + (area.width - size.0) / 2,
        y: area.y + (area.height - size.1) / 2,
        width: size.0,
        height: size.1,
    };
    let title = Span::styled(format!(" {title} "), palette.bold());
    let block = Block::bordered().border_type(BorderType::Rounded).title(title);
    let block = block.padding(ratatui::widgets::Padding::horizontal(1));
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines).block(block), place);
}

fn help(palette: Palette) -> Vec<Line<'static>> {
    let wide = KEYS.iter().map(|(keys, _)| width(keys)).max().unwrap_or(0);
    let line = |(keys, what): &(&str, &'static str)| {
        let pad = " ".repeat(wide - width(keys) + 2);
        if keys.is_empty() {
            return Line::styled(*what, palette.dim());
        }
        Line::from(vec![Span::styled(format!("{keys}{pad}"), palette.bold()), Span::raw(*what)])
    };
    KEYS.iter().map(line).collect()
}

fn row(
    cells: &[(String, String)],
    most: usize,
    scroll: usize,
    palette: Palette,
) -> Vec<Line<'static>> {
    let wide = cells.iter().map(|(heading, _)| width(heading)).max().unwrap_or(0);
    let room = most.saturating_sub(wide + 2).max(1);
    let lines = cells.iter().flat_map(|(heading, text)| {
        let parts = wrap(text, room).into_iter().flat_map(|part| broken(&part, room));
        parts.enumerate().map(move |(at, part)| {
            let heading = if at == 0 { heading.as_str() } else { "" };
            let pad = " ".repeat(wide - width(heading) + 2);
            let heading = Span::styled(format!("{heading}{pad}"), palette.dim());
            Line::from(vec![heading, Span::raw(part)])
        })
    });
    let lines: Vec<_> = lines.collect();
    let scroll = scroll.min(lines.len().saturating_sub(1));
    lines.into_iter().skip(scroll).collect()
}

/// A word in pieces of at most so many columns.
fn broken(word: &str, room: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for c in word.chars() {
        let piece = pieces.last_mut().expect("there is a piece from the start");
        if width(piece) + width(c.encode_utf8(&mut [0; 4])) > room && !piece.is_empty() {
            pieces.push(c.into());
        } else {
            piece.push(c);
        }
    }
    pieces
}

fn stop(palette: Palette) -> Vec<Line<'static>> {
    let key = |key: &'static str| Span::styled(key, palette.bold());
    vec![
        Line::from("Requests in flight may end; the reports are"),
        Line::from("written. A second time ends at once."),
        Line::default(),
        Line::from(vec![key("y"), Span::raw(" stop    "), key("n"), Span::raw(" go on")]),
    ]
}

fn users(prompt: &Prompt, most: usize, palette: Palette) -> Vec<Line<'static>> {
    let field = |name: &'static str, text: &str, chosen: bool| {
        let style = if chosen { palette.chosen() } else { palette.plain() };
        let text = Span::styled(format!(" {text:<10}"), style);
        Line::from(vec![Span::raw(format!("{name:<24}")), text])
    };
    let rate =
        if prompt.rate.is_empty() && !prompt.at_rate { "the profile's" } else { &prompt.rate };
    let mut lines = vec![
        field("users", &prompt.users, !prompt.at_rate),
        field("start or stop per second", rate, prompt.at_rate),
        Line::default(),
    ];
    if let Some(wrong) = &prompt.wrong {
        let parts = wrap(wrong, most).into_iter();
        lines.extend(parts.map(|part| Line::styled(part, palette.bad())));
    } else {
        let keys = "Enter change  Tab next  + - a tenth  Esc back";
        lines.push(Line::styled(keys, palette.dim()));
    }
    lines
}
