//! `apis`: where they are, what their requests have, and how those are written.

use std::sync::Arc;

use http::HeaderName;

use super::{
    Reading,
    capture::{self, header_entries},
    class,
    request::{METHODS, RequestStep},
};
use crate::{
    api::{Api, Healthcheck},
    document::{Entry, Fields, Node, Rejection, Setting, Value, nearest},
    scenario::TaskError,
    template::{Template, without_user},
};

/// An API, and the requests that steps call by their names.
pub(super) struct ApiRequests {
    pub(super) api: Arc<Api>,
    pub(super) requests: Vec<NamedRequest>,
}

/// A request that steps call by its name.
pub(super) struct NamedRequest {
    pub(super) name: String,
    /// What the caller gives.
    pub(super) parameters: Vec<String>,
    /// Such as `get`.
    pub(super) method: String,
    /// What stands under the method.
    pub(super) node: Node,
    /// Whether that is a request. What is wrong with it is told where it is written.
    pub(super) is_sound: bool,
}

/// Reads all APIs under `apis`.
pub(super) fn read_all(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Vec<ApiRequests> {
    let read = |(entry, path): (&Entry, String)| {
        let mut fields = reading.fields(&entry.node, &path)?;
        if entry.key.contains('.') {
            reading.reject(&entry.place, &path, "a name with a dot: `call` takes what follows it");
        }
        let api = read(&entry.key, &mut fields, reading);
        fields.finish();
        Some(api)
    };
    let expected = "APIs by name, such as `shop: {requests: {..}}`";
    entries(fields, "apis", expected, reading).into_iter().filter_map(read).collect()
}

fn read(name: &str, fields: &mut Fields<'_>, reading: &Reading<'_>) -> ApiRequests {
    let mut api = Api::new(name);
    // That it is an address is told once, here, and not by each request.
    class::host(fields, reading);
    let host = fields.node("host");
    api.host = host.and_then(|node| reading.template_of(node, &fields.key("host")));
    api.headers = headers(fields, reading);
    let hosted = api.host.is_some();
    api.healthcheck = reading.hosted(hosted, || healthcheck(fields, reading));
    let expected = "requests by name, such as `list: {get: /products}`";
    // Whether there is a host is a matter of the class of users that calls them.
    let requests = reading.hosted(true, || {
        let requests = entries(fields, "requests", expected, reading);
        requests.iter().filter_map(|(entry, path)| request(entry, path, reading)).collect()
    });
    ApiRequests { api: Arc::new(api), requests }
}

fn headers(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Vec<(HeaderName, Template)> {
    let entries = header_entries(fields, "headers", reading).into_iter();
    let headers = entries.filter_map(|(name, node)| {
        let path = format!("{}.{name}", fields.key("headers"));
        Some((name, reading.template_of(node, &path)?))
    });
    headers.collect()
}

/// A path, or a mapping of a method to a request, and where the version is.
fn healthcheck(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Healthcheck> {
    let node = fields.node("healthcheck")?;
    let path = fields.key("healthcheck");
    if let Value::Text(_) = node.value {
        return checked(&RequestStep::read("get", node, &path, reading)?, node, &path, reading);
    }
    let mut fields = reading.fields(node, &path)?;
    let (method, request) = method(&mut fields, reading)?;
    let step = RequestStep::read(method, request, &fields.key(method), reading);
    let version = fields.node("version");
    let version = version.map(|node| capture::read(node, &fields.key("version"), reading));
    fields.finish();
    let healthcheck = checked(&step?, node, &path, reading)?;
    Some(Healthcheck { version: version.flatten(), ..healthcheck })
}

fn checked(
    step: &RequestStep,
    node: &Node,
    path: &str,
    reading: &Reading<'_>,
) -> Option<Healthcheck> {
    let request = without_user(reading.environment, |scope| step.fill(scope));
    match request {
        Ok(request) => Some(Healthcheck { request, version: None }),
        Err(TaskError::Exception(why)) => {
            let message = format!("{why}; a healthcheck is made before there is any user");
            reading.reject(&node.place, path, message);
            None
        }
        Err(_) => None,
    }
}

fn request(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<NamedRequest> {
    let mut fields = reading.fields(&entry.node, path)?;
    let parameters: Vec<Name> = fields.get("parameters").unwrap_or_default();
    let parameters: Vec<_> = parameters.into_iter().map(|Name(name)| name).collect();
    let found = method(&mut fields, reading);
    let key = |method| fields.key(method);
    let is_sound = found.is_some_and(|(method, node)| {
        let read = || RequestStep::read(method, node, &key(method), reading);
        reading.is_sound(|| reading.of_parameters(&parameters, read))
    });
    fields.finish();
    let (method, node) = found?;
    let (name, method) = (entry.key.clone(), method.to_owned());
    Some(NamedRequest { name, parameters, method, node: node.clone(), is_sound })
}

/// The one method among the keys, and what stands under it.
fn method<'a>(fields: &mut Fields<'a>, reading: &Reading<'_>) -> Option<(&'static str, &'a Node)> {
    let found: Vec<_> =
        METHODS.into_iter().filter_map(|method| Some((method, fields.node(method)?))).collect();
    if let [found] = found[..] {
        return Some(found);
    }
    let message = "expected one method, such as `get: /products`";
    reading.reject(fields.place(), fields.path(), message);
    None
}

/// The entries of a mapping under a key, each with its own path.
fn entries<'a>(
    fields: &mut Fields<'a>,
    key: &'static str,
    expected: &str,
    reading: &Reading<'_>,
) -> Vec<(&'a Entry, String)> {
    let Some(node) = fields.node(key) else { return Vec::new() };
    let Value::Map(entries) = &node.value else {
        let message = format!("found {}, expected {expected}", node.describe());
        reading.reject(&node.place, &fields.key(key), message);
        return Vec::new();
    };
    let path = |entry: &Entry| format!("{}.{}", fields.key(key), entry.key);
    entries.iter().map(|entry| (entry, path(entry))).collect()
}

/// The name of a parameter.
struct Name(String);

impl Setting for Name {
    const EXPECTED: &'static str = "names of parameters: letters, digits and _";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let name = String::read(node)?;
        let is_name = Template::parse(&format!("${{{name}}}")) == Ok(Template::variable(&name));
        if is_name { Ok(Self(name)) } else { Err(Rejection::Unexpected) }
    }
}

/// The request that a text such as `shop.product` names.
///
/// # Errors
///
/// What is not there, with the nearest name.
pub(super) fn find<'a>(
    apis: &'a [ApiRequests],
    text: &str,
) -> Result<(&'a Arc<Api>, &'a NamedRequest), String> {
    let (api, request) = text.split_once('.').unwrap_or((text, ""));
    let of = |other: &&ApiRequests| other.requests.iter().any(|request| request.name == text);
    if let Some(other) = apis.iter().find(of).filter(|_| request.is_empty()) {
        return Err(format!("did you mean `{}.{text}`?", other.api.name));
    }
    let known = || apis.iter().map(|other| &*other.api.name);
    let found = apis.iter().find(|other| &*other.api.name == api);
    let found = found.ok_or_else(|| missing(&format!("there is no API `{api}`"), api, known()))?;
    let known = || found.requests.iter().map(|other| other.name.as_str());
    let called = found.requests.iter().find(|other| other.name == request);
    let what = match request {
        "" => format!("`{api}` names no request"),
        _ => format!("`{api}` has no request `{request}`"),
    };
    let none = || missing(&what, request, known());
    Ok((&found.api, called.ok_or_else(none)?))
}

/// What is missing, and what there is.
pub(super) fn missing<'n>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> String {
    match nearest(name, known.clone()) {
        Some(near) => format!("{what}; did you mean `{near}`?"),
        None if known.clone().next().is_none() => format!("{what}, and no other"),
        None => format!("{what}, expected one of {}", known.collect::<Vec<_>>().join(", ")),
    }
}
