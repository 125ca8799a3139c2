//! The value of an HTML input, such as a hidden one that a form is to send back.

use regex::Regex;

/// An input, by its name.
#[derive(Clone, Debug)]
pub struct Input {
    name: String,
    tag: Regex,
    value: Regex,
}

impl Input {
    /// The input of a name.
    pub fn named(name: &str) -> Self {
        // A name that stands alone, in quotes of either kind, or in none.
        let quoted = regex::escape(name);
        let name_is = format!(r#"\sname\s*=\s*(?:"{quoted}"|'{quoted}'|{quoted}[\s/>])"#);
        let value_is = r#"\svalue\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#;
        let within = r#"(?:[^>"']|"[^"]*"|'[^']*')*"#;
        Self {
            name: name.to_owned(),
            tag: regex(&format!(r"(?is)<input\b(?:{within}){name_is}{within}>?")),
            value: regex(&format!("(?is){value_is}")),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its value in a page; empty if it has none.
    pub fn value(&self, page: &str) -> Option<String> {
        let tag = self.tag.find(page)?.as_str();
        let value =
            self.value.captures(tag).and_then(|groups| groups.iter().skip(1).flatten().next());
        Some(value.map_or_else(String::new, |value| unescaped(value.as_str())))
    }
}

/// A regular expression that was escaped above.
fn regex(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| panic!("{error}"))
}

/// Without the escapes that values of attributes have.
fn unescaped(value: &str) -> String {
    let escapes = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'")];
    let escapes = escapes.into_iter().chain([("&#x27;", "'"), ("&#x2F;", "/"), ("&amp;", "&")]);
    escapes.fold(value.to_owned(), |text, (escape, plain)| text.replace(escape, plain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_found_however_it_is_written() {
        for page in [
            r#"<form><input type="hidden" name="csrf" value="a&amp;b"></form>"#,
            r"<INPUT VALUE='a&amp;b' NAME=csrf />",
            "<input\n  name = 'csrf'\n  data-x='>'\n value=a&amp;b>",
            r#"<input name="csrf2" value="no"><input name="csrf" value="a&amp;b"/>"#,
            r#"<input value="no" name="user"><p name="csrf" value="no"><input value="a&amp;b" name="csrf">"#,
        ] {
            assert_eq!(Input::named("csrf").value(page).as_deref(), Some("a&b"), "{page}");
        }
        assert_eq!(Input::named("csrf").value(r#"<input name="csrf">"#).as_deref(), Some(""));
        assert_eq!(Input::named("csrf").value(r#"<input name="xcsrf" value="no">"#), None);
        assert_eq!(Input::named("a[b]").value(r#"<input name="a[b]" value="1">"#).unwrap(), "1");
    }

    proptest! {
        #[test]
        fn any_value_comes_back(value in "[^<>\"'&]{0,20}", name in "[a-zA-Z_\\[\\].-]{1,10}") {
            let page = format!("<p><input type=hidden name=\"{name}\" value=\"{value}\"></p>");
            prop_assert_eq!(Input::named(&name).value(&page), Some(value));
        }

        #[test]
        fn any_page_is_read(page in ".{0,80}") {
            Input::named("csrf").value(&page);
        }
    }
}
