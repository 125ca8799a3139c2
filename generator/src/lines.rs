//! Lines of JSON.

use engine::frame::Frame;
use serde::Serialize;

/// A value as a line with its line feed.
pub(crate) fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("what is sent is valid JSON");
    line.push(b'\n');
    line
}

/// The frames among lines.
pub(crate) fn frames(lines: &[u8]) -> Vec<Frame> {
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_slice(line).expect("frames were encoded here")).collect()
}
