//! `report.json`: everything, for programmes.

use super::Report;

/// The file's name.
pub const FILE: &str = "report.json";

/// The report as JSON.
///
/// # Errors
///
/// The serializer's own; none is known.
pub fn text(report: &Report) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}
