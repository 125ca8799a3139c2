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
    let full: Vec<_> = Tab::ALL.into_iter().map(|tab| title(tab, tab.titles().0, view)).collect();
    let needed: usize = full.iter().map(|title| width(title)).sum();
    let short =
        || Tab::ALL.into_iter().map(|tab| format!(" {} {} ", tab.index() + 1, tab.titles().1));
    let titles = if needed < usize::from(area.width) { full } else { short().collect() };
    let spans = Tab::ALL.into_iter().zip(titles).map(|(tab, title)| {
        let wrong = matches!(tab, Tab::Failures | Tab::Exceptions) && tab.count(view) > 0;
        let style = if wrong { palette.bad() } else { palette.plain() };
        let style = if tab == shown { style.patch(palette.chosen()) } else { style };
        Span::styled(title, style)
    });
    frame.render_widget(Line::from(spans.collect::<Vec<_>>()), area);
}

fn title(tab: Tab, title: &str, view: &View) -> String {
    match tab.count(view) {
        0 => format!(" {} {title} ", tab.index() + 1),
        count => format!(" {} {title} ({}) ", tab.index() + 1, grouped(count as u64)),
    }
}
