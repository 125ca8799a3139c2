//! Texts from elsewhere, fit for a terminal.

use std::io::{self, Write};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A text in which what would control a terminal, or turn the direction of writing, is escaped.
/// Names and reasons come from scenarios and from systems under test.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if controls(c) { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

fn controls(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Lines on their way to a terminal, each as [`shown`].
pub(crate) struct Shown<W: Write> {
    terminal: W,
    line: Vec<u8>,
}

impl<W: Write> Shown<W> {
    pub(crate) fn new(terminal: W) -> Self {
        Self { terminal, line: Vec::new() }
    }
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            self.line.extend(bytes);
            return Ok(bytes.len());
        };
        self.line.extend(&bytes[..end]);
        let line = shown(String::from_utf8_lossy(&self.line).trim_end_matches('\r'));
        self.line.clear();
        writeln!(self.terminal, "{line}")?;
        Ok(end + 1)
    }

    /// What has no end of a line yet is kept back.
    fn flush(&mut self) -> io::Result<()> {
        self.terminal.flush()
    }
}

/// How many columns of a terminal it takes.
pub(crate) fn width(text: &str) -> usize {
    text.width()
}

/// At most `width` columns of it: what is too long loses its middle.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.into();
    }
    let room = width.saturating_sub(1);
    let head = take(text.chars(), room - room / 2);
    let tail: String = take(text.chars().rev(), room / 2).chars().rev().collect();
    if width == 0 { String::new() } else { format!("{head}…{tail}") }
}

/// Its words in lines of at most `width` columns, but for words that are longer.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a line from the start");
        if line.is_empty() {
            line.push_str(word);
        } else if line.width() + 1 + word.width() <= width {
            line.extend([" ", word]);
        } else {
            lines.push(word.into());
        }
    }
    lines
}

fn take(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut room = width;
    let fits = |c: &char| {
        let wide = c.width().unwrap_or(0);
        room.checked_sub(wide).map(|left| room = left).is_some()
    };
    chars.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_controls_the_terminal() {
        assert_eq!(shown("a\u{1b}[2Jb\n\u{202e}ü"), "a\\u{1b}[2Jb\\n\\u{202e}ü");
    }

    #[test]
    fn lines_are_shown_however_they_are_written() {
        let text = "a\u{202e}b,ü\r\n\u{1b}[2J\nrest";
        for size in 1..text.len() {
            let mut lines = Shown::new(Vec::new());
            text.as_bytes().chunks(size).for_each(|chunk| lines.write_all(chunk).unwrap());
            assert_eq!(lines.terminal, "a\\u{202e}b,ü\n\\u{1b}[2J\n".as_bytes());
        }
    }

    #[test]
    fn words_wrap() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("incomprehensible", 7), ["incomprehensible"]);
        assert_eq!(wrap("", 7), [""]);
    }

    #[test]
    fn the_middle_goes_first() {
        assert_eq!(shorten("/short", 10), "/short");
        assert_eq!(shorten("/a/rather/long/name", 10), "/a/ra…name");
        assert_eq!(shorten("日本語日本語", 7), "日…語");
        assert_eq!(shorten("abc", 1), "…");
        assert_eq!(shorten("abc", 0), "");
    }
}
