//! `bearer: {post: {path: /login, ..}, token: {json: $.token}}`

use std::{future::Future, pin::Pin, sync::Arc};

use super::Header;
use crate::{
    capture::{Capture, From},
    document::Fields,
    scenario::TaskError,
    sign_in::{FetchToken, Token, Tokens, seconds, variable},
    user::User,
    variables::plain_text,
    yaml::{Reading, capture, request::RequestStep},
};

/// A request whose response holds a token.
struct Asking {
    request: RequestStep,
    /// Where the token is put for a moment, and how long it is taken.
    token: Arc<str>,
    expires_in: Option<Arc<str>>,
}

/// Reads the request that fetches a token, and where the token is in its response.
pub(super) fn read(name: &str, mut fields: Fields<'_>, reading: &Reading<'_>) -> Option<Tokens> {
    let (post, get) = (fields.node("post"), fields.node("get"));
    let request = match (post, get) {
        (Some(node), None) => RequestStep::read("post", node, &fields.key("post"), reading),
        (None, Some(node)) => RequestStep::read("get", node, &fields.key("get"), reading),
        _ => {
            let message = "expected one request that fetches the token: `post` or `get`";
            reading.reject(fields.place(), fields.path(), message);
            None
        }
    };
    let token = fields.require_node("token", "where the token is, such as {json: $.token}");
    let token = token.and_then(|node| capture::read(node, &fields.key("token"), reading));
    let expires_in = fields.node("expires_in");
    let expires_in =
        expires_in.and_then(|node| capture::read(node, &fields.key("expires_in"), reading));
    let header: Option<Header> = fields.get("header");
    fields.finish();
    let fetch = Asking::new(name, request?, token?, expires_in);
    Some(match header {
        None => Tokens::bearer(fetch),
        Some(Header(header)) => Tokens::in_header(header, fetch),
    })
}

impl Asking {
    fn new(name: &str, request: RequestStep, token: From, expires_in: Option<From>) -> Self {
        let token = Capture { variable: variable(name), from: token };
        let expires_in =
            expires_in.map(|from| Capture { variable: format!("life of {name}").into(), from });
        Self {
            token: Arc::clone(&token.variable),
            expires_in: expires_in.as_ref().map(|capture| Arc::clone(&capture.variable)),
            request: request.capturing([token].into_iter().chain(expires_in)),
        }
    }

    async fn ask(&self, user: &mut User) -> Result<Token, TaskError> {
        self.request.run(user).await?;
        let text = user.take_variable(&self.token).unwrap_or_default();
        let token = Token::new(plain_text(&text));
        let life = self.expires_in.as_ref().and_then(|name| user.take_variable(name));
        Ok(match life.as_ref().and_then(seconds) {
            Some(life) => token.expires_in(life),
            None => token,
        })
    }
}

impl FetchToken for Asking {
    fn fetch<'a>(
        &'a self,
        user: &'a mut User,
        _: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<Token, TaskError>> + 'a>> {
        Box::pin(self.ask(user))
    }
}
