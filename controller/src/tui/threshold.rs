//! What the run is held to.

use super::{
    cell::Cell,
    sheet::{Row, Sheet},
};
use crate::{
    table::Column,
    view::{ThresholdView, View},
};

/// The table.
pub(super) fn sheet(view: &View) -> Sheet {
    let columns = vec![
        Column::text("State"),
        Column::elastic("Of"),
        Column::text("Figure"),
        Column::text("Limit"),
        Column::text("Is"),
        Column::dispensable("If crossed", 1),
    ];
    let rows = view.thresholds.iter().map(|threshold| {
        let cells = vec![
            Cell::text(threshold.state),
            Cell::text(&threshold.subject),
            Cell::text(&threshold.metric),
            Cell::text(&threshold.limit),
            Cell::text(threshold.value.as_deref().unwrap_or("-")),
            Cell::text(if threshold.abort { "the run ends" } else { "-" }),
        ];
        Row::new(cells, is_crossed(threshold))
    });
    Sheet::new(columns, "the run is held to nothing").with(rows)
}

/// How many are crossed now.
pub(super) fn crossed(view: &View) -> usize {
    view.thresholds.iter().filter(|threshold| is_crossed(threshold)).count()
}

fn is_crossed(threshold: &ThresholdView) -> bool {
    threshold.state == "crossed"
}
