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
    let spans = Tab::of(view).iter().copied().zip(titles).map(|(tab, title)| {
        let wrong = tab != Tab::Log && tab.count(view) > 0;
        let style = if wrong { palette.bad() } else { palette.plain() };
        let style = if tab == shown { style.patch(palette.chosen()) } else { style };
        Span::styled(title, style)
    });
    frame.render_widget(Line::from(spans.collect::<Vec<_>>()), area);
}

/// The longest titles that there is room for.
fn titles(room: usize, view: &View) -> Vec<String> {
    let titled = |title: fn(Tab, &View) -> String| -> Vec<String> {
        Tab::of(view).iter().map(|tab| title(*tab, view)).collect()
    };
    let long = titled(|tab, view| title(tab, tab.titles().0, tab.count(view)));
    let short = titled(|tab, view| title(tab, tab.titles().1, tab.count(view)));
    let shortest = titled(|tab, _| title(tab, tab.titles().1, 0));
    let fit = |titles: &Vec<String>| titles.iter().map(|title| width(title)).sum::<usize>() <= room;
    [long, short].into_iter().find(fit).unwrap_or(shortest)
}

fn title(tab: Tab, title: &str, count: usize) -> String {
    match count {
        0 => format!(" {} {title} ", tab.index() + 1),
        count => format!(" {} {title} ({}) ", tab.index() + 1, grouped(count as u64)),
    }
}
