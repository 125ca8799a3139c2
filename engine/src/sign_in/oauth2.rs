//! Tokens of OAuth 2 (RFC 6749).

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use http::{
    HeaderValue, Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::Value;
use serde_json_path::JsonPath;
use url::form_urlencoded;

use super::{FetchToken, Token, basic, template, transaction};
use crate::{
    capture::{Capture, From},
    http::{Request, Response},
    scenario::TaskError,
    template::Template,
    user::User,
    variables::plain_text,
};

/// How a token is got from an OAuth 2 server.
pub struct OAuth2 {
    /// The sign-in's name.
    pub(crate) name: Arc<str>,
    /// The token endpoint: a path of the class's host, or a whole URL.
    pub(crate) token_url: Template,
    /// On what grounds a token is given.
    pub(crate) grant: Grant,
    /// Who asks.
    pub(crate) client_id: Template,
    /// Its secret; none for a client that has none.
    pub(crate) client_secret: Option<Template>,
    /// How the client shows who it is.
    pub(crate) client_auth: ClientAuth,
    /// Further parameters, such as `scope`, `audience` or `resource`.
    pub(crate) parameters: Vec<(String, Template)>,
}

/// On what grounds a token is given.
pub enum Grant {
    /// The client is known.
    ClientCredentials,
    /// The user is known, and trusts the client with its password.
    Password {
        /// The user's name.
        user: Template,
        /// The user's password.
        password: Template,
    },
}

/// How the client shows who it is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ClientAuth {
    /// By basic authentication.
    #[default]
    Header,
    /// By `client_id` and `client_secret` in the form.
    Body,
}

impl OAuth2 {
    /// A token for the client itself.
    ///
    /// # Panics
    ///
    /// If a text is no template.
    pub fn client_credentials(token_url: &str, client_id: &str, client_secret: &str) -> Self {
        Self::new(token_url, Grant::ClientCredentials, client_id).client_secret(client_secret)
    }

    /// A token for a user.
    ///
    /// # Panics
    ///
    /// If a text is no template.
    pub fn password(token_url: &str, client_id: &str, user: &str, password: &str) -> Self {
        let grant = Grant::Password { user: template(user), password: template(password) };
        Self::new(token_url, grant, client_id)
    }

    fn new(token_url: &str, grant: Grant, client_id: &str) -> Self {
        Self {
            name: Arc::default(),
            token_url: template(token_url),
            grant,
            client_id: template(client_id),
            client_secret: None,
            client_auth: ClientAuth::default(),
            parameters: Vec::new(),
        }
    }

    /// The same with the client's secret.
    ///
    /// # Panics
    ///
    /// If the text is no template.
    #[must_use]
    pub fn client_secret(mut self, secret: &str) -> Self {
        self.client_secret = Some(template(secret));
        self
    }

    /// The same with another way for the client to show who it is.
    #[must_use]
    pub fn client_auth(mut self, client_auth: ClientAuth) -> Self {
        self.client_auth = client_auth;
        self
    }

    /// The same for a scope, such as `read write`.
    ///
    /// # Panics
    ///
    /// If the text is no template.
    #[must_use]
    pub fn scope(self, scope: &str) -> Self {
        self.parameter("scope", scope)
    }

    /// The same with a further parameter, such as `audience`.
    ///
    /// # Panics
    ///
    /// If the value is no template.
    #[must_use]
    pub fn parameter(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), template(value)));
        self
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Asks for a token; what of the first one renews it is tried first.
    async fn ask(&self, user: &mut User, refresh: Option<&str>) -> Result<Token, TaskError> {
        if let Some(refresh) = refresh {
            let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
            let request = self.request(user, format!("refresh: {}", self.name).into(), &grant)?;
            match self.send(user, request).await {
                // The server may have forgotten it: the user signs in again.
                Err(TaskError::InterruptFlow) => {}
                // A server that gives no new one means the old one to be kept.
                answer => return answer.map(|token| token.or_refresh(refresh)),
            }
        }
        let mut scope = user.scope();
        let texts = match &self.grant {
            Grant::ClientCredentials => None,
            Grant::Password { user, password } => {
                let user = user.render(&mut scope)?.into_owned();
                Some((user, password.render(&mut scope)?.into_owned()))
            }
        };
        let grant = match &texts {
            None => vec![("grant_type", "client_credentials")],
            Some((user, password)) => {
                vec![("grant_type", "password"), ("username", user), ("password", password)]
            }
        };
        let request = self.request(user, transaction(&self.name), &grant)?;
        self.send(user, request).await
    }

    fn request(
        &self,
        user: &mut User,
        name: Arc<str>,
        grant: &[(&str, &str)],
    ) -> Result<Request, TaskError> {
        let mut scope = user.scope();
        let url: Arc<str> = self.token_url.render(&mut scope)?.into();
        let id = self.client_id.render(&mut scope)?.into_owned();
        let secret = self.client_secret.as_ref().map(|secret| secret.render(&mut scope));
        let secret = secret.transpose()?.map(std::borrow::Cow::into_owned);
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(grant);
        let mut request = Request { name, ..Request::new(Method::POST, url) };
        match (secret, self.client_auth) {
            (Some(secret), ClientAuth::Header) => {
                request.headers.insert(AUTHORIZATION, client_header(&id, &secret)?);
            }
            (secret, _) => {
                form.append_pair("client_id", &id);
                form.extend_pairs(secret.map(|secret| ("client_secret", secret)));
            }
        }
        for (name, value) in &self.parameters {
            form.append_pair(name, &value.render(&mut scope)?);
        }
        request.body = form.finish().into();
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers.insert(CONTENT_TYPE, form_type);
        request.captures = Arc::new([self.capture()]);
        request.keep_response = true;
        Ok(request)
    }

    /// What the token is captured as: a response without it is a failure.
    fn capture(&self) -> Capture {
        let path = JsonPath::parse("$.access_token").unwrap_or_else(|_| unreachable!());
        Capture { variable: variable(&self.name), from: From::Json(path) }
    }

    async fn send(&self, user: &mut User, request: Request) -> Result<Token, TaskError> {
        let response = user.send(&request).await?.ok_or(TaskError::InterruptFlow)?;
        let text = user.take_variable(&variable(&self.name));
        let token = Token::new(plain_text(&text.unwrap_or_default()));
        Ok(token.of_response(&response))
    }
}

impl Token {
    fn of_response(self, response: &Response) -> Self {
        let json = response.json().unwrap_or_default();
        let refresh = json.get("refresh_token").and_then(Value::as_str).map(str::to_owned);
        let expires_in = json.get("expires_in").and_then(seconds);
        Self { expires_in, refresh, ..self }
    }

    fn or_refresh(self, refresh: &str) -> Self {
        Self { refresh: self.refresh.or_else(|| Some(refresh.to_owned())), ..self }
    }
}

/// The variable that holds a token for the moment in which it is captured. No scenario can have
/// one of this name, and its name says that it is a secret.
pub(crate) fn variable(name: &str) -> Arc<str> {
    format!("token of {name}").into()
}

/// Seconds as a number, or as a number in quotes, as some servers write them.
pub(crate) fn seconds(value: &Value) -> Option<Duration> {
    let seconds = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The client's name and secret are encoded as in a form before they are encoded as in basic
/// authentication (RFC 6749, section 2.3.1).
fn client_header(id: &str, secret: &str) -> Result<HeaderValue, TaskError> {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let value = format!("Basic {}", basic::encode(&encoded(id), &encoded(secret)));
    let mut value = HeaderValue::try_from(value)?;
    value.set_sensitive(true);
    Ok(value)
}

impl FetchToken for OAuth2 {
    fn fetch<'a>(
        &'a self,
        user: &'a mut User,
        refresh: Option<&'a str>,
    ) -> Pin<Box<dyn Future<Output = Result<Token, TaskError>> + 'a>> {
        Box::pin(self.ask(user, refresh))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_life_is_seconds_in_quotes_or_not() {
        assert_eq!(seconds(&json!(3599)), Some(Duration::from_secs(3599)));
        assert_eq!(seconds(&json!("3599")), Some(Duration::from_secs(3599)));
        for none in [json!(null), json!(-1), json!("soon"), json!(1e300)] {
            assert_eq!(seconds(&none), None);
        }
    }

    #[test]
    fn a_clients_name_is_encoded_twice() {
        let header = client_header("a b", "c:d").unwrap();
        assert_eq!(header, format!("Basic {}", basic::encode("a+b", "c%3Ad")));
    }
}
