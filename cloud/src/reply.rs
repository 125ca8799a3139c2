//! An answer in one piece: JSON, as not every invocation takes anything else.

use std::io::{self, Read, Write};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The largest payload that an invocation takes or gives, bytes.
pub const LARGEST_PAYLOAD: usize = 6 * 1024 * 1024;

/// What lines may unpack to, bytes. Beyond it somebody else made them.
pub const LARGEST_UNPACKED: usize = 512 * 1024 * 1024;

#[derive(Deserialize, Serialize)]
struct Packed {
    gzip: String,
}

/// Why an answer cannot be unpacked.
#[derive(Debug, Error)]
pub enum UnpackError {
    /// It is not what [`pack`] makes.
    #[error("it is no JSON of lines: {0}")]
    Json(#[from] serde_json::Error),
    /// Its text is no base64.
    #[error("it is no base64: {0}")]
    Base64(#[from] base64::DecodeError),
    /// Its bytes are not compressed lines.
    #[error("it cannot be decompressed: {0}")]
    Gzip(#[from] io::Error),
    /// It is far larger than any answer.
    #[error("it is larger than {LARGEST_UNPACKED} bytes")]
    TooLarge,
}

/// Packs lines as they come.
pub struct Packer {
    encoder: GzEncoder<Vec<u8>>,
    unpacked: usize,
}

impl Packer {
    /// Adds lines, each with its line feed.
    ///
    /// # Panics
    ///
    /// Never: memory takes all that is written to it.
    pub fn push(&mut self, lines: &[u8]) {
        self.encoder.write_all(lines).expect("memory takes everything");
        self.unpacked += lines.len();
    }

    /// About how many bytes of memory it takes.
    pub fn packed(&self) -> usize {
        self.encoder.get_ref().len()
    }

    /// How many bytes its lines are.
    pub fn unpacked(&self) -> usize {
        self.unpacked
    }

    /// All lines as one JSON document.
    ///
    /// # Panics
    ///
    /// Never: memory takes all that is written to it.
    pub fn finish(self) -> Vec<u8> {
        let gzip = self.encoder.finish().expect("memory takes everything");
        let gzip = BASE64_STANDARD.encode(gzip);
        serde_json::to_vec(&Packed { gzip }).expect("a text is valid JSON")
    }
}

impl Default for Packer {
    fn default() -> Self {
        Self { encoder: GzEncoder::new(Vec::new(), Compression::default()), unpacked: 0 }
    }
}

/// Lines, each with its line feed, as one JSON document.
pub fn pack(lines: &[u8]) -> Vec<u8> {
    let mut packer = Packer::default();
    packer.push(lines);
    packer.finish()
}

/// The lines in what [`pack`] made.
///
/// # Errors
///
/// It made something else.
pub fn unpack(packed: &[u8]) -> Result<Vec<u8>, UnpackError> {
    let Packed { gzip } = serde_json::from_slice(packed)?;
    let gzip = BASE64_STANDARD.decode(gzip)?;
    let mut lines = Vec::new();
    GzDecoder::new(&*gzip).take(LARGEST_UNPACKED as u64 + 1).read_to_end(&mut lines)?;
    if lines.len() > LARGEST_UNPACKED { Err(UnpackError::TooLarge) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let lines = b"{\"a\":1}\n{\"b\":2}\n".repeat(1000);
        let packed = pack(&lines);
        assert!(packed.len() < lines.len() / 10);
        assert_eq!(unpack(&packed).unwrap(), lines);
    }

    #[test]
    fn what_others_made_is_refused() {
        assert!(matches!(unpack(b"{}"), Err(UnpackError::Json(_))));
        assert!(matches!(unpack(br#"{"gzip":"?"}"#), Err(UnpackError::Base64(_))));
        assert!(matches!(unpack(br#"{"gzip":"AAAA"}"#), Err(UnpackError::Gzip(_))));
    }
}
