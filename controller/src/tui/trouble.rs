//! What went wrong.

use super::{
    cell::Cell,
    figure::span,
    sheet::{Row, Sheet},
};
use crate::{table::Column, view::View};

/// Why requests failed.
pub(super) fn failures(view: &View) -> Sheet {
    let columns = vec![
        Column::number("Count"),
        Column::text("Type"),
        Column::text("Name"),
        Column::elastic("Reason"),
        Column::dispensable("First", 2),
        Column::dispensable("Last", 1),
    ];
    let rows = view.failures.iter().map(|failure| {
        let cells = vec![
            Cell::count(failure.count),
            Cell::text(&failure.method),
            Cell::text(&failure.name),
            Cell::text(&failure.reason),
            since_start(view, failure.first_seen_epoch_ms),
            since_start(view, failure.last_seen_epoch_ms),
        ];
        Row::new(cells, false)
    });
    Sheet::new(columns, "no request has failed").with(rows).with_more(view.more_failures)
}

/// What went wrong in tasks.
pub(super) fn exceptions(view: &View) -> Sheet {
    let columns = vec![
        Column::number("Count"),
        Column::text("Task"),
        Column::elastic("Message"),
        Column::dispensable("First", 2),
        Column::dispensable("Last", 1),
    ];
    let rows = view.exceptions.iter().map(|exception| {
        let cells = vec![
            Cell::count(exception.count),
            Cell::text(&exception.task),
            Cell::text(&exception.message),
            since_start(view, exception.first_seen_epoch_ms),
            since_start(view, exception.last_seen_epoch_ms),
        ];
        Row::new(cells, false)
    });
    Sheet::new(columns, "no task has gone wrong").with(rows).with_more(view.more_exceptions)
}

/// The time of the test, by the generators' clocks.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a test are below 2^53")]
fn since_start(view: &View, epoch_ms: u64) -> Cell {
    let started = view.run.as_ref().map_or(epoch_ms, |run| run.started_epoch_ms);
    let seconds = epoch_ms.saturating_sub(started) as f64 / 1000.0;
    Cell::worth(span(seconds), seconds)
}
