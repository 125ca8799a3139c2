//! Requests.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, Method, header::CONTENT_TYPE};

use super::{
    Reading,
    body::{BodyTemplate, read_pairs, render_pairs},
    call::Call,
    capture::{self, header_entries},
    expect::ExpectTemplate,
    positive,
};
use crate::{
    capture::Capture,
    document::{Fields, Node, Value},
    http::{Request, Target},
    scenario::{TaskError, TaskResult},
    template::{Scope, Template},
    user::User,
};

/// A request with holes. What has none is made once, when the scenario is read.
pub(super) struct RequestStep {
    /// The request, with everything that has no holes.
    request: Request,
    name: Option<Template>,
    url: Option<Template>,
    query: Vec<(String, Template)>,
    headers: Vec<(HeaderName, Template)>,
    body: Option<BodyTemplate>,
    expect: Option<ExpectTemplate>,
    /// Whose it is, and what is filled into it, if it was called by its name.
    call: Option<Box<Call>>,
}

/// Steps that are requests begin with their method.
pub(super) const METHODS: [&str; 7] = ["get", "post", "put", "patch", "delete", "head", "options"];

impl RequestStep {
    /// Reads a request: a path, or a mapping with more.
    pub(super) fn read(
        method: &str,
        node: &Node,
        path: &str,
        reading: &Reading<'_>,
    ) -> Option<Self> {
        let method = Method::from_bytes(method.to_ascii_uppercase().as_bytes()).ok()?;
        if let Value::Text(url) = &node.value {
            let mut step = Self::new(method, url, reading);
            step.set_url(node, path, reading);
            return Some(step);
        }
        if !matches!(node.value, Value::Map(_)) {
            let message =
                format!("found {}, expected a path or a mapping with one", node.describe());
            reading.reject(&node.place, path, message);
            return None;
        }
        let mut fields = reading.fields(node, path)?;
        let url = fields.require_node("path", "a path, such as /products, or a whole URL");
        let mut step = Self::new(method, url.and_then(Node::text).unwrap_or_default(), reading);
        if let Some(url) = url {
            step.set_url(url, &fields.key("path"), reading);
        }
        step.read_fields(&mut fields, reading);
        fields.finish();
        Some(step)
    }

    fn new(method: Method, url: &str, reading: &Reading<'_>) -> Self {
        let mut request = Request::new(method, url);
        if let Some(name) = reading.transaction() {
            request.name = name;
        }
        Self {
            request,
            name: None,
            url: None,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            expect: None,
            call: None,
        }
    }

    /// The same, called by its name.
    pub(super) fn called(self, call: Call) -> Self {
        Self { call: Some(Box::new(call)), ..self }
    }

    fn set_url(&mut self, node: &Node, path: &str, reading: &Reading<'_>) {
        let Some(template) = reading.template_of(node, path) else { return };
        if !reading.has_host() && template.starts_with('/') {
            let message = "a path without a host: give `host` in the environment or in the user \
                           class, or --host";
            reading.reject(&node.place, path, message);
        }
        let Some(url) = template.fixed() else {
            self.url = Some(template);
            return;
        };
        if url.contains("://")
            && let Err(error) = Target::parse(url)
        {
            reading.reject(&node.place, path, error.to_string());
        }
        self.request.url = url.into();
    }

    fn read_fields(&mut self, fields: &mut Fields<'_>, reading: &Reading<'_>) {
        if let Some(name) = read_name(fields, reading) {
            match name.fixed() {
                Some(name) => self.request.name = name.into(),
                None => self.name = Some(name),
            }
        }
        self.request.timeout = positive(fields, "timeout");
        self.request.interrupt_flow = fields.get("interrupt_flow").unwrap_or(false);
        self.request.skip_transaction = fields.get("skip_transaction").unwrap_or(false);
        self.read_query(fields, reading);
        self.read_body(fields, reading);
        self.read_headers(fields, reading);
        if let Some(expect) = fields.fields("expect") {
            let expect = ExpectTemplate::read(expect, reading);
            match expect.fixed() {
                Some(expected) => self.request.expected = expected,
                None => self.expect = Some(expect),
            }
        }
        if let Some(node) = fields.node("capture") {
            let captures = capture::read_all(node, &fields.key("capture"), reading);
            self.request.captures = captures.into();
        }
    }

    fn read_query(&mut self, fields: &mut Fields<'_>, reading: &Reading<'_>) {
        self.query = read_pairs(fields, "query", reading).unwrap_or_default();
        let fixed: Option<Vec<_>> =
            self.query.iter().map(|(name, value)| Some((name, value.fixed()?))).collect();
        if let (Some(pairs), None) = (fixed, &self.url) {
            let mut encoded = url::form_urlencoded::Serializer::new(String::new());
            let query = encoded.extend_pairs(pairs).finish();
            self.request.url = with_query(&self.request.url, &query);
            self.query.clear();
        }
    }

    fn read_body(&mut self, fields: &mut Fields<'_>, reading: &Reading<'_>) {
        let Some(body) = BodyTemplate::read(fields, reading) else { return };
        if let Some(content_type) = body.content_type() {
            self.request.headers.insert(CONTENT_TYPE, content_type);
        }
        match body.fixed() {
            Some(bytes) => self.request.body = bytes,
            None => self.body = Some(body),
        }
    }

    fn read_headers(&mut self, fields: &mut Fields<'_>, reading: &Reading<'_>) {
        for (name, node) in header_entries(fields, "headers", reading) {
            let path = format!("{}.{name}", fields.key("headers"));
            let Some(template) = reading.template_of(node, &path) else { continue };
            match template.fixed().map(HeaderValue::try_from) {
                None => self.headers.push((name, template)),
                Some(Ok(value)) => {
                    self.request.headers.insert(name, value);
                }
                Some(Err(_)) => {
                    reading.reject(&node.place, &path, "a header cannot hold these characters");
                }
            }
        }
    }

    /// Sends it.
    pub(super) async fn run(&self, user: &mut User) -> TaskResult {
        if self.is_fixed() {
            return user.send(&self.request).await.map(drop);
        }
        let request = self.render(user)?;
        user.send(&request).await.map(drop)
    }

    /// The same with further captures.
    pub(super) fn capturing(mut self, captures: impl IntoIterator<Item = Capture>) -> Self {
        self.request.captures = self.request.captures.iter().cloned().chain(captures).collect();
        self
    }

    fn is_fixed(&self) -> bool {
        self.name.is_none()
            && self.url.is_none()
            && self.query.is_empty()
            && self.headers.is_empty()
            && self.body.is_none()
            && self.expect.is_none()
            && self.call.is_none()
    }

    /// The request, with its holes filled.
    pub(super) fn render(&self, user: &mut User) -> Result<Request, TaskError> {
        let Some(call) = &self.call else { return self.fill(&mut user.scope()) };
        let arguments = call.arguments(&mut user.scope())?;
        let filled = user.with_arguments(arguments, |user| self.fill(&mut user.scope()));
        let mut request = filled?;
        call.api.apply(&mut request, &mut user.scope())?;
        Ok(request)
    }

    /// The request, with its holes filled from a scope.
    pub(super) fn fill(&self, scope: &mut Scope<'_>) -> Result<Request, TaskError> {
        let mut request = self.request.clone();
        if let Some(name) = &self.name {
            request.name = name.render(scope)?.into();
        }
        if let Some(url) = &self.url {
            request.url = url.render(scope)?.into();
        }
        if !self.query.is_empty() {
            request.url = with_query(&request.url, &render_pairs(&self.query, scope)?);
        }
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(&*value.render(scope)?)
                .map_err(|_| TaskError::exception(format!("{name}: not a header's value")))?;
            request.headers.insert(name, value);
        }
        if let Some(body) = &self.body {
            body.render(&mut request, scope)?;
        }
        if let Some(expect) = &self.expect {
            request.expected = Arc::new(expect.render(scope)?);
        }
        Ok(request)
    }
}

/// The transaction's name, if it is there.
pub(super) fn read_name(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Template> {
    let node = fields.node("name")?;
    let name = reading.template_of(node, &fields.key("name"))?;
    if name.fixed() == Some("") {
        fields.reject("name", "found an empty text, expected a transaction's name");
    }
    Some(name)
}

fn with_query(url: &str, query: &str) -> Arc<str> {
    match query {
        "" => url.into(),
        _ if url.contains('?') => format!("{url}&{query}").into(),
        _ => format!("{url}?{query}").into(),
    }
}
