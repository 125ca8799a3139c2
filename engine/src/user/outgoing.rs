//! A request being put together in Rust.

use std::{sync::Arc, time::Duration};

use http::{
    HeaderName, HeaderValue,
    header::{CONTENT_TYPE, InvalidHeaderName, InvalidHeaderValue},
};
use serde::Serialize;
use url::form_urlencoded;

use super::User;
use crate::{
    capture::Capture,
    expected::Expected,
    http::{Part, Request, Response, encode_multipart},
    scenario::TaskError,
};

/// A request that a user is about to send. What cannot be sent is told by [`Outgoing::send`].
#[must_use = "nothing happens until it is sent"]
pub struct Outgoing<'a> {
    user: &'a mut User,
    request: Request,
    query: form_urlencoded::Serializer<'static, String>,
    problem: Option<String>,
}

impl<'a> Outgoing<'a> {
    pub(super) fn new(user: &'a mut User, mut request: Request) -> Self {
        request.keep_response = true;
        let query = form_urlencoded::Serializer::new(String::new());
        Self { user, request, query, problem: None }
    }

    /// The same, if there is no problem with it yet.
    pub(super) fn with_problem(self, problem: Option<String>) -> Self {
        Self { problem, ..self }
    }

    /// The transaction it counts under; give one where the URL differs from user to user.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.request.name = name.into();
        self
    }

    /// A parameter of the URL's query.
    pub fn query(mut self, name: &str, value: &impl ToString) -> Self {
        self.query.append_pair(name, &value.to_string());
        self
    }

    /// A header.
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        let name: Result<HeaderName, InvalidHeaderName> = name.try_into();
        let value: Result<HeaderValue, InvalidHeaderValue> = value.as_ref().try_into();
        match (name, value) {
            (Ok(name), Ok(value)) => {
                self.request.headers.insert(name, value);
            }
            (Err(error), _) => self.problem = Some(error.to_string()),
            (_, Err(error)) => self.problem = Some(error.to_string()),
        }
        self
    }

    /// A JSON body.
    pub fn json(mut self, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.request.body = bytes.into(),
            Err(error) => self.problem = Some(error.to_string()),
        }
        self.content_type(HeaderValue::from_static("application/json"))
    }

    /// A form as a body.
    pub fn form<'f>(mut self, fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        self.request.body = form.finish().into();
        self.content_type(HeaderValue::from_static("application/x-www-form-urlencoded"))
    }

    /// A form that may have files as a body.
    pub fn multipart(mut self, parts: impl IntoIterator<Item = Part>) -> Self {
        let parts: Vec<_> = parts.into_iter().collect();
        let (content_type, body) = encode_multipart(&parts, self.user.random().bits());
        self.request.body = body;
        self.content_type(content_type)
    }

    /// A text as a body.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.request.body = text.into().into();
        self.content_type(HeaderValue::from_static("text/plain; charset=utf-8"))
    }

    /// The longest time for the whole.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.request.timeout = Some(timeout);
        self
    }

    /// What is expected of the response.
    pub fn expect(mut self, expected: Expected) -> Self {
        self.request.expected = Arc::new(expected);
        self
    }

    /// What is kept of the response in the user's variables.
    pub fn capture(mut self, captures: impl IntoIterator<Item = Capture>) -> Self {
        self.request.captures = captures.into_iter().collect();
        self
    }

    /// A failure starts the user's whole sequence over.
    pub fn interrupt_flow(mut self) -> Self {
        self.request.interrupt_flow = true;
        self
    }

    /// It is left out of the statistics.
    pub fn skip_transaction(mut self) -> Self {
        self.request.skip_transaction = true;
        self
    }

    /// Sends it.
    ///
    /// # Errors
    ///
    /// As [`User::send`]; and [`TaskError::Exception`] if it cannot be sent as it is.
    pub async fn send(self) -> Result<Option<Response>, TaskError> {
        let (user, request) = self.finish()?;
        user.send(&request).await
    }

    /// The request, to be sent later or beside others, as by [`User::parallel`].
    ///
    /// # Errors
    ///
    /// [`TaskError::Exception`] if it cannot be sent as it is.
    pub fn into_request(self) -> Result<Request, TaskError> {
        self.finish().map(|(_, request)| request)
    }

    fn finish(mut self) -> Result<(&'a mut User, Request), TaskError> {
        if let Some(problem) = self.problem {
            return Err(TaskError::exception(format!("{}: {problem}", self.request.name)));
        }
        let query = self.query.finish();
        if !query.is_empty() {
            let joint = if self.request.url.contains('?') { '&' } else { '?' };
            self.request.url = format!("{}{joint}{query}", self.request.url).into();
        }
        Ok((self.user, self.request))
    }

    fn content_type(mut self, value: HeaderValue) -> Self {
        self.request.headers.entry(CONTENT_TYPE).or_insert(value);
        self
    }
}
