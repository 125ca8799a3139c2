//! A response's body: read to its end, kept within bounds.

use std::{borrow::Cow, io::Read, sync::Arc};

use bytes::Bytes;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use http::StatusCode;

use crate::expected::Expected;

/// What was kept of a response's body.
#[derive(Clone, Debug, Default)]
pub struct Body {
    bytes: Bytes,
    /// Whether the body was longer than what was kept.
    truncated: bool,
    /// Bytes of it that came over the wire.
    received: u64,
}

impl Body {
    /// The bytes that were kept, decoded.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Whether the body was longer than what was kept of it.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Bytes of it that came over the wire, kept or not.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The body as text; bytes that are no UTF-8 are replaced.
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }

    /// Undoes a `Content-Encoding`, within `limit` bytes.
    ///
    /// # Errors
    ///
    /// An encoding that is not known, or bytes that are not of it.
    pub(super) fn decoded(self, encoding: &str, limit: usize) -> Result<Self, String> {
        let bytes = &self.bytes[..];
        let mut reader: Box<dyn Read + '_> = match encoding.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => return Ok(self),
            _ if bytes.is_empty() => return Ok(self),
            "gzip" | "x-gzip" => Box::new(MultiGzDecoder::new(bytes)),
            "deflate" => Box::new(ZlibDecoder::new(bytes)),
            "br" => Box::new(brotli_decompressor::Decompressor::new(bytes, 4096)),
            other => return Err(format!("the content encoding `{other}` is not known")),
        };
        let mut plain = Vec::new();
        let result = reader.by_ref().take(limit as u64 + 1).read_to_end(&mut plain);
        if result.is_err() && !self.truncated {
            return Err(format!("the body is not valid {encoding}"));
        }
        let longer = plain.len() > limit;
        plain.truncate(limit);
        let truncated = self.truncated || longer;
        Ok(Self { bytes: plain.into(), truncated, received: self.received })
    }
}

/// How much is kept of a body.
#[derive(Clone, Debug, Default)]
pub(super) struct Keep {
    /// At most so many bytes.
    pub(super) limit: usize,
    /// Or more, if the status is not as expected.
    pub(super) unexpected: Option<(Arc<Expected>, usize)>,
}

impl Keep {
    /// How many bytes of a response with this status.
    pub(super) fn of(&self, status: StatusCode) -> usize {
        match &self.unexpected {
            Some((expected, more)) if !expected.takes(status) => self.limit.max(*more),
            _ => self.limit,
        }
    }
}

/// Takes in a body as it comes: counts all of it, keeps what is wanted.
pub(super) struct BodyReader {
    keep: Keep,
    limit: usize,
    received: u64,
    kept: Vec<u8>,
}

impl BodyReader {
    /// Keeps so much.
    pub(super) fn new(keep: Keep) -> Self {
        Self { limit: keep.limit, keep, received: 0, kept: Vec::new() }
    }

    /// The body is that of a response with this status.
    pub(super) fn begin(&mut self, status: StatusCode) {
        self.limit = self.keep.of(status);
    }

    pub(super) fn push(&mut self, data: &[u8]) {
        self.received += data.len() as u64;
        let room = self.limit - self.kept.len();
        if room > 0 {
            self.kept.extend_from_slice(&data[..data.len().min(room)]);
        }
    }

    /// Bytes that came over the wire.
    pub(super) fn received(&self) -> u64 {
        self.received
    }

    pub(super) fn finish(self) -> Body {
        let truncated = self.received > self.kept.len() as u64;
        Body { bytes: self.kept.into(), truncated, received: self.received }
    }
}
