//! The headers of a response.

use std::borrow::Cow;

use bytes::Bytes;

/// The headers of a response, as they came. They are looked through when asked for: most
/// responses are measured and not read.
#[derive(Clone, Debug, Default)]
pub struct Headers(Bytes);

impl Headers {
    /// The headers in a head, which has been parsed before.
    pub(super) fn of_head(head: Bytes) -> Self {
        Self(head)
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let lines = self.0.split(|byte| *byte == b'\n').skip(1);
        lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = str::from_utf8(&line[..colon]).ok()?;
            Some((name.trim(), line[colon + 1..].trim_ascii()))
        })
    }

    /// All values of a header that are text.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        named.filter_map(|(_, value)| str::from_utf8(value).ok())
    }

    /// The first value of a header that is text.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.find_map(|(_, value)| str::from_utf8(value).ok())
    }

    /// A value as text; bytes that are no UTF-8 are replaced.
    pub fn text(value: &[u8]) -> Cow<'_, str> {
        String::from_utf8_lossy(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_by_any_case() {
        let head = "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nX:\r\nset-cookie:b=2:3 \r\n\r\n";
        let headers = Headers::of_head(head.into());
        assert_eq!(headers.get("SET-COOKIE"), Some("a=1"));
        assert_eq!(headers.get_all("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2:3"]);
        assert_eq!(headers.get("x"), Some(""));
        assert_eq!(headers.get("y"), None);
        assert_eq!(headers.iter().count(), 3);
    }
}
