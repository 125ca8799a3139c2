//! What each key does: a function of what is shown, and nothing else.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    model::{Charts, Model, Over},
    prompt::Prompt,
    tab::Tab,
};
use crate::{
    control::Control,
    view::{State, View},
};

/// What is to be done for a key beside showing something else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Action {
    /// To say something to the run, which tells what becomes of it.
    Tell(Control),
    /// To draw everything anew.
    Redraw,
}

/// Takes a key.
pub(super) fn press(model: &mut Model, key: KeyEvent, view: &View) -> Option<Action> {
    model.said = None;
    if key.modifiers.contains(KeyModifiers::CONTROL) {
        return control(model, key.code);
    }
    match model.over.take() {
        None => press_table(model, key.code, view),
        Some(Over::Help) => None,
        Some(Over::Row { cells, scroll }) => {
            model.over = press_row(key.code, scroll).map(|scroll| Over::Row { cells, scroll });
            None
        }
        Some(Over::Stop) => press_stop(model, key.code),
        Some(Over::Users(prompt)) => press_users(model, key.code, prompt),
    }
}

fn control(model: &mut Model, key: KeyCode) -> Option<Action> {
    match key {
        KeyCode::Char('c') => {
            model.over = None;
            Some(Action::Tell(Control::Stop))
        }
        KeyCode::Char('l') => Some(Action::Redraw),
        KeyCode::Char('z') => {
            let why = "a run that is suspended would make no load: q stops it";
            model.said = Some(why.into());
            None
        }
        _ => None,
    }
}

fn press_table(model: &mut Model, key: KeyCode, view: &View) -> Option<Action> {
    match key {
        KeyCode::Char('?' | 'h') | KeyCode::F(1) => model.over = Some(Over::Help),
        KeyCode::Char('q') => model.over = Some(Over::Stop),
        KeyCode::Tab | KeyCode::Right => turn(model, model.tab.turned(true, view)),
        KeyCode::BackTab | KeyCode::Left => turn(model, model.tab.turned(false, view)),
        KeyCode::Char(digit @ '1'..='9') => {
            let at = digit as usize - '1' as usize;
            if let Some(tab) = Tab::of(view).get(at) {
                turn(model, *tab);
            }
        }
        KeyCode::Char('c') => model.charts = model.charts.next(),
        KeyCode::Esc => model.charts = Charts::Beside,
        KeyCode::Char(sign @ ('s' | 'S' | 'r')) => sort(model, sign, view),
        KeyCode::Char(sign @ ('u' | '+' | '=' | '-')) => ask_users(model, sign, view),
        KeyCode::Enter => show_row(model, view),
        _ => scroll(model, key, view),
    }
    None
}

/// Shows a table, also where only charts were shown.
fn turn(model: &mut Model, tab: Tab) {
    model.tab = tab;
    model.charts = Charts::Beside;
}

fn sort(model: &mut Model, sign: char, view: &View) {
    let columns = model.tab.sheet(view).columns();
    let order = &mut model.orders[model.tab.index()];
    // After the last column come the rows as they are.
    match sign {
        's' => order.column = order.column.map_or(Some(0), |at| Some(at + 1)),
        'S' => order.column = order.column.map_or(Some(columns - 1), |at| at.checked_sub(1)),
        _ => order.reversed = !order.reversed,
    }
    order.column = order.column.filter(|column| *column < columns);
}

fn ask_users(model: &mut Model, sign: char, view: &View) {
    if view.state != State::Running {
        model.said = Some("the number of users can be changed while the test runs".into());
        return;
    }
    let planned = view.chart.planned.last().map(|users| u64::from(*users));
    let mut prompt = Prompt::new(planned.unwrap_or(view.now.users));
    if sign != 'u' {
        prompt.step(sign != '-');
    }
    model.over = Some(Over::Users(prompt));
}

fn show_row(model: &mut Model, view: &View) {
    let sheet = model.tab.sheet(view).sorted(model.order());
    let cells = sheet.row(model.row(sheet.rows()));
    model.over = (!cells.is_empty()).then_some(Over::Row { cells, scroll: 0 });
}

fn scroll(model: &mut Model, key: KeyCode, view: &View) {
    let rows = model.tab.sheet(view).rows();
    let at = model.row(rows);
    let to = scrolled(key, at, model.page);
    model.chosen[model.tab.index()] = to.min(rows.saturating_sub(1));
}

/// Where a key goes from a row.
fn scrolled(key: KeyCode, at: usize, page: usize) -> usize {
    let page = page.max(1);
    match key {
        KeyCode::Up | KeyCode::Char('k') => at.saturating_sub(1),
        KeyCode::Down | KeyCode::Char('j') => at.saturating_add(1),
        KeyCode::PageUp => at.saturating_sub(page),
        KeyCode::PageDown | KeyCode::Char(' ') => at.saturating_add(page),
        KeyCode::Home | KeyCode::Char('g') => 0,
        KeyCode::End | KeyCode::Char('G') => usize::MAX,
        _ => at,
    }
}

/// How far a row in full is scrolled then; none if it is to be closed.
fn press_row(key: KeyCode, scroll: usize) -> Option<usize> {
    match key {
        KeyCode::Up | KeyCode::Char('k') => Some(scroll.saturating_sub(1)),
        KeyCode::Down | KeyCode::Char('j') => Some(scroll.saturating_add(1)),
        _ => None,
    }
}

fn press_stop(model: &mut Model, key: KeyCode) -> Option<Action> {
    match key {
        KeyCode::Char('y' | 'Y' | 'q') | KeyCode::Enter => Some(Action::Tell(Control::Stop)),
        KeyCode::Char('n' | 'N') | KeyCode::Esc => None,
        // Another key may have been meant for something else.
        _ => {
            model.over = Some(Over::Stop);
            None
        }
    }
}

fn press_users(model: &mut Model, key: KeyCode, mut prompt: Prompt) -> Option<Action> {
    match key {
        KeyCode::Esc | KeyCode::Char('q') => return None,
        KeyCode::Enter => {
            if let Some(change) = prompt.change() {
                return Some(Action::Tell(change));
            }
        }
        KeyCode::Tab | KeyCode::BackTab | KeyCode::Left | KeyCode::Right => prompt.turn(),
        KeyCode::Up | KeyCode::Char('+' | '=') => prompt.step(true),
        KeyCode::Down | KeyCode::Char('-') => prompt.step(false),
        KeyCode::Backspace | KeyCode::Delete => prompt.erase(),
        KeyCode::Char(c) => prompt.write(c),
        _ => {}
    }
    model.over = Some(Over::Users(prompt));
    None
}

#[cfg(test)]
mod tests;
