//! How large the value of an expression may be.
//!
//! A list may only say how long it is, and have its items made when they are taken: `[0] * n`.

use minijinja::value::{Value, ValueKind};

/// The most that a value may take, bytes: more than what is kept of a response.
const LARGEST: usize = 16 * 1024 * 1024;

/// What an item of a list takes besides what is in it.
const ITEM: usize = 8;

/// Whether a value can be held in memory, with those of all other users.
pub(super) fn is_bearable(value: &Value) -> bool {
    rest(LARGEST, value).is_some()
}

/// What is left of a number of bytes besides a value; none if that takes more.
fn rest(left: usize, value: &Value) -> Option<usize> {
    match value.kind() {
        ValueKind::String => left.checked_sub(value.as_str().map_or(0, str::len)),
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map => {
            let Ok(mut items) = value.try_iter() else { return Some(left) };
            items.try_fold(left, |left, item| {
                let left = left.checked_sub(ITEM)?;
                match value.kind() {
                    // What a mapping gives are its keys.
                    ValueKind::Map => {
                        let held = value.get_item(&item).unwrap_or_default();
                        rest(rest(left, &item)?, &held)
                    }
                    _ => rest(left, &item),
                }
            })
        }
        _ => Some(left),
    }
}
