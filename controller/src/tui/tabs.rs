//! Which tables there are, and which one is shown.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use super::{palette::Palette, tab::Tab};
use crate::{grouped::grouped, shown::width, view::View};

/// How many rows they take.
pub(super) const ROWS: u16 = 1;

/// Draws them.
pub(super) fn draw(frame: &mut Frame<'_>, area: Rect, view: &View, shown: Tab, palette: Palette) {
    let titles = titles(usize::from(area.width), view);
    let spans = Tab::ALL.into_iter().zip(titles).map(|(tab, title)| {
        let wrong = matches!(tab, Tab::Failures | Tab::Exceptions) && tab.count(view) > 0;
        let style = if wrong { palette.bad() } else { palette.plain() };
        let style = if tab == shown { style.patch(palette.chosen()) } else { style };
        Span::styled(title, style)
    });
    frame.render_widget(Line::from(spans.collect::<Vec<_>>()), area);
}

/// The longest titles that there is room for.
fn titles(room: usize, view: &View) -> [String; Tab::ALL.len()] {
    let long = Tab::ALL.map(|tab| title(tab, tab.titles().0, tab.count(view)));
    let short = Tab::ALL.map(|tab| title(tab, tab.titles().1, tab.count(view)));
    let shortest = Tab::ALL.map(|tab| title(tab, tab.titles().1, 0));
    let fit = |titles: &[String; Tab::ALL.len()]| {
        titles.iter().map(|title| width(title)).sum::<usize>() <= room
    };
    [long, short].into_iter().find(fit).unwrap_or(shortest)
}

fn title(tab: Tab, title: &str, count: usize) -> String {
    match count {
        0 => format!(" {} {title} ", tab.index() + 1),
        count => format!(" {} {title} ({}) ", tab.index() + 1, grouped(count as u64)),
    }
}
