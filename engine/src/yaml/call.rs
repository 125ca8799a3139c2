//! `call`: a request of an API, by its name.

use std::sync::Arc;

use super::{
    Reading,
    api::{NamedRequest, find, missing},
    request::RequestStep,
};
use crate::{
    api::Api,
    document::{Entry, Fields, Node, Value},
    scenario::TaskError,
    template::{JsonTemplate, Scope},
};

/// Whose request a step makes, and what is filled into it.
pub(super) struct Call {
    pub(super) api: Arc<Api>,
    arguments: Vec<(Arc<str>, JsonTemplate)>,
}

/// What a call may say of its request beside its arguments: laid over what the API says.
const OWN: [&str; 6] =
    ["name", "expect", "capture", "timeout", "interrupt_flow", "skip_transaction"];

impl Call {
    /// The arguments, as the caller sees them.
    pub(super) fn arguments(
        &self,
        scope: &mut Scope<'_>,
    ) -> Result<Vec<(Arc<str>, serde_json::Value)>, TaskError> {
        let fill =
            |(name, value): &(Arc<str>, JsonTemplate)| Ok((Arc::clone(name), value.render(scope)?));
        self.arguments.iter().map(fill).collect()
    }
}

/// Reads `call: shop.products`, or `call: {request: shop.product, with: {id: 7}}` and more.
pub(super) fn read(node: &Node, path: &str, reading: &Reading<'_>) -> Option<RequestStep> {
    if let Value::Text(_) = node.value {
        return read_call(node, None, &[], path, reading);
    }
    if !matches!(node.value, Value::Map(_)) {
        let found = node.describe();
        let message = format!("found {found}, expected a request such as shop.product");
        reading.reject(&node.place, path, message);
        return None;
    }
    let mut fields = reading.fields(node, path)?;
    let request = fields.require_node("request", "an API's request, such as shop.product");
    let with = fields.fields("with");
    let own = OWN.map(|key| fields.node(key).and(entry(&fields, key)));
    let own: Vec<_> = own.into_iter().flatten().collect();
    fields.finish();
    read_call(request?, with.as_ref(), &own, path, reading)
}

fn entry(fields: &Fields<'_>, key: &str) -> Option<Entry> {
    fields.entries().iter().find(|entry| entry.key == key).cloned()
}

fn read_call(
    name: &Node,
    with: Option<&Fields<'_>>,
    own: &[Entry],
    path: &str,
    reading: &Reading<'_>,
) -> Option<RequestStep> {
    let apis = reading.apis();
    let found = find(apis, name.text().unwrap_or_default());
    let (api, request) = found.map_err(|why| reading.reject(&name.place, path, why)).ok()?;
    let arguments = arguments(request, with, name, path, reading);
    if !request.is_sound {
        return None;
    }
    let merged = merged(request, own);
    let step = reading.hosted(api.host.is_some(), || {
        reading.of_parameters(&request.parameters, || {
            RequestStep::read(&request.method, &merged, path, reading)
        })
    });
    Some(step?.called(Call { api: Arc::clone(api), arguments: arguments? }))
}

/// What the API says of a request, and what the call says over it.
fn merged(request: &NamedRequest, own: &[Entry]) -> Node {
    let below = match request.node.value {
        Value::Text(_) => request.node.clone().under("path"),
        _ => request.node.clone(),
    };
    let place = request.node.place.clone();
    below.overlaid(Node { value: Value::Map(own.to_vec()), place })
}

/// A value for each parameter, and for nothing else.
fn arguments(
    request: &NamedRequest,
    with: Option<&Fields<'_>>,
    name: &Node,
    path: &str,
    reading: &Reading<'_>,
) -> Option<Vec<(Arc<str>, JsonTemplate)>> {
    let given = with.map_or(&[][..], Fields::entries);
    let known = || request.parameters.iter().map(String::as_str);
    let called = name.text().unwrap_or_default();
    for entry in given.iter().filter(|entry| !known().any(|name| name == entry.key)) {
        let what = format!("`{called}` has no parameter `{}`", entry.key);
        let message = missing(&what, &entry.key, known());
        reading.reject(&entry.place, &format!("{path}.with.{}", entry.key), message);
    }
    let absent: Vec<_> =
        known().filter(|name| !given.iter().any(|entry| entry.key == *name)).collect();
    if !absent.is_empty() {
        let place = with.map_or(&name.place, Fields::place);
        let message = format!("`{called}` needs {}: `with: {{..}}` gives it", absent.join(", "));
        reading.reject(place, &format!("{path}.with"), message);
    }
    let read = |entry: &Entry| {
        let value = reading.json(&entry.node, &format!("{path}.with.{}", entry.key))?;
        Some((entry.key.as_str().into(), value))
    };
    given.iter().map(read).collect()
}
