//! Texts with holes: `/products/${id}`.

mod hole;

use std::{borrow::Cow, fmt};

use serde_json::{Map, Value};
use thiserror::Error;

pub use self::hole::{Declared, Hole};
use crate::{
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

/// Why a text is no template.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TemplateError {
    /// A hole has no end.
    #[error("`${{` without `}}`")]
    Unclosed,
    /// What stands in a hole means nothing.
    #[error(
        "`${{{hole}}}` means nothing: {why}; expected a variable, env.KEY, user.id, user.class, \
         iteration, random.int(1, 10), or an expression of these"
    )]
    Meaningless {
        /// What stands in the hole.
        hole: String,
        /// What is wrong with it.
        why: String,
    },
}

/// What a hole needs is not there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoValue {
    /// What stands in the hole.
    pub hole: String,
    /// What is wrong, if there is more to say.
    pub why: Option<String>,
}

impl std::error::Error for NoValue {}

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            None => write!(f, "`${{{}}}` has no value", self.hole),
            Some(why) => write!(f, "`${{{}}}`: {why}", self.hole),
        }
    }
}

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

/// Fills holes where there is no user yet, from the environment.
pub(crate) fn without_user<T>(
    environment: &Environment,
    fill: impl FnOnce(&mut Scope<'_>) -> T,
) -> T {
    fill(&mut Scope {
        variables: &Variables::default(),
        environment,
        random: &mut Random::of_user(0, 0, 0),
        user: 0,
        class: "",
        iteration: 0,
    })
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
            let inner = &rest[at + 2..];
            let end = hole::end(inner).ok_or(TemplateError::Unclosed)?;
            let (inner, after) = (&inner[..end], &inner[end + 1..]);
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
        Self { segments: vec![Segment::Hole(Hole::variable(name))] }
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
        variables.set("id", json!(42));
        variables.set("name", json!("Ann"));
        variables.set("row", json!({"names": {"first": "Ann"}, "n": 7}));
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
            ("${true}", json!(true)),
            ("${none}", Value::Null),
            ("${row.names.first}/${row.n + 1}", json!("Ann/8")),
            ("${ {'a': '}'}['a'] ~ id }", json!("}42")),
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
        for text in ["a ${b", "${'}"] {
            assert_eq!(render(text), Err("`${` without `}`".into()), "{text}");
        }
        for text in ["${}", "${a b}", "${user.name}", "${1 +}"] {
            assert!(render(text).unwrap_err().contains("means nothing"), "{text}");
        }
        assert_eq!(render("${nobody}"), Err("`${nobody}` has no value".into()));
        assert_eq!(render("${row.n.x}"), Err("`${row.n.x}` has no value".into()));
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
