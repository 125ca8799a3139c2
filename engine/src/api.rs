//! The APIs of a system under test.

mod health;

use std::{fmt, sync::Arc};

use http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json_path::JsonPath;

pub use self::health::{Health, check};
use crate::{
    capture::From,
    environment::Environment,
    http::Request,
    template::{NoValue, Scope, Template, without_user},
};

/// An API: where it is, and what all requests to it have.
#[derive(Clone, Debug)]
pub struct Api {
    /// Its name.
    pub name: Arc<str>,
    /// What its paths are relative to, if not the user's host.
    pub host: Option<Template>,
    /// Headers of all its requests, unless those have their own.
    pub headers: Vec<(HeaderName, Template)>,
    /// How to tell whether it is there.
    pub healthcheck: Option<Healthcheck>,
}

/// A request that tells whether an API is there, made once before the load.
#[derive(Clone, Debug)]
pub struct Healthcheck {
    /// The request, with what is expected of the response.
    pub request: Request,
    /// Where in the response the API's version is.
    pub version: Option<From>,
}

/// A healthy API, and the version that it told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ApiVersion {
    /// The API's name.
    pub name: String,
    /// Its version; none if its healthcheck asks for none.
    pub version: Option<String>,
}

impl Api {
    /// An API where the user's host is, without headers of its own.
    pub fn new(name: &str) -> Self {
        Self { name: name.into(), host: None, headers: Vec::new(), healthcheck: None }
    }

    /// The same at a host of its own, such as `https://shop.example.org` or `${env.hosts.shop}`.
    ///
    /// # Panics
    ///
    /// If the text is no template.
    #[must_use]
    pub fn host(mut self, host: &str) -> Self {
        self.host = Some(template(host));
        self
    }

    /// The same with a header for all requests, such as `${env.subscription_key}`.
    ///
    /// # Panics
    ///
    /// If the name is no header's, or the value no template.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header's name");
        self.headers.push((name, template(value)));
        self
    }

    /// The same with a check whether it is there.
    #[must_use]
    pub fn healthcheck(mut self, healthcheck: Healthcheck) -> Self {
        self.healthcheck = Some(healthcheck);
        self
    }

    /// Makes a request one to this API: its paths begin at its host, and it has its headers.
    pub(crate) fn apply(
        &self,
        request: &mut Request,
        scope: &mut Scope<'_>,
    ) -> Result<(), ApiError> {
        if let Some(host) = self.host.as_ref().filter(|_| !request.url.contains("://")) {
            let host = host.render(scope)?;
            let slash = if request.url.starts_with(['/', '?']) { "" } else { "/" };
            request.url = format!("{}{slash}{}", host.trim_end_matches('/'), request.url).into();
        }
        for (name, value) in &self.headers {
            if !request.headers.contains_key(name) {
                let value = HeaderValue::try_from(&*value.render(scope)?)
                    .map_err(|_| ApiError::Header(name.clone()))?;
                request.headers.insert(name, value);
            }
        }
        Ok(())
    }

    /// The same with those headers only that need no user.
    fn without_users(&self, environment: &Environment) -> Self {
        let needs_none = |(_, value): &&(HeaderName, Template)| {
            without_user(environment, |scope| value.render(scope).is_ok())
        };
        Self { headers: self.headers.iter().filter(needs_none).cloned().collect(), ..self.clone() }
    }
}

fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|error| panic!("`{text}`: {error}"))
}

impl Healthcheck {
    /// A `GET` of a path or whole URL, which is to answer with a status below 400.
    pub fn get(path: &str) -> Self {
        Self { request: Request::new(Method::GET, path), version: None }
    }

    /// The same with the JSON path of the version, such as `$.version`.
    ///
    /// # Panics
    ///
    /// If the text is no JSON path.
    #[must_use]
    pub fn version(mut self, path: &str) -> Self {
        self.version = Some(From::Json(JsonPath::parse(path).expect("a JSON path")));
        self
    }
}

/// Such as `shop 1.4.2`, or `shop` alone.
impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.version.as_ref().map_or(Ok(()), |version| write!(f, " {version}"))
    }
}

/// Several, such as `shop 1.4.2, payment 7`.
pub fn listed(apis: &[ApiVersion]) -> String {
    apis.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Why a request cannot be made to an API.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// A hole has no value.
    #[error(transparent)]
    NoValue(#[from] NoValue),
    /// A header cannot have its value.
    #[error("{0}: not a header's value")]
    Header(HeaderName),
}
