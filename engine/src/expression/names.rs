//! The names in an expression.

use std::collections::BTreeSet;

/// Words of the language.
const WORDS: [&str; 13] = [
    "and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None",
];

/// Whether a text is a word of the language, and so no name.
pub(crate) fn is_word(text: &str) -> bool {
    WORDS.contains(&text)
}

/// The names that stand for values: no attributes, filters, tests, names of arguments, and
/// functions that are called. A value may have the name of one: `date` is no `date()`. (What the
/// library tells of them leaves out those of slices.)
pub(super) fn names(text: &str, is_function: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // What stands before: a word, or another character.
    let mut before = [""; 2];
    for (token, after) in tokens(text) {
        let starts_as_name = token.starts_with(|c: char| !c.is_ascii_digit() && is_of_name(c));
        let names_nothing = matches!(before[1], "." | "|" | "is") || before == ["is", "not"];
        let next = after.trim_start();
        let names_argument = next.starts_with('=') && !next.starts_with("==");
        let is_word = is_word(token) || next.starts_with('(') && is_function(token);
        if starts_as_name && !names_nothing && !names_argument && !is_word {
            names.insert(token.to_owned());
        }
        before = [before[1], token];
    }
    names
}

/// The names of filters: what stands after a `|`.
pub(super) fn filters(text: &str) -> Vec<&str> {
    let tokens: Vec<_> = tokens(text).map(|(token, _)| token).collect();
    let is_filter = |pair: &&[&str]| pair[0] == "|" && pair[1].starts_with(is_of_name);
    tokens.windows(2).filter(is_filter).map(|pair| pair[1]).collect()
}

/// Words, texts in quotes and other characters, each with what follows it.
fn tokens(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    let tokens = std::iter::from_fn(move || {
        let length = match rest.chars().next()? {
            '\'' | '"' => string(rest),
            c if is_of_name(c) => rest.find(|c| !is_of_name(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        Some((token, after))
    });
    tokens.filter(|(token, _)| !token.trim().is_empty())
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the text in quotes that `text` begins with.
fn string(text: &str) -> usize {
    let quote = text.chars().next();
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = !escaped && Some(*c) == quote;
        escaped = !escaped && *c == '\\';
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_stand_after_a_bar() {
        let found = filters("a | length > 2 and '| no' | upper|trim(b | int)");
        assert_eq!(found, ["length", "upper", "trim", "int"]);
    }

    #[test]
    fn names_are_found_and_nothing_else() {
        for (text, expected) in [
            ("a + b.c[d] | length", "a b d"),
            ("list[:n]", "list n"),
            ("x is not odd and y is defined", "x y"),
            ("date('it\\'s %Y', at=t.x, days = -1) == u", "t u"),
            ("'a' if b else \"c\" ~ 1e5", "b"),
            ("{'k': v}['k'] | replace('a', w)", "v w"),
            ("não_ascii", "não_ascii"),
            ("'open", ""),
            ("f(f) + g (1) ~ loop", "f g loop"),
            ("f('%Y')", ""),
        ] {
            let found: Vec<_> =
                names(text, |name| ["date", "f"].contains(&name)).into_iter().collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
