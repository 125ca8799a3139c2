//! Ways to sign in, under `sign_in`.

mod aws;
mod oauth2;
mod token;

use std::{slice, sync::Arc};

use http::HeaderName;

use super::{Reading, step};
use crate::{
    document::{Entry, Fields, Node, Rejection, Setting, Value},
    http::Target,
    sign_in::{ApiKey, Basic, Kind, SignIn, Tokens, transaction},
    template::Template,
};

/// Reads all ways to sign in, each under its name.
pub(super) fn read_all(fields: &mut Fields<'_>, reading: &Reading<'_>) {
    let expected = "ways to sign in by name, such as `shop: {basic: {user: .., password: ..}}`";
    let Some(node) = fields.node("sign_in") else { return };
    let Value::Map(entries) = &node.value else {
        fields.reject("sign_in", format!("found {}, expected {expected}", node.describe()));
        return;
    };
    // Paths are relative to the hosts of the classes.
    reading.of_class(true);
    let read = |entry: &Entry| {
        let path = format!("sign_in.{}", entry.key);
        let fields = reading.fields(&entry.node, &path)?;
        let transaction = transaction(&entry.key);
        reading.in_transaction(transaction, || read(&entry.key, fields, reading)).map(Arc::new)
    };
    let sign_ins = entries.iter().filter_map(read).collect();
    reading.of_sign_ins(sign_ins);
}

/// How the users of a class sign in, if they do.
pub(super) fn of_class(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Arc<SignIn>> {
    let name: String = fields.get("sign_in")?;
    let sign_in =
        reading.sign_in(&name).map_err(|problem| fields.reject("sign_in", problem)).ok()?;
    if !reading.has_host() && sign_in.hosts.is_empty() {
        let message = "credentials are for the host of the class, and it has none: give `host`";
        fields.reject("sign_in", message);
    }
    Some(sign_in)
}

fn read(name: &str, mut fields: Fields<'_>, reading: &Reading<'_>) -> Option<SignIn> {
    let kinds: [Option<Kind>; 6] = [
        fields.fields("basic").map(|fields| basic(fields, reading)),
        fields.fields("api_key").map(|fields| api_key(fields, reading)),
        fields.fields("bearer").map(|fields| token::read(name, fields, reading).map(Kind::Token)),
        fields.fields("oauth2").map(|fields| {
            let oauth2 = oauth2::read(name, fields, reading)?;
            Some(Kind::Token(Tokens::bearer(oauth2)))
        }),
        fields.fields("aws").map(|fields| aws::read(fields, reading).map(Kind::Aws)),
        step::read_action(&mut fields, "session", reading).map(|steps| Some(Kind::Session(steps))),
    ]
    .map(Option::flatten);
    let written = |key: &&Entry| KINDS.contains(&key.key.as_str());
    let number = fields.entries().iter().filter(written).count();
    if number != 1 {
        let message = format!("expected one of {}", KINDS.join(", "));
        reading.reject(fields.place(), fields.path(), message);
    }
    let shared = fields.get("shared").unwrap_or(false);
    let hosts = hosts(&mut fields, reading);
    let kind = kinds.into_iter().flatten().next();
    let sign_in = kind.map(|kind| SignIn::new(name, kind));
    if shared && sign_in.as_ref().is_some_and(|sign_in| !sign_in.can_be_shared()) {
        fields.reject("shared", "the cookies of a session are each user's own");
        return None;
    }
    fields.finish();
    sign_in.map(|sign_in| SignIn { shared, hosts, ..sign_in })
}

/// Whom a credential is for besides the classes' own hosts.
fn hosts(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Vec<Template> {
    let Some(node) = fields.node("hosts") else { return Vec::new() };
    let nodes = if let Value::List(items) = &node.value { items } else { slice::from_ref(node) };
    let path = fields.key("hosts");
    let read = |node: &Node| {
        let host = reading.constant(node, &path)?;
        if let Err(error) = Target::parse(&host) {
            let message = format!("{error}, expected one such as https://example.org");
            reading.reject(&node.place, &path, message);
        }
        reading.template_of(node, &path)
    };
    nodes.iter().filter_map(read).collect()
}

const KINDS: [&str; 6] = ["basic", "api_key", "bearer", "oauth2", "session", "aws"];

fn basic(mut fields: Fields<'_>, reading: &Reading<'_>) -> Option<Kind> {
    let user = required(&mut fields, "user", "the user's name", reading);
    let password = required(&mut fields, "password", "the user's password", reading);
    fields.finish();
    Some(Kind::Basic(Basic { user: user?, password: password? }))
}

fn api_key(mut fields: Fields<'_>, reading: &Reading<'_>) -> Option<Kind> {
    let header: Option<Header> = fields.require("header");
    let key = required(&mut fields, "key", "the key, such as ${env.api_key}", reading);
    fields.finish();
    let Header(header) = header?;
    Some(Kind::ApiKey(ApiKey { header, key: key? }))
}

/// A text with holes that must be there.
fn required(
    fields: &mut Fields<'_>,
    key: &'static str,
    expected: &str,
    reading: &Reading<'_>,
) -> Option<Template> {
    let node = fields.require_node(key, expected)?;
    reading.template_of(node, &fields.key(key))
}

/// A text with holes that may be there.
fn optional(fields: &mut Fields<'_>, key: &'static str, reading: &Reading<'_>) -> Option<Template> {
    let node = fields.node(key)?;
    reading.template_of(node, &fields.key(key))
}

/// A header's name.
struct Header(HeaderName);

impl Setting for Header {
    const EXPECTED: &'static str = "a header's name, such as X-Api-Key";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let name = node.text().and_then(|text| HeaderName::try_from(text).ok());
        name.map(Self).ok_or(Rejection::Unexpected)
    }
}
