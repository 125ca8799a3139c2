//! What somebody who has signed in shows to prove it.

use std::fmt;

use axum::http::{HeaderMap, header::AUTHORIZATION};

use engine::random::mix;

/// A token the shop can recognise without remembering it: its second half follows from its
/// first. Good enough for a sample, and for nothing else.
pub(super) struct Token(u64);

impl Token {
    /// The token of a user, the same at each sign-in.
    pub(super) fn of(user: &str) -> Self {
        Self(user.bytes().fold(0, |sum, byte| mix(sum ^ u64::from(byte))))
    }

    fn is(text: &str) -> bool {
        let first_half = text.get(..16).and_then(|half| u64::from_str_radix(half, 16).ok());
        first_half.is_some_and(|half| Self(half).to_string() == text)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0, mix(self.0))
    }
}

/// Whether a request carries a token of the shop's.
pub(in crate::demo_api) fn is_known(headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(Token::is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_shops_own_are_known() {
        let token = Token::of("anna").to_string();
        assert!(Token::is(&token));
        assert_ne!(token, Token::of("bert").to_string());
        for other in ["", "token", "0123456789abcdef", "0123456789abcdef0123456789abcdef"] {
            assert!(!Token::is(other), "{other}");
        }
    }
}
