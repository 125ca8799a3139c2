//! `KEY=VALUE`: a dotted key, and what it is set to.

/// The keys, each in the one before, and the value; none if a key is missing.
///
/// A key with dots of its own, or with `=`, stands in double quotes:
/// `profile.thresholds."GET /a.html".p95=1s`. A percentile such as `p99.9` needs none: no key is a
/// number, so that the dot before one is the percentile's.
pub(super) fn read(text: &str) -> Option<(Vec<String>, &str)> {
    let mut keys: Vec<String> = Vec::new();
    let mut rest = text;
    loop {
        let (key, end, after) = next(rest)?;
        match keys.last_mut().filter(|last| is_percentile(last) && is_number(&key)) {
            Some(last) => last.extend([".", &key]),
            None => keys.push(key),
        }
        if end == '=' {
            return Some((keys, after));
        }
        rest = after;
    }
}

/// The next key, what ends it, and what comes after that.
fn next(text: &str) -> Option<(String, char, &str)> {
    let (key, rest) = if let Some(quoted) = text.trim_start().strip_prefix('"') {
        let (key, rest) = quoted.split_once('"')?;
        (key, rest.trim_start())
    } else {
        let (key, rest) = text.split_at(text.find(['.', '='])?);
        (key.trim(), rest)
    };
    let end = rest.chars().next().filter(|c| ['.', '='].contains(c))?;
    (!key.trim().is_empty()).then(|| (key.to_owned(), end, &rest[1..]))
}

fn is_percentile(key: &str) -> bool {
    key.strip_prefix('p').is_some_and(is_number)
}

fn is_number(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn keys_and_value_are_told_apart() {
        for (text, keys, value) in [
            ("a=1", &["a"][..], "1"),
            ("a.b-c.d=x=y.z", &["a", "b-c", "d"], "x=y.z"),
            (" a . b =", &["a", "b"], ""),
            ("t.overall.p99.9=1s", &["t", "overall", "p99.9"], "1s"),
            ("t.overall.p99=1s", &["t", "overall", "p99"], "1s"),
            ("t.overall.p99.abort=1s", &["t", "overall", "p99", "abort"], "1s"),
            ("t.overall.p99.9.limit=1s", &["t", "overall", "p99.9", "limit"], "1s"),
            ("t.GET /a*.p95=1s", &["t", "GET /a*", "p95"], "1s"),
            ("t.\"GET /a.b?c=d\".p95=\"", &["t", "GET /a.b?c=d", "p95"], "\""),
            ("t.\" *\".\"p99.99\" = 1s", &["t", " *", "p99.99"], " 1s"),
        ] {
            let read = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(
                (read.0.iter().map(String::as_str).collect::<Vec<_>>(), read.1),
                (keys.to_vec(), value),
                "{text}"
            );
        }
        for text in
            ["", "=", "a", "a.=1", ".a=1", "a..b=1", "\"a", "\"a\"b=1", "\"\"=1", "a.\" \"=1"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
