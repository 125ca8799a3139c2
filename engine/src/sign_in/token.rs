//! Tokens that are fetched.

use std::{
    future::Future,
    pin::Pin,
    time::{Duration, Instant},
};

use http::{HeaderName, header::AUTHORIZATION};

use super::{Credential, Proof};
use crate::{scenario::TaskError, user::User};

/// A token, as a server gives it.
pub struct Token {
    /// The token itself.
    pub(super) text: String,
    /// How long it is taken.
    pub(super) expires_in: Option<Duration>,
    /// What another one is given for.
    pub(super) refresh: Option<String>,
}

impl Token {
    /// A token that does not expire.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), expires_in: None, refresh: None }
    }

    /// The same for a time; another one is fetched before it ends.
    #[must_use]
    pub fn expires_in(mut self, time: Duration) -> Self {
        self.expires_in = Some(time);
        self
    }

    /// The same with what another one is given for, to be handed to [`FetchToken::fetch`].
    #[must_use]
    pub fn refresh(mut self, refresh: impl Into<String>) -> Self {
        self.refresh = Some(refresh.into());
        self
    }
}

/// Fetches a token. An async function of the user is one; its future need not be `Send`.
pub trait FetchToken: Send + Sync {
    /// Fetches one; `refresh` is what the last token came with to fetch another one.
    fn fetch<'a>(
        &'a self,
        user: &'a mut User,
        refresh: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<Token, TaskError>> + 'a>>;
}

impl<F> FetchToken for F
where
    F: AsyncFn(&mut User) -> Result<Token, TaskError> + Send + Sync,
{
    fn fetch<'a>(
        &'a self,
        user: &'a mut User,
        _: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<Token, TaskError>> + 'a>> {
        Box::pin(self(user))
    }
}

/// Where tokens come from, and where they go.
pub struct Tokens {
    fetch: Box<dyn FetchToken>,
    header: HeaderName,
    /// What stands before the token.
    scheme: &'static str,
}

impl Tokens {
    /// Behind `Authorization: Bearer`.
    pub(crate) fn bearer(fetch: impl FetchToken + 'static) -> Self {
        Self { fetch: Box::new(fetch), header: AUTHORIZATION, scheme: "Bearer " }
    }

    /// Alone in a header.
    pub(crate) fn in_header(header: HeaderName, fetch: impl FetchToken + 'static) -> Self {
        Self { fetch: Box::new(fetch), header, scheme: "" }
    }

    pub(super) async fn obtain(
        &self,
        user: &mut User,
        before: Option<&Credential>,
    ) -> Result<Credential, TaskError> {
        let (refresh, asked) = (before.and_then(Credential::refresh), Instant::now());
        let Token { text, expires_in, refresh } = self.fetch.fetch(user, refresh).await?;
        let proof = Proof::header(self.header.clone(), &format!("{}{text}", self.scheme))?;
        Ok(Credential::new(proof, [text]).expiring(asked, expires_in, refresh))
    }
}
