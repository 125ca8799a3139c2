//! The head of a response.

use std::mem::MaybeUninit;

use bytes::Bytes;
use http::{Method, StatusCode};
use httparse::{ParserConfig, Status};

use super::WireError;

/// The longest head of a response.
pub(in crate::http) const LONGEST: usize = 256 * 1024;

/// The most headers of a response.
const MOST_HEADERS: usize = 128;

/// What the head of a response says.
#[derive(Clone, Debug)]
pub(in crate::http) struct Head {
    /// The status.
    pub(in crate::http) status: StatusCode,
    /// How the body ends.
    pub(in crate::http) framing: Framing,
    /// Whether the connection may be used again.
    pub(in crate::http) keep_alive: bool,
    /// The header lines; empty unless somebody needs them.
    pub(in crate::http) lines: Bytes,
}

/// How a body ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::http) enum Framing {
    /// After so many bytes.
    Length(u64),
    /// With the last chunk.
    Chunked,
    /// With the connection.
    UntilClose,
}

impl Head {
    /// Parses a head and its length, if all of it is there.
    ///
    /// Its lines are kept if `keep` says so, and if they hold what is needed in any case: where a
    /// redirect leads, cookies, and how the body is encoded.
    pub(super) fn parse(
        input: &[u8],
        method: &Method,
        keep: bool,
    ) -> Result<Option<(Self, usize)>, WireError> {
        let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
        let mut response = httparse::Response::new(&mut []);
        let parsed = ParserConfig::default()
            .parse_response_with_uninit_headers(&mut response, input, &mut headers)
            .map_err(WireError::Head)?;
        let length = match parsed {
            Status::Complete(length) if length <= LONGEST => length,
            Status::Partial if input.len() < LONGEST => return Ok(None),
            _ => return Err(WireError::LongHead),
        };
        let code = response.code.unwrap_or_default();
        let status =
            StatusCode::from_u16(code).map_err(|_| WireError::Head(httparse::Error::Status))?;
        let version = response.version.unwrap_or(0);
        let seen = Seen::of(response.headers)?;
        let framing = seen.framing(method, status, version)?;
        let persistent = !seen.close && (version > 0 || seen.keep_alive);
        let lines = if keep || seen.is_needed {
            Bytes::copy_from_slice(&input[..length])
        } else {
            Bytes::new()
        };
        let keep_alive = persistent && framing != Framing::UntilClose;
        Ok(Some((Self { status, framing, keep_alive, lines }, length)))
    }
}

/// The headers that matter to the protocol.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that was seen")]
struct Seen {
    length: Option<u64>,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    is_needed: bool,
}

impl Seen {
    fn of(headers: &[httparse::Header<'_>]) -> Result<Self, WireError> {
        let mut seen = Self::default();
        for header in headers {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            match header.name.len() {
                10 if is("connection") => seen.connection(header.value),
                14 if is("content-length") => seen.length(header.value)?,
                17 if is("transfer-encoding") => seen.transfer_encoding(header.value)?,
                8 if is("location") => seen.is_needed = true,
                10 if is("set-cookie") => seen.is_needed = true,
                16 if is("content-encoding") => seen.is_needed = true,
                _ => {}
            }
        }
        Ok(seen)
    }

    fn connection(&mut self, value: &[u8]) {
        self.close |= lists(value, b"close");
        self.keep_alive |= lists(value, b"keep-alive");
    }

    /// Two lengths, even equal ones, are how requests are smuggled.
    fn length(&mut self, value: &[u8]) -> Result<(), WireError> {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let number = str::from_utf8(value).ok().filter(|_| digits).and_then(|v| v.parse().ok());
        if self.length.is_some() || number.is_none() {
            return Err(WireError::Length);
        }
        self.length = number;
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) -> Result<(), WireError> {
        if self.chunked || !value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
            return Err(WireError::TransferEncoding);
        }
        self.chunked = true;
        Ok(())
    }

    /// How the body ends (RFC 9112, section 6.3).
    fn framing(
        &self,
        method: &Method,
        status: StatusCode,
        version: u8,
    ) -> Result<Framing, WireError> {
        if status == StatusCode::SWITCHING_PROTOCOLS {
            return Err(WireError::Switching);
        }
        if self.chunked && (self.length.is_some() || version == 0) {
            return Err(WireError::TransferEncoding);
        }
        let bodiless = status.is_informational() || matches!(status.as_u16(), 204 | 304);
        Ok(match self.length {
            _ if bodiless || *method == Method::HEAD => Framing::Length(0),
            _ if self.chunked => Framing::Chunked,
            Some(length) => Framing::Length(length),
            None => Framing::UntilClose,
        })
    }
}

/// Whether a header that is a list has a token.
pub(super) fn lists(value: &[u8], token: &[u8]) -> bool {
    value.split(|byte| *byte == b',').any(|item| item.trim_ascii().eq_ignore_ascii_case(token))
}
