//! Basic authentication.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::header::AUTHORIZATION;

use super::{Credential, Proof};
use crate::{scenario::TaskError, template::Template, user::User};

/// A name and a password, sent with each request.
pub struct Basic {
    /// The name.
    pub(crate) user: Template,
    /// The password.
    pub(crate) password: Template,
}

impl Basic {
    pub(super) fn credential(&self, user: &mut User) -> Result<Credential, TaskError> {
        let mut scope = user.scope();
        let name = self.user.render(&mut scope)?;
        let password = self.password.render(&mut scope)?.into_owned();
        let encoded = encode(&name, &password);
        let proof = Proof::header(AUTHORIZATION, &format!("Basic {encoded}"))?;
        Ok(Credential::new(proof, [password, encoded]))
    }
}

/// What stands behind `Basic`.
pub(super) fn encode(user: &str, password: &str) -> String {
    BASE64_STANDARD.encode(format!("{user}:{password}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_and_passwords_are_encoded_as_in_the_standard() {
        // RFC 7617, section 2.
        assert_eq!(super::encode("Aladdin", "open sesame"), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
