//! Bodies of requests.

use bytes::Bytes;
use http::{HeaderValue, header::CONTENT_TYPE};
use url::form_urlencoded;

use super::{
    Reading,
    multipart::{self, PartTemplate},
};
use crate::{
    document::{Fields, Value},
    http::Request,
    template::{JsonTemplate, NoValue, Scope, Template},
};

/// A body with holes.
pub(super) enum BodyTemplate {
    Json(JsonTemplate),
    Form(Vec<(String, Template)>),
    Text(Template),
    Multipart(Vec<PartTemplate>),
}

impl BodyTemplate {
    /// Reads `json`, `form`, `text` or `multipart`, whichever is there.
    pub(super) fn read(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Self> {
        let json = fields.node("json").and_then(|node| reading.json(node, &fields.key("json")));
        let form = read_pairs(fields, "form", reading);
        let text =
            fields.node("text").and_then(|node| reading.template_of(node, &fields.key("text")));
        let multipart = multipart::read(fields, reading).map(Self::Multipart);
        let bodies = [json.map(Self::Json), form.map(Self::Form), text.map(Self::Text), multipart];
        let mut bodies = bodies.into_iter().flatten();
        let body = bodies.next();
        if bodies.next().is_some() {
            let message = "a request has one body: expected one of `json`, `form`, `text` or \
                           `multipart`";
            reading.reject(fields.place(), fields.path(), message);
        }
        body
    }

    /// The type it is sent with, unless the request says otherwise; that of a form with files
    /// differs from request to request.
    pub(super) fn content_type(&self) -> Option<HeaderValue> {
        Some(HeaderValue::from_static(match self {
            Self::Json(_) => "application/json",
            Self::Form(_) => "application/x-www-form-urlencoded",
            Self::Text(_) => "text/plain; charset=utf-8",
            Self::Multipart(_) => return None,
        }))
    }

    /// The bytes, if there is no hole in them.
    pub(super) fn fixed(&self) -> Option<Bytes> {
        match self {
            Self::Json(JsonTemplate::Fixed(value)) => Some(value.to_string().into()),
            Self::Text(text) => Some(text.fixed()?.to_owned().into()),
            Self::Json(_) | Self::Multipart(_) => None,
            Self::Form(fields) => {
                let fields = fields.iter().map(|(name, value)| Some((name, value.fixed()?)));
                Some(encode(fields.collect::<Option<Vec<_>>>()?).into())
            }
        }
    }

    /// Fills the holes of a request's body.
    pub(super) fn render(
        &self,
        request: &mut Request,
        scope: &mut Scope<'_>,
    ) -> Result<(), NoValue> {
        request.body = match self {
            Self::Json(json) => json.render(scope)?.to_string().into(),
            Self::Text(text) => text.render(scope)?.into_owned().into(),
            Self::Form(fields) => render_pairs(fields, scope)?.into(),
            Self::Multipart(parts) => {
                let (content_type, body) = multipart::render(parts, scope)?;
                request.headers.entry(CONTENT_TYPE).or_insert(content_type);
                body
            }
        };
        Ok(())
    }
}

/// Reads a mapping of names to texts, as forms and queries are.
pub(super) fn read_pairs(
    fields: &mut Fields<'_>,
    key: &'static str,
    reading: &Reading<'_>,
) -> Option<Vec<(String, Template)>> {
    let node = fields.node(key)?;
    let Value::Map(entries) = &node.value else {
        fields.reject(key, format!("found {}, expected a mapping of names", node.describe()));
        return None;
    };
    let path = fields.key(key);
    let pairs = entries.iter().filter_map(|entry| {
        let value = reading.template_of(&entry.node, &format!("{path}.{}", entry.key))?;
        Some((entry.key.clone(), value))
    });
    Some(pairs.collect())
}

/// Fills the holes and encodes, as in a query.
pub(super) fn render_pairs(
    pairs: &[(String, Template)],
    scope: &mut Scope<'_>,
) -> Result<String, NoValue> {
    let pairs = pairs.iter().map(|(name, value)| Ok((name, value.render(scope)?)));
    Ok(encode(pairs.collect::<Result<Vec<_>, NoValue>>()?))
}

fn encode<N: AsRef<str>, V: AsRef<str>>(pairs: Vec<(N, V)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}
