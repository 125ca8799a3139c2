//! How generators fare.

use super::{
    cell::Cell,
    figure::span,
    sheet::{Row, Sheet},
};
use crate::{
    table::Column,
    view::{GeneratorState, GeneratorView, View},
};

/// From here on a thread has too little left of its core to be on time.
const BUSY: f64 = 0.9;

/// The table.
pub(super) fn sheet(view: &View) -> Sheet {
    let columns = vec![
        Column::text("State"),
        Column::elastic("Region"),
        Column::number("Interval"),
        Column::number("Share"),
        Column::dispensable("Try", 4),
        Column::number("Users"),
        Column::number("CPU"),
        Column::dispensable("CPU max", 1),
        Column::dispensable("Delay p99", 2),
        Column::dispensable("Missing", 3),
        Column::dispensable("Heard at", 5),
    ];
    Sheet::new(columns, "no generator has reported yet")
        .with(view.generators.iter().map(row))
        .with_more(view.more_generators)
}

fn row(generator: &GeneratorView) -> Row {
    let state = match generator.state {
        GeneratorState::Lost => "silent",
        GeneratorState::Running => "running",
        GeneratorState::Ended => "ended",
    };
    let heard = generator.newest_s.map(f64::from);
    let cells = vec![
        Cell::text(state),
        Cell::text(&generator.region),
        Cell::count(u64::from(generator.interval) + 1),
        Cell::count(u64::from(generator.share) + 1),
        Cell::count(u64::from(generator.attempt) + 1),
        Cell::count(generator.users.into()),
        Cell::percent(generator.cpu),
        Cell::percent(generator.cpu_max),
        Cell::millis(generator.delay_p99_ms),
        Cell::count(generator.missing_frames),
        Cell::worth(heard.map_or_else(|| "-".into(), span), heard.unwrap_or(-1.0)),
    ];
    let busy = generator.cpu_max.is_some_and(|part| part >= BUSY);
    Row::new(cells, busy || generator.state == GeneratorState::Lost)
}
