//! `profile.lambda`: how functions are made, and how they are used.

use std::{collections::BTreeMap, ops::RangeInclusive};

use cloud::{ask::Reply, names::TAG};
use engine::document::{Fields, Node, Problem, Rejection, Setting, Value};

use super::items;
use crate::{
    config::limits::part,
    functions::{Architecture, Functions, Vpc},
    price::Usd,
};

pub(super) fn read(mut fields: Fields<'_>) -> Functions {
    let default = Functions::default();
    let functions = Functions {
        memory_mb: fields.get("memory").map_or(default.memory_mb, |Memory(mb)| mb),
        architecture: fields.get("architecture").unwrap_or(default.architecture),
        users_per_function: fields
            .get("users_per_function")
            .map_or(default.users_per_function, |Users(number)| number),
        role: fields.get("role").map(|Role(arn)| arn),
        log_retention_days: fields
            .get("log_retention_days")
            .map_or(default.log_retention_days, |Retention(days)| days),
        tags: fields.fields("tags").map(|fields| tags(&fields)).unwrap_or_default(),
        reserved_concurrency: fields.get("reserved_concurrency").map(|Reserved(number)| number),
        vpc: fields.fields("vpc").and_then(vpc),
        reply: fields.get("reply").map_or(default.reply, |Travel(reply)| reply),
        min_coverage: fields.get("min_coverage").map(|Coverage(part)| part),
        max_cost: fields.get("max_cost"),
    };
    fields.finish();
    functions
}

/// AWS takes 50 tags; some are left for what it is deployed with.
const MOST_TAGS: usize = 40;

fn tags(fields: &Fields<'_>) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    let written = fields.entries().iter().filter(|entry| entry.node.value != Value::Null);
    for entry in written {
        if let Some(why) = wrong_tag(&entry.key) {
            fields.reject(&entry.key, why);
        } else if let Some(TagText(value)) = fields.read(&entry.node, &fields.key(&entry.key)) {
            tags.insert(entry.key.clone(), value);
        }
    }
    if tags.len() > MOST_TAGS {
        let message = format!("found {} tags, expected at most {MOST_TAGS}", tags.len());
        fields.problems().add(Problem::new(fields.place(), fields.path(), message));
    }
    tags
}

fn wrong_tag(key: &str) -> Option<String> {
    if key == TAG {
        return Some(format!(
            "the tag `{TAG}` tells what is made for load tests, and is set already"
        ));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Some("tags that begin with `aws:` are AWS's own".into());
    }
    let valid = is_tag_text(key) && (1..=128).contains(&key.chars().count());
    (!valid).then(|| format!("no key of a tag, expected 1 to 128 of {TAG_CHARACTERS}"))
}

const TAG_CHARACTERS: &str = "letters, digits, spaces and _ . : / = + - @";

fn is_tag_text(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c))
}

fn vpc(mut fields: Fields<'_>) -> Option<Vpc> {
    let subnets = ids::<Subnet>(&mut fields, "subnets");
    let security_groups = ids::<SecurityGroup>(&mut fields, "security_groups");
    fields.finish();
    Some(Vpc {
        subnets: subnets?.into_iter().map(|Subnet(id)| id).collect(),
        security_groups: security_groups?.into_iter().map(|SecurityGroup(id)| id).collect(),
    })
}

/// At least one value.
fn ids<T: Setting>(fields: &mut Fields<'_>, key: &'static str) -> Option<Vec<T>> {
    let node = fields.require_node(key, T::EXPECTED)?;
    let empty = matches!(&node.value, Value::List(items) if items.is_empty());
    if empty {
        fields.reject(key, format!("found an empty list, expected {}", T::EXPECTED));
    }
    Some(items(fields, key))
}

fn whole(node: &Node, allowed: &RangeInclusive<u32>) -> Result<u32, Rejection> {
    let number = u32::read(node)?;
    if allowed.contains(&number) { Ok(number) } else { Err(Rejection::Unexpected) }
}

struct Memory(u32);

impl Setting for Memory {
    const EXPECTED: &'static str =
        "megabytes of memory, a whole number from 128 to 10,240, such as 1769 (one core)";

    fn read(node: &Node) -> Result<Self, Rejection> {
        whole(node, &(128..=10_240)).map(Self)
    }
}

impl Setting for Architecture {
    const EXPECTED: &'static str = "x86_64 or arm64";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let found = Self::ALL.into_iter().find(|architecture| architecture.name() == text);
        found.ok_or(Rejection::Unexpected)
    }
}

/// A function has 1,024 descriptors, and needs some for itself.
struct Users(u32);

impl Setting for Users {
    const EXPECTED: &'static str = "a whole number of users from 1 to 900, such as 500";

    fn read(node: &Node) -> Result<Self, Rejection> {
        whole(node, &(1..=900)).map(Self)
    }
}

struct Role(String);

impl Setting for Role {
    const EXPECTED: &'static str =
        "the ARN of a role, such as arn:aws:iam::123456789012:role/load-test";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = node.text().ok_or(Rejection::Unexpected)?;
        let parts: Vec<_> = text.splitn(6, ':').collect();
        let ["arn", partition, "iam", "", account, resource] = parts[..] else {
            return Err(Rejection::Unexpected);
        };
        let valid = partition.starts_with("aws")
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            && resource.strip_prefix("role/").is_some_and(|name| !name.is_empty());
        if valid { Ok(Self(text.into())) } else { Err(Rejection::Unexpected) }
    }
}

/// The days that logs can be kept for.
const RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

struct Retention(u32);

impl Setting for Retention {
    const EXPECTED: &'static str = "one of the numbers of days that CloudWatch takes: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, \
         180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let days = u32::read(node)?;
        if RETENTIONS.contains(&days) { Ok(Self(days)) } else { Err(Rejection::Unexpected) }
    }
}

struct TagText(String);

impl Setting for TagText {
    const EXPECTED: &'static str =
        "a text of at most 256 letters, digits, spaces and _ . : / = + - @";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let text = String::read(node)?;
        let valid = is_tag_text(&text) && text.chars().count() <= 256;
        if valid { Ok(Self(text)) } else { Err(Rejection::Unexpected) }
    }
}

/// None at all would disable the function.
struct Reserved(u32);

impl Setting for Reserved {
    const EXPECTED: &'static str = "a whole number of functions, 1 or more";

    fn read(node: &Node) -> Result<Self, Rejection> {
        whole(node, &(1..=u32::MAX)).map(Self)
    }
}

struct Subnet(String);

impl Setting for Subnet {
    const EXPECTED: &'static str = "a subnet such as subnet-0a1b2c3d, or a list of them";

    fn read(node: &Node) -> Result<Self, Rejection> {
        id(node, "subnet-").map(Self)
    }
}

struct SecurityGroup(String);

impl Setting for SecurityGroup {
    const EXPECTED: &'static str = "a security group such as sg-0a1b2c3d, or a list of them";

    fn read(node: &Node) -> Result<Self, Rejection> {
        id(node, "sg-").map(Self)
    }
}

fn id(node: &Node, prefix: &str) -> Result<String, Rejection> {
    let text = node.text().ok_or(Rejection::Unexpected)?;
    let rest = text.strip_prefix(prefix).ok_or(Rejection::Unexpected)?;
    let valid = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric());
    if valid { Ok(text.into()) } else { Err(Rejection::Unexpected) }
}

struct Travel(Reply);

impl Setting for Travel {
    const EXPECTED: &'static str = "stream or whole";

    fn read(node: &Node) -> Result<Self, Rejection> {
        match node.text() {
            Some("stream") => Ok(Self(Reply::Stream)),
            Some("whole") => Ok(Self(Reply::Whole)),
            _ => Err(Rejection::Unexpected),
        }
    }
}

struct Coverage(f64);

impl Setting for Coverage {
    const EXPECTED: &'static str = "a part from 0 to 1, such as 0.95 or 95%";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let part = part(node)?;
        if (0.0..=1.0).contains(&part) { Ok(Self(part)) } else { Err(Rejection::Unexpected) }
    }
}

impl Setting for Usd {
    const EXPECTED: &'static str = "dollars, a number above 0, such as 5 or 0.50";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let dollars = f64::read(node)?;
        let valid = dollars.is_finite() && dollars > 0.0;
        if valid { Ok(Self(dollars)) } else { Err(Rejection::Unexpected) }
    }
}
