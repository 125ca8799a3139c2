//! What a request expects.

use std::{slice, sync::Arc};

use http::{HeaderName, StatusCode};

use super::{Reading, capture::header_entries};
use crate::{
    document::{Fields, Node, Rejection, Setting, Value},
    expected::{Expected, ExpectedJson},
    template::{JsonTemplate, NoValue, Scope, Template},
};

/// Expectations with holes.
#[derive(Default)]
pub(super) struct ExpectTemplate {
    status: Vec<StatusCode>,
    text: Vec<Template>,
    headers: Vec<(HeaderName, Template)>,
    json: Option<JsonTemplate>,
    camel_case: bool,
}

impl ExpectTemplate {
    /// Reads the mapping under `expect`.
    pub(super) fn read(mut fields: Fields<'_>, reading: &Reading<'_>) -> Self {
        let status: Option<Vec<Status>> = fields.get("status");
        let text = fields.node("text").map(|node| texts(node, &fields.key("text"), reading));
        let headers = header_entries(&mut fields, "headers", reading)
            .into_iter()
            .filter_map(|(name, node)| {
                let path = format!("{}.{name}", fields.key("headers"));
                Some((name, reading.template_of(node, &path)?))
            })
            .collect();
        let json = fields.node("json").and_then(|node| reading.json(node, &fields.key("json")));
        let camel_case = fields.get("camel_case").unwrap_or(true);
        fields.finish();
        Self {
            status: status.into_iter().flatten().map(|Status(code)| code).collect(),
            text: text.unwrap_or_default(),
            headers,
            json,
            camel_case,
        }
    }

    /// The expectations, if there is no hole in them.
    pub(super) fn fixed(&self) -> Option<Arc<Expected>> {
        let text = self.text.iter().map(|text| Some(text.fixed()?.to_owned()));
        let headers =
            self.headers.iter().map(|(name, text)| Some((name.clone(), text.fixed()?.to_owned())));
        let json = match &self.json {
            None => None,
            Some(JsonTemplate::Fixed(value)) => Some(value.clone()),
            Some(_) => return None,
        };
        Some(Arc::new(Expected {
            status: self.status.clone(),
            text: text.collect::<Option<_>>()?,
            headers: headers.collect::<Option<_>>()?,
            json: json.map(|value| ExpectedJson { value, camel_case: self.camel_case }),
        }))
    }

    /// Fills the holes.
    pub(super) fn render(&self, scope: &mut Scope<'_>) -> Result<Expected, NoValue> {
        let mut expected = Expected { status: self.status.clone(), ..Expected::default() };
        for text in &self.text {
            expected.text.push(text.render(scope)?.into_owned());
        }
        for (name, text) in &self.headers {
            expected.headers.push((name.clone(), text.render(scope)?.into_owned()));
        }
        if let Some(json) = &self.json {
            let value = json.render(scope)?;
            expected.json = Some(ExpectedJson { value, camel_case: self.camel_case });
        }
        Ok(expected)
    }
}

fn texts(node: &Node, path: &str, reading: &Reading<'_>) -> Vec<Template> {
    let nodes = if let Value::List(items) = &node.value { items } else { slice::from_ref(node) };
    nodes.iter().filter_map(|node| reading.template_of(node, path)).collect()
}

struct Status(StatusCode);

impl Setting for Status {
    const EXPECTED: &'static str = "an HTTP status from 100 to 599, or a list of them";

    fn read(node: &Node) -> Result<Self, Rejection> {
        if node.text().is_some_and(|text| text.parse::<u16>().is_ok()) {
            return Err(Rejection::Because("expected a number, without quotes".into()));
        }
        let number = u16::try_from(u64::read(node)?).map_err(|_| Rejection::Unexpected)?;
        let code = StatusCode::from_u16(number).ok().filter(|_| (100..600).contains(&number));
        code.map(Self).ok_or(Rejection::Unexpected)
    }
}
