//! What stands in a hole.

use std::{fmt, sync::Arc};

use serde_json::Value;

use super::{NoValue, Scope, TemplateError, without_user};
use crate::{
    document::nearest,
    environment::Environment,
    expression::{Expression, is_word},
};

/// What is put into a hole. What is needed for almost every request is known by itself; anything
/// else is an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Hole {
    /// `name`, or `name.key.key`: a variable of the user, or what is in it.
    Variable {
        /// The variable.
        name: Arc<str>,
        /// Where in its value, key by key.
        path: Box<[String]>,
    },
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
    /// `price * 2`
    Expression(Arc<Expression>),
}

/// A variable that a scenario gives a value.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Its name.
    pub name: Arc<str>,
    /// The keys of its value, if they are known.
    pub keys: Option<Vec<String>>,
}

/// The names that are no variables.
const RESERVED: [&str; 4] = ["env", "user", "iteration", "random"];

/// Where in `text` the hole ends that it begins with: braces and quotes within it are its own.
pub(super) fn end(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (c, quote) {
            _ if escaped => escaped = false,
            ('\\', Some(_)) => escaped = true,
            (_, Some(open)) if c == open => quote = None,
            ('\'' | '"', None) => quote = Some(c),
            ('{', None) => depth += 1,
            ('}', None) if depth == 0 => return Some(at),
            ('}', None) => depth -= 1,
            _ => {}
        }
    }
    None
}

impl Hole {
    /// The value of a variable.
    pub(super) fn variable(name: &str) -> Self {
        Self::Variable { name: name.into(), path: Box::default() }
    }

    pub(super) fn parse(text: &str) -> Result<Self, TemplateError> {
        match text {
            "user.id" => return Ok(Self::UserId),
            "user.class" => return Ok(Self::UserClass),
            "iteration" => return Ok(Self::Iteration),
            "random.uuid" => return Ok(Self::RandomUuid),
            _ => {}
        }
        if let Some(hole) = random_int(text).or_else(|| path(text)) {
            return Ok(hole);
        }
        let meaningless = |why| TemplateError::Meaningless { hole: text.into(), why };
        let expression = Expression::parse(text).map_err(meaningless)?;
        if let Some(path) = expression.paths().find(|path| is_nothing_of_user(path)) {
            return Err(meaningless(format!("`{path}` is none of user.id and user.class")));
        }
        Ok(Self::Expression(Arc::new(expression)))
    }

    pub(super) fn value(&self, scope: &mut Scope<'_>) -> Result<Value, NoValue> {
        let no_value = || NoValue { hole: self.to_string(), why: None };
        Ok(match self {
            Self::Variable { name, path } => {
                let value = scope.variables.get(name).ok_or_else(no_value)?;
                let value = path.iter().try_fold(value, |value, key| value.get(key));
                value.cloned().ok_or_else(no_value)?
            }
            Self::Environment(path) => scope.environment.get(path).cloned().ok_or_else(no_value)?,
            Self::UserId => scope.user.into(),
            Self::UserClass => scope.class.into(),
            Self::Iteration => scope.iteration.into(),
            Self::RandomInt(least, most) => scope.random.between(*least, *most).into(),
            Self::RandomUuid => scope.random.uuid().into(),
            Self::Expression(expression) => expression.evaluate(scope)?,
        })
    }

    /// Why the hole can never have a value, if it cannot.
    pub fn problem(&self, variables: &[Declared], environment: &Environment) -> Option<String> {
        match self {
            Self::Variable { name, path } => {
                unknown(name, path.first().map(String::as_str), variables)
            }
            Self::Environment(path) => missing(path, environment),
            Self::Expression(expression) => {
                let mut names = expression.names().filter(|name| !RESERVED.contains(name));
                let problem = names.find_map(|name| match unknown(name, None, variables) {
                    Some(_) if expression.calls(name) => {
                        Some(format!("there is no function `{name}`"))
                    }
                    problem => problem,
                });
                let mut paths = expression.paths().filter_map(|path| path.split_once('.'));
                let problem = problem.or_else(|| {
                    paths.find_map(|(name, rest)| match name {
                        "env" => missing(rest, environment),
                        name if RESERVED.contains(&name) => None,
                        name => unknown(name, rest.split('.').next(), variables),
                    })
                });
                problem.or_else(|| fails(expression, environment))
            }
            _ => None,
        }
    }
}

/// `random.int(1, 10)` of plain numbers.
fn random_int(text: &str) -> Option<Hole> {
    let arguments = text.strip_prefix("random.int(")?.strip_suffix(')')?;
    let (least, most) = arguments.split_once(',')?;
    let (least, most) = (least.trim().parse().ok()?, most.trim().parse().ok()?);
    (least <= most).then_some(Hole::RandomInt(least, most))
}

/// Names with points between them.
fn path(text: &str) -> Option<Hole> {
    let name_like =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if let Some(path) = text.strip_prefix("env.") {
        let key_like =
            |key: &str| !key.is_empty() && !key.contains(|c: char| " ()[]|'\"".contains(c));
        return path.split('.').all(key_like).then(|| Hole::Environment(path.into()));
    }
    let mut names = text.split('.');
    let name = names.next().filter(|name| !RESERVED.contains(name) && !is_word(name))?;
    let path: Box<[String]> = names.map(str::to_owned).collect();
    let plain = name_like(name) && path.iter().all(|key| name_like(key));
    plain.then(|| Hole::Variable { name: name.into(), path })
}

fn is_nothing_of_user(path: &str) -> bool {
    path.starts_with("user.") && !["user.id", "user.class"].contains(&path)
}

fn unknown(name: &str, key: Option<&str>, variables: &[Declared]) -> Option<String> {
    let Some(known) = variables.iter().find(|known| &*known.name == name) else {
        let near = nearest(name, variables.iter().map(|known| &*known.name));
        return Some(match near {
            Some(near) => {
                format!("no variable `{name}` is set or captured; did you mean `{near}`?")
            }
            None => format!("no variable `{name}` is set or captured in this scenario"),
        });
    };
    let (keys, key) = (known.keys.as_ref()?, key?);
    if keys.iter().any(|known| known == key) {
        return None;
    }
    Some(match nearest(key, keys.iter().map(String::as_str)) {
        Some(near) => format!("`{name}` has no `{key}`; did you mean `{near}`?"),
        None => format!("`{name}` has no `{key}`, expected one of {}", keys.join(", ")),
    })
}

fn missing(path: &str, environment: &Environment) -> Option<String> {
    let found = environment.get(path).is_some();
    (!found).then(|| format!("the environment `{}` has no `{path}`", environment.name))
}

/// Why an expression without variables fails, if it does: it is tried.
fn fails(expression: &Expression, environment: &Environment) -> Option<String> {
    if !expression.names().all(|name| RESERVED.contains(&name)) {
        return None;
    }
    without_user(environment, |scope| expression.evaluate(scope))
        .err()
        .map(|error| error.to_string())
}

impl fmt::Display for Hole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable { name, path } => {
                f.write_str(name)?;
                path.iter().try_for_each(|key| write!(f, ".{key}"))
            }
            Self::Environment(path) => write!(f, "env.{path}"),
            Self::UserId => f.write_str("user.id"),
            Self::UserClass => f.write_str("user.class"),
            Self::Iteration => f.write_str("iteration"),
            Self::RandomInt(least, most) => write!(f, "random.int({least}, {most})"),
            Self::RandomUuid => f.write_str("random.uuid"),
            Self::Expression(expression) => expression.fmt(f),
        }
    }
}
