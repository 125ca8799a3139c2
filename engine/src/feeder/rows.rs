//! Rows of a file.

use std::str;

use serde_json::{Map, Value};
use thiserror::Error;

/// Why a file has no rows.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum RowsError {
    /// Its name does not tell its format.
    #[error("expected a file that ends in .csv, .json or .jsonl")]
    Format,
    /// It has none.
    #[error("it has no rows")]
    Empty,
    /// Something is wrong in a line.
    #[error("line {line}: {why}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads the rows of a file by the ending of its name.
///
/// - `.csv` (RFC 4180): the first line names the columns, whose values are texts; the delimiter
///   is the one of `,` `;` and tab that the first line has most often.
/// - `.json`: a list.
/// - `.jsonl`, `.ndjson`: a JSON value in each line.
///
/// # Errors
///
/// Another ending, no row, or the first line that is not valid.
pub fn parse(file: &str, content: &[u8]) -> Result<Vec<Value>, RowsError> {
    let ending = file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let rows = match ending.as_str() {
        "csv" => csv(content)?,
        "json" => json(content)?,
        "jsonl" | "ndjson" => json_lines(content)?,
        _ => return Err(RowsError::Format),
    };
    if rows.is_empty() { Err(RowsError::Empty) } else { Ok(rows) }
}

fn csv(content: &[u8]) -> Result<Vec<Value>, RowsError> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let delimiter = delimiter(content);
    if let Some(line) = unclosed_quote(content, delimiter) {
        let why = "a quote begins here that nothing ends".to_owned();
        return Err(RowsError::Line { line, why });
    }
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(content);
    let columns = reader.headers().map_err(|error| of_csv(&error))?.clone();
    let twice = |(index, name): &(usize, &str)| columns.iter().take(*index).any(|n| n == *name);
    if let Some((_, name)) = columns.iter().enumerate().find(twice) {
        return Err(RowsError::Line {
            line: 1,
            why: format!("the column `{name}` is there twice"),
        });
    }
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|error| of_csv(&error))?;
        let values = record.iter().map(Value::from);
        Ok(Value::Object(columns.iter().map(str::to_owned).zip(values).collect::<Map<_, _>>()))
    };
    reader.records().map(row).collect()
}

/// The line of a quote that swallows all that follows, if there is one.
fn unclosed_quote(content: &[u8], delimiter: u8) -> Option<u64> {
    let mut line = 1;
    let mut opened = None;
    // Whether a quote may begin here: at the start of a field, and after one that ended, as two
    // quotes within a quoted text stand for one.
    let mut may_open = true;
    for byte in content {
        let ends = *byte == b'"' && opened.is_some();
        if ends {
            opened = None;
        } else if *byte == b'"' && may_open {
            opened = Some(line);
        }
        may_open = ends || [b'\n', b'\r', delimiter].contains(byte);
        line += u64::from(*byte == b'\n');
    }
    opened
}

fn delimiter(content: &[u8]) -> u8 {
    let first = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| first.split(|byte| *byte == delimiter).count();
    [b'\t', b';', b','].into_iter().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn of_csv(error: &csv::Error) -> RowsError {
    let line = error.position().map_or(1, csv::Position::line);
    let why = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let columns = if *len == 1 { "column" } else { "columns" };
            format!("found {len} {columns}, expected {expected_len}")
        }
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        _ => error.to_string(),
    };
    RowsError::Line { line, why }
}

fn json(content: &[u8]) -> Result<Vec<Value>, RowsError> {
    match serde_json::from_slice(content) {
        Ok(Value::Array(rows)) => Ok(rows),
        Ok(_) => Err(RowsError::Line { line: 1, why: "expected a list of rows".to_owned() }),
        Err(error) => {
            Err(RowsError::Line { line: error.line() as u64, why: "not valid JSON".to_owned() })
        }
    }
}

fn json_lines(content: &[u8]) -> Result<Vec<Value>, RowsError> {
    let lines = content.split(|byte| *byte == b'\n').zip(1_u64..);
    let lines = lines.filter(|(line, _)| !line.trim_ascii().is_empty());
    let row = |(line, number): (&[u8], u64)| {
        let invalid = |_| RowsError::Line { line: number, why: "not valid JSON".to_owned() };
        serde_json::from_slice(line).map_err(invalid)
    };
    lines.map(row).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(file: &str, content: &str) -> Result<Value, String> {
        parse(file, content.as_bytes()).map(Value::from).map_err(|error| error.to_string())
    }

    #[test]
    fn formats_are_told_by_their_ending() {
        let rows = json!([{"name": "Ann", "age": "7"}, {"name": "Bob, Jr.", "age": ""}]);
        assert_eq!(read("a.csv", "name,age\nAnn,7\n\"Bob, Jr.\",\n"), Ok(rows.clone()));
        assert_eq!(read("a.CSV", "\u{feff}name;age\r\nAnn;7\r\nBob, Jr.;\r\n"), Ok(rows));
        let quoted = json!([{"a": "5\" wide", "b": "two\nlines"}, {"a": "5\"\"", "b": ""}]);
        assert_eq!(read("a.csv", "a,b\n\"5\"\" wide\",\"two\nlines\"\n5\"\",\"\"\n"), Ok(quoted));
        let rows = json!([{"n": 1}, {"n": 2}]);
        assert_eq!(read("a.json", "[{\"n\": 1}, {\"n\": 2}]"), Ok(rows.clone()));
        assert_eq!(read("a.jsonl", "{\"n\": 1}\n\n{\"n\": 2}\r\n"), Ok(rows));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (file, content, message) in [
            ("a.txt", "x", "expected a file that ends in .csv, .json or .jsonl"),
            ("a.csv", "name\n", "it has no rows"),
            ("a.json", "[]", "it has no rows"),
            ("a.csv", "a,b\n1,2\n3\n", "line 3: found 1 column, expected 2"),
            ("a.csv", "a,b\n1,2\n3,\"4\n5,6\n", "line 3: a quote begins here that nothing ends"),
            ("a.csv", "a,a\n1,2\n", "line 1: the column `a` is there twice"),
            ("a.json", "{}", "line 1: expected a list of rows"),
            ("a.json", "[1,\n2,\n", "line 3: not valid JSON"),
            ("a.jsonl", "1\n\n{\n", "line 3: not valid JSON"),
        ] {
            assert_eq!(read(file, content), Err(message.into()), "{file}: {content}");
        }
        assert_eq!(parse("a.csv", b"a\n\xff\n").unwrap_err().to_string(), "line 2: not UTF-8");
    }
}
