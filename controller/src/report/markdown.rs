//! Texts from elsewhere, fit for Markdown as GitHub reads it.
//!
//! What is quoted stands in code spans, in which nothing is a link, a mention, an issue's number or
//! HTML. Sentences are escaped character by character.

use crate::shown::{shorten, shown};

/// The most columns of a quoted text.
const WIDEST: usize = 120;

/// What begins something in GitHub's Markdown, wherever it stands.
const SPECIAL: &str = "\\`*_[]<>|~&!#@$";

/// A text as it is, in a code span.
pub(super) fn code(text: &str) -> String {
    let text = shorten(&shown(text), WIDEST);
    let text = if text.trim().is_empty() { "(empty)" } else { &text };
    // A fence is longer than any run of backticks in it, and apart from those at its ends.
    let fence = "`".repeat(1 + longest_run(text));
    let gap = if text.contains('`') { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// The same in a cell of a table.
pub(crate) fn cell(text: &str) -> String {
    with_pipes(&code(text))
}

/// A sentence in which nothing is more than it says.
pub(crate) fn escaped(text: &str) -> String {
    let text = shown(text);
    let item = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let begins_list = at == item && ".)-+=".contains(c);
        if SPECIAL.contains(c) || begins_list || begins_address(&text, at) {
            escaped.push('\\');
        }
        escaped.push(c);
        // GitHub looks for mentions and issues after the escapes are gone.
        if ['@', '#'].contains(&c) {
            escaped.push_str("<!-- -->");
        }
    }
    escaped
}

/// Whether it is the dot of `www.`, or the colon of `https://`, which make links.
fn begins_address(text: &str, at: usize) -> bool {
    let (before, rest) = text.split_at(at);
    rest.starts_with(":/") || rest.starts_with('.') && before.to_ascii_lowercase().ends_with("www")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A `|` ends a cell, also in a code span, but after an odd number of backslashes. One that has an
/// odd number already gets another one: it is seen, which is better than a table that breaks.
fn with_pipes(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    let mut backslashes = 0_usize;
    for c in text.chars() {
        if c == '|' {
            output.push_str(if backslashes.is_multiple_of(2) { "\\" } else { "\\\\" });
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        output.push(c);
    }
    output
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_quoted_stays_quoted() {
        for (text, quoted) in [
            ("/plain", "`/plain`"),
            ("", "`(empty)`"),
            (" \n", "` \\n`"),
            ("a`b", "`` a`b ``"),
            ("``", "``` `` ```"),
            ("<script>@you #1 [x](y) https://a.b", "`<script>@you #1 [x](y) https://a.b`"),
            ("a|b", "`a|b`"),
            ("\u{202e}rtl", "`\\u{202e}rtl`"),
        ] {
            assert_eq!(code(text), quoted, "{text:?}");
        }
        for (text, quoted) in
            [("a|b", "`a\\|b`"), ("a\\|b", "`a\\\\\\|b`"), ("a\\\\|b", "`a\\\\\\|b`")]
        {
            assert_eq!(cell(text), quoted, "{text:?}");
        }
    }

    #[test]
    fn sentences_say_what_they_say() {
        for (text, expected) in [
            ("4 of 5 (80.0 %), at most", "4 of 5 (80.0 %), at most"),
            ("see @you and #12", "see \\@<!-- -->you and \\#<!-- -->12"),
            ("https://a.b/ www.a.b", "https\\://a.b/ www\\.a.b"),
            ("<b>*x*</b> | `y`", "\\<b\\>\\*x\\*\\</b\\> \\| \\`y\\`"),
            ("1. one", "1\\. one"),
            ("- one", "\\- one"),
            ("2026-11-21: one - two", "2026\\-11-21: one - two"),
            ("two\nlines", "two\\\\nlines"),
        ] {
            assert_eq!(escaped(text), expected, "{text:?}");
        }
    }

    /// Where the cells of a row end, as GitHub finds it: escaped characters are passed over.
    fn cells(row: &str) -> usize {
        let (mut cells, mut chars) = (1, row.chars());
        while let Some(c) = chars.next() {
            match c {
                '\\' => drop(chars.next()),
                '|' => cells += 1,
                _ => {}
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn a_cell_is_one_line_and_one_cell(text in ".*|[|`\\\\a]{0,12}") {
            for cell in [cell(&text), escaped(&text)] {
                prop_assert_eq!(cells(&cell), 1, "{}", cell);
                prop_assert!(!cell.contains(['\n', '\r', '\u{202e}', '\u{1b}']), "{}", cell);
            }
        }

        #[test]
        fn a_fence_ends_where_it_should(text in "[a`| ]{0,12}") {
            let quoted = code(&text);
            let fence = quoted.len() - quoted.trim_start_matches('`').len();
            let inner = &quoted[fence..quoted.len() - fence];
            prop_assert!(fence > longest_run(inner), "{}", quoted);
            prop_assert!(!inner.starts_with('`') && !inner.ends_with('`'), "{}", quoted);
        }
    }
}
