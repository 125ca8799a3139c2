//! Forms with files (RFC 7578).

use bytes::Bytes;
use http::HeaderValue;

/// One part of a form that may have files.
#[derive(Clone, Debug)]
pub struct Part {
    name: String,
    filename: Option<String>,
    content_type: Option<String>,
    content: Bytes,
}

impl Part {
    /// A field with a text.
    pub fn text(name: impl Into<String>, text: impl Into<String>) -> Self {
        let content = Bytes::from(text.into());
        Self { name: name.into(), filename: None, content_type: None, content }
    }

    /// A file, by the name that the server is told. Its type is `application/octet-stream`
    /// unless [`Part::content_type`] says otherwise.
    pub fn file(
        name: impl Into<String>,
        filename: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> Self {
        Self {
            name: name.into(),
            filename: Some(filename.into()),
            content_type: Some("application/octet-stream".into()),
            content: content.into(),
        }
    }

    /// The same with another type, such as `image/png`.
    #[must_use]
    pub fn content_type(self, content_type: impl Into<String>) -> Self {
        Self { content_type: Some(content_type.into()), ..self }
    }
}

/// A body of these parts, and its content type. No part may contain the boundary, which is made
/// of 128 random bits.
pub(crate) fn encode(parts: &[Part], random: u128) -> (HeaderValue, Bytes) {
    let boundary = format!("load-test-{random:032x}");
    let length: usize = parts.iter().map(|part| part.content.len() + 256).sum();
    let mut body = Vec::with_capacity(length + 64);
    for part in parts {
        body.extend_from_slice(head(part, &boundary).as_bytes());
        body.extend_from_slice(&part.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = format!("multipart/form-data; boundary={boundary}");
    // Letters, digits and dashes: always a header's value.
    let content_type = HeaderValue::try_from(content_type)
        .unwrap_or(HeaderValue::from_static("multipart/form-data"));
    (content_type, body.into())
}

fn head(part: &Part, boundary: &str) -> String {
    let filename = part.filename.as_ref();
    let filename = filename.map(|name| format!("; filename=\"{}\"", escaped(name)));
    let content_type = part.content_type.as_ref();
    let content_type =
        content_type.map(|name| format!("\r\nContent-Type: {}", name.replace(['\r', '\n'], " ")));
    format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"{}{}\r\n\r\n",
        escaped(&part.name),
        filename.unwrap_or_default(),
        content_type.unwrap_or_default(),
    )
}

/// A name as browsers write it (WHATWG HTML, "multipart form data").
fn escaped(name: &str) -> String {
    name.replace('\r', "%0D").replace('\n', "%0A").replace('"', "%22")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_these_bytes() {
        let parts = [
            Part::text("title", "a text"),
            Part::file("a\"b\r\n", "x.png", &b"\x89PNG\r\n"[..]).content_type("image/png\r\nX: y"),
        ];
        let (content_type, body) = encode(&parts, 0xab);
        let boundary = "load-test-000000000000000000000000000000ab";
        assert_eq!(content_type, format!("multipart/form-data; boundary={boundary}"));
        let expected = [
            &b"--BOUNDARY\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\na text\r\n"[..],
            b"--BOUNDARY\r\nContent-Disposition: form-data; name=\"a%22b%0D%0A\"; ",
            b"filename=\"x.png\"\r\nContent-Type: image/png  X: y\r\n\r\n\x89PNG\r\n\r\n",
            b"--BOUNDARY--\r\n",
        ];
        let expected = expected.concat().escape_ascii().to_string().replace("BOUNDARY", boundary);
        assert_eq!(body.escape_ascii().to_string(), expected);
        assert_eq!(encode(&[], 1).1.len(), "--load-test---\r\n".len() + 32);
    }
}
