//! Bodies in chunks (RFC 9112, section 7.1).

use super::WireError;
use crate::http::body::BodyReader;

/// The longest line that begins a chunk, extensions included.
const LONGEST_LINE: u32 = 4096;

/// The longest trailers, all together.
const LONGEST_TRAILERS: u32 = 256 * 1024;

/// Where in a chunked body the next byte is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// In the digits of a size; whether there was one already.
    Size { any: bool },
    /// In the blanks after the digits.
    SizeBlank,
    /// In an extension, which means nothing to us.
    Extension,
    /// After the carriage return that ends a size's line.
    SizeEnd,
    /// In the data.
    Data,
    /// After the data.
    DataEnd,
    /// After the carriage return that follows the data.
    DataEndLine,
    /// At the start of a line of trailers.
    TrailerStart,
    /// In a trailer, which is skipped.
    Trailer,
    /// After the carriage return that ends a trailer.
    TrailerEnd,
    /// After the carriage return that ends the body.
    End,
    /// After the body.
    Done,
}

/// Takes a chunked body apart, however its bytes arrive.
#[derive(Clone, Debug)]
pub(super) struct Chunked {
    state: State,
    /// Bytes that are left of the chunk.
    left: u64,
    /// Bytes of the current line, or of all trailers.
    line: u32,
}

impl Chunked {
    pub(super) fn new() -> Self {
        Self { state: State::Size { any: false }, left: 0, line: 0 }
    }

    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Takes bytes until the body ends; returns how many were its own.
    pub(super) fn feed(&mut self, input: &[u8], body: &mut BodyReader) -> Result<usize, WireError> {
        let mut at = 0;
        while at < input.len() && !self.is_done() {
            if self.state == State::Data {
                let rest = &input[at..];
                let take = usize::try_from(self.left).map_or(rest.len(), |n| n.min(rest.len()));
                body.push(&rest[..take]);
                at += take;
                self.left -= take as u64;
                if self.left == 0 {
                    self.state = State::DataEnd;
                }
            } else {
                self.state = self.step(input[at])?;
                at += 1;
            }
        }
        Ok(at)
    }

    /// What follows a byte that is not data.
    fn step(&mut self, byte: u8) -> Result<State, WireError> {
        self.line += 1;
        let longest = match self.state {
            State::TrailerStart | State::Trailer | State::TrailerEnd | State::End => {
                LONGEST_TRAILERS
            }
            _ => LONGEST_LINE,
        };
        if self.line > longest {
            return Err(WireError::Chunk);
        }
        match (self.state, byte) {
            (State::Size { .. }, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => self.digit(byte),
            (State::Size { any: true } | State::SizeBlank | State::Extension, b'\r') => {
                Ok(State::SizeEnd)
            }
            (State::Size { any: true } | State::SizeBlank, b';') => Ok(State::Extension),
            (State::Size { any: true } | State::SizeBlank, b' ' | b'\t') => Ok(State::SizeBlank),
            (State::Extension, byte) if byte != b'\n' => Ok(State::Extension),
            (State::SizeEnd, b'\n') => {
                self.line = 0;
                Ok(if self.left == 0 { State::TrailerStart } else { State::Data })
            }
            (State::DataEnd, b'\r') => Ok(State::DataEndLine),
            (State::DataEndLine, b'\n') => {
                self.line = 0;
                Ok(State::Size { any: false })
            }
            (State::TrailerStart, b'\r') => Ok(State::End),
            (State::Trailer, b'\r') => Ok(State::TrailerEnd),
            (State::TrailerStart | State::Trailer, byte) if byte != b'\n' => Ok(State::Trailer),
            (State::TrailerEnd, b'\n') => Ok(State::TrailerStart),
            (State::End, b'\n') => Ok(State::Done),
            _ => Err(WireError::Chunk),
        }
    }

    fn digit(&mut self, byte: u8) -> Result<State, WireError> {
        let value = char::from(byte).to_digit(16).map_or(0, u64::from);
        let shifted = self.left.checked_mul(16).ok_or(WireError::Chunk)?;
        self.left = shifted + value;
        Ok(State::Size { any: true })
    }
}
