//! A key in a header.

use http::HeaderName;

use super::{Credential, Proof};
use crate::{scenario::TaskError, template::Template, user::User};

/// A key, sent with each request.
pub struct ApiKey {
    /// The header it is sent in.
    pub(crate) header: HeaderName,
    /// The key.
    pub(crate) key: Template,
}

impl ApiKey {
    pub(super) fn credential(&self, user: &mut User) -> Result<Credential, TaskError> {
        let key = self.key.render(&mut user.scope())?.into_owned();
        let proof = Proof::header(self.header.clone(), &key)?;
        Ok(Credential::new(proof, [key]))
    }
}
