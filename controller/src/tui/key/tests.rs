use engine::clients::Clients;
use proptest::prelude::*;

use super::*;
use crate::{
    tui::sheet::Order,
    view::{Chart, FailureView},
};

fn view() -> View {
    let failure = |n: u64| FailureView {
        method: "GET".into(),
        name: format!("/{n}"),
        reason: "because".into(),
        count: 100 - n,
        first_seen_epoch_ms: 0,
        last_seen_epoch_ms: 0,
    };
    View {
        state: State::Running,
        failures: (0..50).map(failure).collect(),
        chart: Chart { planned: vec![10, 20], ..Chart::default() },
        ..View::default()
    }
}

/// Presses keys one after the other; what the last one asks for.
fn pressed(model: &mut Model, keys: impl IntoIterator<Item = KeyCode>) -> Option<Action> {
    let press = |key: KeyCode| press(model, key.into(), &view());
    keys.into_iter().map(press).last().flatten()
}

fn typed(model: &mut Model, keys: &str) -> Option<Action> {
    pressed(model, keys.chars().map(KeyCode::Char))
}

fn control(c: char) -> KeyEvent {
    KeyEvent::new(KeyCode::Char(c), KeyModifiers::CONTROL)
}

#[test]
fn tables_are_chosen_by_their_number_or_one_after_the_other() {
    let mut model = Model::default();
    typed(&mut model, "3");
    assert_eq!(model.tab, Tab::Exceptions);
    pressed(&mut model, [KeyCode::Tab, KeyCode::Right, KeyCode::Right, KeyCode::Right]);
    assert_eq!(model.tab, Tab::Statistics);
    pressed(&mut model, [KeyCode::BackTab, KeyCode::Left]);
    assert_eq!(model.tab, Tab::Generators);
}

#[test]
fn rows_are_chosen_within_what_there_is() {
    let mut model = Model { page: 10, ..Model::default() };
    typed(&mut model, "2");
    let mut at = |keys: &[KeyCode]| {
        pressed(&mut model, keys.iter().copied());
        (model.row(50), model.first(50, 10))
    };
    assert_eq!(at(&[KeyCode::Up]), (0, 0));
    assert_eq!(at(&[KeyCode::Down, KeyCode::Down]), (2, 0));
    assert_eq!(at(&[KeyCode::PageDown]), (12, 7));
    assert_eq!(at(&[KeyCode::End]), (49, 40));
    assert_eq!(at(&[KeyCode::Down]), (49, 40));
    assert_eq!(at(&[KeyCode::PageUp, KeyCode::Up]), (38, 33));
    assert_eq!(at(&[KeyCode::Home]), (0, 0));
}

#[test]
fn a_table_is_sorted_by_one_column_after_the_other() {
    let mut model = Model::default();
    typed(&mut model, "2ssr");
    assert_eq!(model.order(), Order { column: Some(1), reversed: true });
    typed(&mut model, "1");
    assert_eq!(model.order(), Order::default(), "each table has an order of its own");
    typed(&mut model, "2ssss");
    assert_eq!(model.order().column, Some(5));
    typed(&mut model, "s");
    assert_eq!(model.order().column, None);
    typed(&mut model, "S");
    assert_eq!(model.order().column, Some(5));
}

#[test]
fn a_row_is_shown_in_full() {
    let mut model = Model::default();
    typed(&mut model, "2");
    pressed(&mut model, [KeyCode::Down, KeyCode::Enter]);
    let Some(Over::Row { cells, .. }) = &model.over else { panic!("{:?}", model.over) };
    assert!(cells.contains(&("Name".into(), "/1".into())), "{cells:?}");
    pressed(&mut model, [KeyCode::Down]);
    assert!(matches!(model.over, Some(Over::Row { scroll: 1, .. })));
    pressed(&mut model, [KeyCode::Esc]);
    assert_eq!(model.over, None);
}

#[test]
fn q_asks_once() {
    let mut model = Model::default();
    assert_eq!(typed(&mut model, "q"), None);
    assert_eq!(typed(&mut model, "x"), None);
    assert_eq!(model.over, Some(Over::Stop));
    assert_eq!(typed(&mut model, "n"), None);
    assert_eq!(model.over, None);
    assert_eq!(typed(&mut model, "y"), None);
    for keys in ["qy", "qq"] {
        assert_eq!(typed(&mut model, keys), Some(Action::Tell(Control::Stop)));
        assert_eq!(model.over, None);
    }
}

#[test]
fn control_c_stops_whatever_is_shown() {
    for keys in ["", "?", "q", "u"] {
        let mut model = Model::default();
        typed(&mut model, keys);
        assert_eq!(press(&mut model, control('c'), &view()), Some(Action::Tell(Control::Stop)));
    }
    let mut model = Model::default();
    assert_eq!(press(&mut model, control('l'), &view()), Some(Action::Redraw));
    assert_eq!(press(&mut model, control('z'), &view()), None);
    assert!(model.said.is_some_and(|said| said.contains("suspended")));
}

#[test]
fn another_number_of_users_is_asked_for() {
    let change = |users| {
        let clients = Clients::try_new(users).unwrap();
        Some(Action::Tell(Control::Users { clients, hatch_rate: None }))
    };
    let mut model = Model::default();
    typed(&mut model, "u75");
    assert_eq!(pressed(&mut model, [KeyCode::Enter]), change(75));
    assert_eq!(model.over, None);
    for (keys, users) in [("+", 22), ("-", 18), ("++", 24), ("u", 20)] {
        typed(&mut model, keys);
        assert_eq!(pressed(&mut model, [KeyCode::Enter]), change(users), "{keys}");
    }
    typed(&mut model, "u0");
    assert_eq!(pressed(&mut model, [KeyCode::Enter]), None);
    assert!(matches!(&model.over, Some(Over::Users(prompt)) if prompt.wrong.is_some()));
    pressed(&mut model, [KeyCode::Esc]);
    assert_eq!(model.over, None);
}

#[test]
fn users_are_not_changed_when_the_run_stops() {
    let mut model = Model::default();
    let stopping = View { state: State::Stopping, ..view() };
    assert_eq!(press(&mut model, KeyCode::Char('u').into(), &stopping), None);
    assert_eq!(model.over, None);
    assert!(model.said.is_some());
}

proptest! {
    /// Nothing but a confirmed question, or Ctrl-C, stops a run.
    #[test]
    fn no_other_keys_stop_a_run(keys in "[a-pr-z0-9?+=\\- ]{0,40}") {
        let mut model = Model::default();
        for key in keys.chars() {
            let action = press(&mut model, KeyCode::Char(key).into(), &view());
            prop_assert_ne!(action, Some(Action::Tell(Control::Stop)));
        }
    }
}
