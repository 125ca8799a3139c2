//! What a request expects.

use std::{ops::RangeInclusive, slice, sync::Arc, time::Duration};

use http::{HeaderName, StatusCode};
use regex::Regex;
use serde_json_path::JsonPath;

use super::{
    Reading, capture::header_entries, comparison, comparison::ComparisonTemplate, http::Bytes,
    json_path, positive,
};
use crate::{
    document::{Entry, Fields, Node, Rejection, Setting, Value},
    expected::{Comparison, Expected, ExpectedJson, ExpectedStatus, Operator},
    scenario::TaskError,
    template::{JsonTemplate, Scope, Template},
};

/// Expectations with holes.
#[derive(Default)]
pub(super) struct ExpectTemplate {
    status: Vec<ExpectedStatus>,
    text: Vec<Template>,
    not_text: Vec<Template>,
    regex: Vec<Regex>,
    headers: Vec<(HeaderName, ComparisonTemplate)>,
    json: Option<JsonTemplate>,
    camel_case: bool,
    json_path: Vec<(JsonPath, ComparisonTemplate)>,
    size: Option<RangeInclusive<u64>>,
    duration: Option<Duration>,
}

impl ExpectTemplate {
    /// Reads the mapping under `expect`.
    pub(super) fn read(mut fields: Fields<'_>, reading: &Reading<'_>) -> Self {
        let status: Option<Vec<ExpectedStatus>> = fields.get("status");
        let regex: Option<Vec<Matched>> = fields.get("regex");
        let template = Self {
            status: status.unwrap_or_default(),
            text: texts(&mut fields, "text", reading),
            not_text: texts(&mut fields, "not_text", reading),
            regex: regex.into_iter().flatten().map(|Matched(regex)| regex).collect(),
            headers: headers(&mut fields, reading),
            json: fields.node("json").and_then(|node| reading.json(node, &fields.key("json"))),
            camel_case: fields.get("camel_case").unwrap_or(true),
            json_path: json_paths(&mut fields, reading),
            size: size(&mut fields),
            duration: positive(&mut fields, "duration"),
        };
        fields.finish();
        template
    }

    /// The expectations, if there is no hole in them.
    pub(super) fn fixed(&self) -> Option<Arc<Expected>> {
        let json = match &self.json {
            None => None,
            Some(JsonTemplate::Fixed(value)) => Some(value.clone()),
            Some(_) => return None,
        };
        let text = |texts: &[Template]| -> Option<Vec<_>> {
            texts.iter().map(|text| Some(text.fixed()?.to_owned())).collect()
        };
        Some(Arc::new(Expected {
            text: text(&self.text)?,
            not_text: text(&self.not_text)?,
            headers: fixed(&self.headers)?,
            json: json.map(|value| ExpectedJson { value, camel_case: self.camel_case }),
            json_path: fixed(&self.json_path)?,
            ..self.without_holes()
        }))
    }

    /// Fills the holes.
    pub(super) fn render(&self, scope: &mut Scope<'_>) -> Result<Expected, TaskError> {
        let mut expected = self.without_holes();
        for text in &self.text {
            expected.text.push(text.render(scope)?.into_owned());
        }
        for text in &self.not_text {
            expected.not_text.push(text.render(scope)?.into_owned());
        }
        for (name, comparison) in &self.headers {
            expected.headers.push((name.clone(), comparison.render(scope)?));
        }
        for (path, comparison) in &self.json_path {
            expected.json_path.push((path.clone(), comparison.render(scope)?));
        }
        if let Some(json) = &self.json {
            let value = json.render(scope)?;
            expected.json = Some(ExpectedJson { value, camel_case: self.camel_case });
        }
        Ok(expected)
    }

    fn without_holes(&self) -> Expected {
        Expected {
            status: self.status.clone(),
            regex: self.regex.clone(),
            size: self.size.clone(),
            duration: self.duration,
            ..Expected::default()
        }
    }
}

fn fixed<T: Clone>(comparisons: &[(T, ComparisonTemplate)]) -> Option<Vec<(T, Comparison)>> {
    comparisons.iter().map(|(of, comparison)| Some((of.clone(), comparison.fixed()?))).collect()
}

fn texts(fields: &mut Fields<'_>, key: &'static str, reading: &Reading<'_>) -> Vec<Template> {
    let Some(node) = fields.node(key) else { return Vec::new() };
    let nodes = if let Value::List(items) = &node.value { items } else { slice::from_ref(node) };
    nodes.iter().filter_map(|node| reading.template_of(node, &fields.key(key))).collect()
}

/// Headers contain a plain text; without one they are there.
fn headers(
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Vec<(HeaderName, ComparisonTemplate)> {
    let headers = header_entries(fields, "headers", reading);
    let read = headers.into_iter().flat_map(|(name, node)| {
        let path = format!("{}.{name}", fields.key("headers"));
        let compared = if node.value == Value::Null {
            vec![ComparisonTemplate::Fixed(Comparison::exists())]
        } else {
            comparison::read(node, &path, Operator::Contains, reading)
        };
        compared.into_iter().map(move |comparison| (name.clone(), comparison))
    });
    read.collect()
}

/// Values at JSON paths are a plain value.
fn json_paths(
    fields: &mut Fields<'_>,
    reading: &Reading<'_>,
) -> Vec<(JsonPath, ComparisonTemplate)> {
    let Some(node) = fields.node("json_path") else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        let found = node.describe();
        let message = format!("found {found}, expected JSON paths, such as `{{$.total: 3}}`");
        fields.reject("json_path", message);
        return Vec::new();
    };
    let read = |entry: &Entry| {
        let path = format!("{}.{}", fields.key("json_path"), entry.key);
        let at = match json_path::parse(&entry.key) {
            Ok(at) => at,
            Err(message) => {
                reading.reject(&entry.place, &path, message);
                return Vec::new();
            }
        };
        let compared = comparison::read(&entry.node, &path, Operator::Is, reading);
        compared.into_iter().map(|comparison| (at.clone(), comparison)).collect()
    };
    entries.iter().flat_map(read).collect()
}

/// A number of bytes, or a mapping with the least and the most.
fn size(fields: &mut Fields<'_>) -> Option<RangeInclusive<u64>> {
    let node = fields.node("size")?;
    let bytes = |Bytes(bytes)| u64::try_from(bytes).unwrap_or(u64::MAX);
    if !matches!(node.value, Value::Map(_)) {
        let exactly = fields.get("size").map(bytes)?;
        return Some(exactly..=exactly);
    }
    let mut range = fields.fields("size")?;
    let least = range.get("at_least").map_or(0, bytes);
    let most = range.get("at_most").map_or(u64::MAX, bytes);
    if least > most {
        range.reject("at_most", "expected no less than `at_least`");
    }
    range.finish();
    Some(least..=most)
}

impl Setting for ExpectedStatus {
    const EXPECTED: &'static str =
        "an HTTP status from 100 to 599, a class of them, such as 2xx, or a list of these";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let number = match node.text() {
            Some(text) if text.parse::<u16>().is_ok() => {
                return Err(Rejection::Because("expected a number, without quotes".into()));
            }
            Some(text) => match text.strip_suffix("xx").map(str::parse) {
                Some(Ok(class @ 1..=5)) => return Ok(Self::Class(class)),
                _ => return Err(Rejection::Unexpected),
            },
            None => u16::try_from(u64::read(node)?).map_err(|_| Rejection::Unexpected)?,
        };
        let code = StatusCode::from_u16(number).ok().filter(|_| (100..600).contains(&number));
        code.map(Self::Code).ok_or(Rejection::Unexpected)
    }
}

struct Matched(Regex);

impl Setting for Matched {
    const EXPECTED: &'static str = "a regular expression, or a list of them";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let regex = Regex::new(&String::read(node)?).map(Self);
        regex.map_err(|error| Rejection::Because(format!("not a regular expression: {error}")))
    }
}
