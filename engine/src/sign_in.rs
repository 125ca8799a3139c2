//! Ways in which users sign in, and what they show afterwards.
//!
//! A [`SignIn`] says how; a `Credential` is what comes of it; a `Slot` holds one credential,
//! of a user or of all users of a class in a thread; `Access` is a user's hold on its slot.

mod access;
mod api_key;
mod aws;
mod basic;
mod credential;
mod oauth2;
mod session;
mod token;

use std::sync::Arc;

use http::HeaderName;

pub(crate) use self::{
    access::{Access, Flight, Slot},
    aws::Keys,
    credential::{Credential, Proof},
    oauth2::{seconds, variable},
};
pub use self::{
    api_key::ApiKey,
    aws::Aws,
    basic::Basic,
    oauth2::{ClientAuth, Grant, OAuth2},
    token::{FetchToken, Token, Tokens},
};
use crate::{
    environment::Environment,
    http::{Origin, Target},
    scenario::{Action, TaskError},
    template::{Template, without_user},
    user::User,
};

/// A way to sign in. Texts may have holes, as in YAML: `user-${user.id}`.
pub struct SignIn {
    /// Its name, as reports show it.
    pub name: Arc<str>,
    /// What is done, and what is shown then.
    pub(crate) kind: Kind,
    /// Whether all users of a class in a thread have one token.
    pub(crate) shared: bool,
    /// Whom it is for besides the class's own host.
    pub(crate) hosts: Vec<Template>,
}

/// What is done to sign in.
pub(crate) enum Kind {
    /// A name and a password with each request.
    Basic(Basic),
    /// A key in a header of each request.
    ApiKey(ApiKey),
    /// A token that is fetched, in a header of each request.
    Token(Tokens),
    /// Whatever makes the server set cookies.
    Session(Box<dyn Action>),
    /// A signature of each request, as AWS wants it.
    Aws(Aws),
}

impl SignIn {
    /// A way to sign in of any kind.
    pub(crate) fn new(name: &str, kind: Kind) -> Self {
        Self { name: name.into(), kind, shared: false, hosts: Vec::new() }
    }

    /// Basic authentication.
    ///
    /// # Panics
    ///
    /// If a text is no template.
    pub fn basic(name: &str, user: &str, password: &str) -> Self {
        let basic = Basic { user: template(user), password: template(password) };
        Self::new(name, Kind::Basic(basic))
    }

    /// A key in a header, such as `Ocp-Apim-Subscription-Key`.
    ///
    /// # Panics
    ///
    /// If the key is no template.
    pub fn api_key(name: &str, header: HeaderName, key: &str) -> Self {
        Self::new(name, Kind::ApiKey(ApiKey { header, key: template(key) }))
    }

    /// A bearer token that an async function of the user fetches. A request in it that fails
    /// ends it: the user waits, and signs in again.
    pub fn bearer(name: &str, fetch: impl FetchToken + 'static) -> Self {
        Self::new(name, Kind::Token(Tokens::bearer(fetch)))
    }

    /// A token that a function fetches, in a header of its own, without `Bearer`.
    pub fn token(name: &str, header: HeaderName, fetch: impl FetchToken + 'static) -> Self {
        Self::new(name, Kind::Token(Tokens::in_header(header, fetch)))
    }

    /// A bearer token from an OAuth 2 server.
    pub fn oauth2(name: &str, oauth2: OAuth2) -> Self {
        Self::new(name, Kind::Token(Tokens::bearer(oauth2.named(name))))
    }

    /// A session: what is done makes the server set cookies. A request in it that fails ends it.
    pub fn session(name: &str, sign_in: impl Action + 'static) -> Self {
        Self::new(name, Kind::Session(Box::new(sign_in)))
    }

    /// A signature of version 4 on each request.
    pub fn aws(name: &str, aws: Aws) -> Self {
        Self::new(name, Kind::Aws(aws))
    }

    /// One token for all users of a class in a thread, not one for each.
    ///
    /// # Panics
    ///
    /// If this is a session: cookies are each user's own.
    #[must_use]
    pub fn shared(mut self) -> Self {
        assert!(self.can_be_shared(), "the cookies of a session are each user's own");
        self.shared = true;
        self
    }

    /// Also for requests to another host than the class's own, such as an API's.
    ///
    /// # Panics
    ///
    /// If the text is no template.
    #[must_use]
    pub fn host(mut self, host: &str) -> Self {
        self.hosts.push(template(host));
        self
    }

    /// The origins of its hosts.
    fn origins(&self, environment: &Environment) -> Result<Vec<Origin>, TaskError> {
        let origin = |host: &Template| {
            let host = without_user(environment, |scope| host.render(scope))?;
            Ok(Target::parse(&host)?.origin)
        };
        self.hosts.iter().map(origin).collect()
    }

    /// Whether users may have what comes of it in common.
    pub(crate) fn can_be_shared(&self) -> bool {
        !matches!(self.kind, Kind::Session(_))
    }

    /// Whether a server that refuses what came of it may take what comes of it next.
    fn can_be_renewed(&self) -> bool {
        matches!(self.kind, Kind::Token(_) | Kind::Session(_))
    }

    /// Signs in, or renews what is about to expire.
    pub(crate) async fn obtain(
        &self,
        user: &mut User,
        before: Option<&Credential>,
    ) -> Result<Credential, TaskError> {
        match &self.kind {
            Kind::Basic(basic) => basic.credential(user),
            Kind::ApiKey(key) => key.credential(user),
            Kind::Aws(aws) => aws.credential(user),
            Kind::Token(tokens) => tokens.obtain(user, before).await,
            Kind::Session(sign_in) => session::obtain(&**sign_in, user).await,
        }
    }
}

/// The transaction of requests that sign in.
pub(crate) fn transaction(name: &str) -> Arc<str> {
    format!("sign in: {name}").into()
}

/// What a Rust scenario writes as a text.
fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|error| panic!("{error}"))
}
