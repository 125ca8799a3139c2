//! Expressions in holes and conditions: `price * 2`, `stock > 0 and not sold`.
//!
//! Their language is that of Jinja, which people who write Python know.

mod chance;
mod functions;
mod names;
mod size;

use std::{collections::BTreeSet, fmt, sync::LazyLock};

use minijinja::{
    Environment as Jinja, Error, ErrorKind, UndefinedBehavior, context, value::Value as Jin,
};
use serde_json::Value;

use self::chance::Chance;
pub(crate) use self::names::is_word;
use crate::{
    nesting::depth,
    template::{NoValue, Scope},
};

/// A compiled expression.
pub struct Expression {
    text: String,
    compiled: minijinja::Expression<'static, 'static>,
    /// The names that it refers to, without the functions.
    names: BTreeSet<String>,
    /// The same with what it takes of them: `env.hosts.shop`.
    paths: BTreeSet<String>,
}

static JINJA: LazyLock<Jinja<'static>> = LazyLock::new(|| {
    let mut jinja = Jinja::new();
    jinja.set_undefined_behavior(UndefinedBehavior::Strict);
    functions::add(&mut jinja);
    jinja
});

/// The longest expression, in bytes, and the deepest. What is parsed of it goes deeper with each of
/// its parts, and so does the stack.
const LONGEST: usize = 1000;
const DEEPEST: usize = 32;

impl Expression {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// What is not understood of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST || depth(text) > DEEPEST {
            return Err(format!("longer than {LONGEST} bytes, or nested deeper than {DEEPEST}"));
        }
        let compiled = JINJA.compile_expression_owned(text.to_owned());
        let compiled = compiled.map_err(|error| format!("{}{}", describe(&error), hint(text)))?;
        if let Some(filter) = names::filters(text).into_iter().find(|name| !is_filter(name)) {
            return Err(format!("there is no filter `{filter}`"));
        }
        let is_function = |name: &str| JINJA.globals().any(|(global, _)| global == name);
        let names = names::names(text, is_function);
        let is_of_function = |path: &str| path.split('.').next().is_some_and(is_function);
        let mut paths: BTreeSet<_> = compiled.undeclared_variables(true).into_iter().collect();
        paths.retain(|path| !is_of_function(path));
        Ok(Self { text: text.to_owned(), compiled, names, paths })
    }

    /// The names that it refers to.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The names that it refers to, with what it takes of them, such as `env.hosts.shop`.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Whether a name is that of a function in it.
    pub fn calls(&self, name: &str) -> bool {
        self.text.contains(&format!("{name}("))
    }

    /// Its value for a user.
    ///
    /// # Errors
    ///
    /// Something in it has no value, or cannot be done with the value it has.
    pub fn evaluate(&self, scope: &mut Scope<'_>) -> Result<Value, NoValue> {
        let no_value = |why| NoValue { hole: self.text.clone(), why };
        let chance = self.names.contains("random").then(|| Chance::of(scope.random));
        let known = |name: &String| {
            let value = match name.as_str() {
                "random" => Jin::from_dyn_object(chance.clone()?),
                "env" => Jin::from_serialize(&scope.environment.data),
                "user" => context! { id => scope.user, class => scope.class },
                "iteration" => scope.iteration.into(),
                name => Jin::from_serialize(scope.variables.get(name)?),
            };
            Some((name.clone(), value))
        };
        let context: Jin = self.names.iter().filter_map(known).collect();
        let value = self.compiled.eval(context);
        if let Some(chance) = chance {
            *scope.random = chance.into_random();
        }
        let value = value.map_err(|error| no_value(Some(describe(&error))))?;
        if value.is_undefined() {
            return Err(no_value(None));
        }
        if !size::is_bearable(&value) {
            return Err(no_value(Some("its value is too large".to_owned())));
        }
        serde_json::to_value(&value).map_err(|error| no_value(Some(error.to_string())))
    }

    /// Whether it holds for a user: what is empty, zero, false or null does not.
    ///
    /// # Errors
    ///
    /// As [`Expression::evaluate`].
    pub fn holds(&self, scope: &mut Scope<'_>) -> Result<bool, NoValue> {
        Ok(match self.evaluate(scope)? {
            Value::Null => false,
            Value::Bool(value) => value,
            Value::Number(number) => number.as_f64() != Some(0.0),
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(map) => !map.is_empty(),
        })
    }
}

/// Whether there is a filter of that name: only calling one tells.
fn is_filter(name: &str) -> bool {
    let called = JINJA.empty_state().apply_filter(name, &[]);
    !called.is_err_and(|error| error.kind() == ErrorKind::UnknownFilter)
}

/// What other languages write differently, if that is in it.
fn hint(text: &str) -> &'static str {
    match text {
        _ if text.contains("${") => "; names within an expression have no `${..}` of their own",
        _ if text.contains("&&") => "; `and` is written out",
        _ if text.contains("||") => "; `or` is written out",
        _ if text.contains('!') && !text.contains("!=") => "; `not` is written out",
        _ => "",
    }
}

/// What was wrong, in one line without the name of the template that an expression is not.
fn describe(error: &Error) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::UndefinedError, None) => "something in it has no value".to_owned(),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({self})")
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
