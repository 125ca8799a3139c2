//! Texts with holes: `/products/${id}`.

use std::{borrow::Cow, fmt, sync::Arc};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::{
    document::nearest,
    environment::Environment,
    random::Random,
    variables::{Variables, plain_text},
};

/// A text with holes. `$${` stands for `${`.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Text(String),
    Hole(Hole),
}

/// What is put into a hole.
#[derive(Clone, Debug, PartialEq)]
pub enum Hole {
    /// `name`: a variable of the user.
    Variable(Arc<str>),
    /// `env.a.b`: a value of the environment.
    Environment(String),
    /// `user.id`: the user's number.
    UserId,
    /// `user.class`: the name of the user's class.
    UserClass,
    /// `iteration`: how many tasks the user has begun, from 0.
    Iteration,
    /// `random.int(1, 10)`: a whole number, both ends included.
    RandomInt(i64, i64),
    /// `random.uuid`: a UUID of version 4.
    RandomUuid,
}

/// Why a text is no template.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TemplateError {
    /// A hole has no end.
    #[error("`${{` without `}}`")]
    Unclosed,
    /// What stands in a hole means nothing.
    #[error(
        "`${{{0}}}` means nothing; expected a variable, env.KEY, user.id, user.class, iteration, \
         random.int(1, 10) or random.uuid"
    )]
    Meaningless(String),
}

/// What a hole needs is not there.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("`${{{0}}}` has no value")]
pub struct NoValue(pub String);

/// What holes are filled from.
pub struct Scope<'a> {
    /// The user's variables.
    pub variables: &'a Variables,
    /// The environment.
    pub environment: &'a Environment,
    /// The user's random choices.
    pub random: &'a mut Random,
    /// The user's number.
    pub user: u32,
    /// The name of the user's class.
    pub class: &'a str,
    /// How many tasks the user has begun.
    pub iteration: u64,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// A hole without an end, or one that means nothing.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut segments = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("${") {
            if rest[..at].ends_with('$') {
                plain.push_str(&rest[..at - 1]);
                plain.push_str("${");
                rest = &rest[at + 2..];
                continue;
            }
            plain.push_str(&rest[..at]);
            let (inner, after) = rest[at + 2..].split_once('}').ok_or(TemplateError::Unclosed)?;
            if !plain.is_empty() {
                segments.push(Segment::Text(std::mem::take(&mut plain)));
            }
            segments.push(Segment::Hole(Hole::parse(inner.trim())?));
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            segments.push(Segment::Text(plain));
        }
        Ok(Self { segments })
    }

    /// One hole for a variable.
    pub fn variable(name: &str) -> Self {
        Self { segments: vec![Segment::Hole(Hole::Variable(name.into()))] }
    }

    /// The text, if there is no hole in it.
    pub fn fixed(&self) -> Option<&str> {
        match &*self.segments {
            [] => Some(""),
            [Segment::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it begins with a character, and not with a hole.
    pub fn starts_with(&self, start: char) -> bool {
        matches!(self.segments.first(), Some(Segment::Text(text)) if text.starts_with(start))
    }

    /// The holes.
    pub fn holes(&self) -> impl Iterator<Item = &Hole> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Hole(hole) => Some(hole),
            Segment::Text(_) => None,
        })
    }

    /// Fills the holes.
    ///
    /// # Errors
    ///
    /// The first hole that has no value.
    pub fn render(&self, scope: &mut Scope<'_>) -> Result<Cow<'_, str>, NoValue> {
        if let Some(text) = self.fixed() {
            return Ok(Cow::Borrowed(text));
        }
        let mut text = String::new();
        for segment in &self.segments {
            match segment {
                Segment::Text(plain) => text.push_str(plain),
                Segment::Hole(hole) => text.push_str(&plain_text(&hole.value(scope)?)),
            }
        }
        Ok(Cow::Owned(text))
    }

    /// Fills the holes; a text that is one hole and nothing else keeps its value's type.
    ///
    /// # Errors
    ///
    /// The first hole that has no value.
    pub fn render_value(&self, scope: &mut Scope<'_>) -> Result<Value, NoValue> {
        match &*self.segments {
            [Segment::Hole(hole)] => hole.value(scope),
            _ => self.render(scope).map(|text| Value::String(text.into_owned())),
        }
    }
}

impl Hole {
    fn parse(text: &str) -> Result<Self, TemplateError> {
        let meaningless = || TemplateError::Meaningless(text.into());
        match text {
            "user.id" => return Ok(Self::UserId),
            "user.class" => return Ok(Self::UserClass),
            "iteration" => return Ok(Self::Iteration),
            "random.uuid" => return Ok(Self::RandomUuid),
            _ => {}
        }
        if let Some(path) = text.strip_prefix("env.") {
            return Ok(Self::Environment(path.into()));
        }
        if let Some(arguments) = text.strip_prefix("random.int(").and_then(|t| t.strip_suffix(')'))
        {
            let (least, most) = arguments.split_once(',').ok_or_else(meaningless)?;
            let number = |text: &str| text.trim().parse().map_err(|_| meaningless());
            let (least, most) = (number(least)?, number(most)?);
            return if least <= most {
                Ok(Self::RandomInt(least, most))
            } else {
                Err(meaningless())
            };
        }
        let name_like = |c: char| c.is_alphanumeric() || c == '_';
        if !text.is_empty() && text.chars().all(name_like) {
            Ok(Self::Variable(text.into()))
        } else {
            Err(meaningless())
        }
    }

    fn value(&self, scope: &mut Scope<'_>) -> Result<Value, NoValue> {
        let no_value = || NoValue(self.to_string());
        Ok(match self {
            Self::Variable(name) => scope.variables.get(name).cloned().ok_or_else(no_value)?,
            Self::Environment(path) => scope.environment.get(path).cloned().ok_or_else(no_value)?,
            Self::UserId => scope.user.into(),
            Self::UserClass => scope.class.into(),
            Self::Iteration => scope.iteration.into(),
            Self::RandomInt(least, most) => scope.random.between(*least, *most).into(),
            Self::RandomUuid => uuid(scope.random.bits()).into(),
        })
    }

    /// Why the hole can never have a value, if it cannot.
    pub fn problem(&self, variables: &[Arc<str>], environment: &Environment) -> Option<String> {
        match self {
            Self::Variable(name) if !variables.contains(name) => {
                let near = nearest(name, variables.iter().map(|v| &**v));
                Some(match near {
                    Some(near) => {
                        format!("no variable `{name}` is set or captured; did you mean `{near}`?")
                    }
                    None => format!("no variable `{name}` is set or captured in this scenario"),
                })
            }
            Self::Environment(path) if environment.get(path).is_none() => {
                Some(format!("the environment `{}` has no `{path}`", environment.name))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => f.write_str(name),
            Self::Environment(path) => write!(f, "env.{path}"),
            Self::UserId => f.write_str("user.id"),
            Self::UserClass => f.write_str("user.class"),
            Self::Iteration => f.write_str("iteration"),
            Self::RandomInt(least, most) => write!(f, "random.int({least}, {most})"),
            Self::RandomUuid => f.write_str("random.uuid"),
        }
    }
}

/// 128 random bits as a UUID of version 4.
fn uuid(bits: u128) -> String {
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// JSON with holes in its texts.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonTemplate {
    /// JSON without holes.
    Fixed(Value),
    /// A text with holes.
    Text(Template),
    /// A list of which some have holes.
    List(Vec<JsonTemplate>),
    /// An object of which some values have holes.
    Map(Vec<(String, JsonTemplate)>),
}

impl JsonTemplate {
    /// Fills the holes.
    ///
    /// # Errors
    ///
    /// The first hole that has no value.
    pub fn render(&self, scope: &mut Scope<'_>) -> Result<Value, NoValue> {
        Ok(match self {
            Self::Fixed(value) => value.clone(),
            Self::Text(template) => template.render_value(scope)?,
            Self::List(items) => {
                let items = items.iter().map(|item| item.render(scope));
                Value::Array(items.collect::<Result<_, _>>()?)
            }
            Self::Map(entries) => {
                let entries = entries.iter().map(|(key, v)| Ok((key.clone(), v.render(scope)?)));
                Value::Object(entries.collect::<Result<Map<_, _>, NoValue>>()?)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn render(text: &str) -> Result<Value, String> {
        let mut variables = Variables::default();
        variables.set(&"id".into(), json!(42));
        variables.set(&"name".into(), json!("Ann"));
        let environment =
            Environment { data: json!({"hosts": {"shop": "http://s"}}), ..Default::default() };
        let mut scope = Scope {
            variables: &variables,
            environment: &environment,
            random: &mut Random::of_user(1, 7, 0),
            user: 7,
            class: "Visitor",
            iteration: 3,
        };
        let template = Template::parse(text).map_err(|error| error.to_string())?;
        template.render_value(&mut scope).map_err(|error| error.to_string())
    }

    #[test]
    fn holes_are_filled() {
        for (text, value) in [
            ("/products/${id}", json!("/products/42")),
            ("${id}", json!(42)),
            ("${ name }!", json!("Ann!")),
            ("${env.hosts.shop}/x", json!("http://s/x")),
            ("${user.class}-${user.id}-${iteration}", json!("Visitor-7-3")),
            ("$${id} costs $5", json!("${id} costs $5")),
            ("", json!("")),
            ("${random.int(5,5)}", json!(5)),
        ] {
            assert_eq!(render(text), Ok(value), "{text}");
        }
    }

    #[test]
    fn a_uuid_is_of_version_4() {
        let uuid = render("${random.uuid}").unwrap();
        let uuid = uuid.as_str().unwrap();
        assert_eq!(uuid.len(), 36);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    }

    #[test]
    fn what_means_nothing_is_refused() {
        assert_eq!(render("a ${b"), Err("`${` without `}`".into()));
        for text in ["${}", "${a b}", "${random.int(1)}", "${random.int(2, 1)}", "${user.name}"] {
            assert!(render(text).unwrap_err().contains("means nothing"), "{text}");
        }
        assert_eq!(render("${nobody}"), Err("`${nobody}` has no value".into()));
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused(text in ".{0,40}") {
            if let Ok(template) = Template::parse(&text) && !text.contains("${") {
                prop_assert_eq!(template.fixed(), Some(text.as_str()));
            }
        }
    }
}
