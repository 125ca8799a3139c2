//! What someone must know to see a page that listens beyond this machine.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

/// A secret of 128 bits, as it stands in an address.
#[derive(Clone)]
pub(super) struct Token(String);

impl Token {
    /// A new one, from the system's source of chance.
    ///
    /// # Errors
    ///
    /// The system has none.
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Whether this is it. How long that takes does not tell how much of it is right.
    pub(super) fn is(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The secret itself, for the one who is to know it.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

/// It must not get into logs.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_the_same_and_none_is_shown() {
        let (one, other) = (Token::random().unwrap(), Token::random().unwrap());
        assert_eq!(one.reveal().len(), 22);
        assert!(one.is(one.reveal()));
        for wrong in [other.reveal(), "", &one.reveal()[1..], &format!("{}a", one.reveal())] {
            assert!(!one.is(wrong), "{wrong}");
        }
        assert_eq!(format!("{one:?}"), "Token(***)");
    }
}
