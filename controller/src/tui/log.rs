//! What happened.

use super::{
    cell::Cell,
    figure::span,
    sheet::{Row, Sheet},
};
use crate::{table::Column, view::View};

/// The table, the newest first.
#[expect(clippy::cast_precision_loss, reason = "seconds of a test are below 2^53")]
pub(super) fn sheet(view: &View) -> Sheet {
    let columns = vec![Column::number("At"), Column::elastic("What happened (newest first)")];
    let rows = view.notes.iter().rev().map(|note| {
        let at = note.at_s as f64;
        Row::new(vec![Cell::worth(span(at), at), Cell::text(&note.text)], false)
    });
    Sheet::new(columns, "nothing has happened that you should know of").with(rows)
}
