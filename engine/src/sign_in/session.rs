//! A session that the server keeps by cookies.

use super::{Credential, Proof};
use crate::{
    scenario::{Action, TaskError},
    user::User,
};

/// Does what makes the server set its cookies, which the user's client keeps.
pub(super) async fn obtain(sign_in: &dyn Action, user: &mut User) -> Result<Credential, TaskError> {
    sign_in.run(user).await?;
    Ok(Credential::new(Proof::Cookies, []))
}
