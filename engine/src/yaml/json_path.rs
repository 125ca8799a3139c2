//! JSON paths.

use serde_json_path::JsonPath;

use crate::nesting::depth;

/// The deepest nesting of a path: its parser takes twice as long for each further filter within a
/// filter.
const DEEPEST: usize = 8;

/// Reads a path.
///
/// # Errors
///
/// Why it is none.
pub(super) fn parse(text: &str) -> Result<JsonPath, String> {
    if depth(text) > DEEPEST {
        return Err(format!("a JSON path is nested too deep: {DEEPEST} levels are the most"));
    }
    if !text.starts_with('$') {
        return Err(format!(
            "`{text}` is not a JSON path: these begin with `$`, such as `$.token`"
        ));
    }
    JsonPath::parse(text).map_err(|error| format!("`{text}` is not a JSON path: {error}"))
}
