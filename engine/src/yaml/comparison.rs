//! What a value is compared with, in YAML.

use serde_json::Value as Json;

use super::Reading;
use crate::{
    document::{Node, Value, nearest},
    expected::{Comparison, ComparisonError, Of, Operator},
    scenario::TaskError,
    template::{JsonTemplate, Scope},
};

/// A comparison with holes.
pub(super) enum ComparisonTemplate {
    /// Without holes.
    Fixed(Comparison),
    /// With holes in what is compared with.
    Open(Of, Operator, JsonTemplate),
}

const OPERATORS: [(&str, Operator); 9] = [
    ("is", Operator::Is),
    ("not", Operator::Not),
    ("less_than", Operator::LessThan),
    ("at_most", Operator::AtMost),
    ("more_than", Operator::MoreThan),
    ("at_least", Operator::AtLeast),
    ("contains", Operator::Contains),
    ("matches", Operator::Matches),
    ("exists", Operator::Exists),
];

const NUMBERS: [(&str, Of); 2] = [("length", Of::Length), ("count", Of::Count)];

/// Reads a mapping of comparisons, or a plain value as a comparison of one kind.
pub(super) fn read(
    node: &Node,
    path: &str,
    plain: Operator,
    reading: &Reading<'_>,
) -> Vec<ComparisonTemplate> {
    read_of(Of::Value, node, path, plain, reading)
}

fn read_of(
    of: Of,
    node: &Node,
    path: &str,
    plain: Operator,
    reading: &Reading<'_>,
) -> Vec<ComparisonTemplate> {
    let Value::Map(entries) = &node.value else {
        return read_operand(of, plain, node, path, reading).into_iter().collect();
    };
    let read = entries.iter().flat_map(|entry| {
        let path = format!("{path}.{}", entry.key);
        if let Some(of) = named(&NUMBERS, &entry.key).filter(|_| of == Of::Value) {
            return read_of(of, &entry.node, &path, Operator::Is, reading);
        }
        let operator = named(&OPERATORS, &entry.key);
        let Some(operator) = operator.filter(|operator| of == Of::Value || operator.of_numbers())
        else {
            reading.reject(&entry.place, &path, unknown(&entry.key));
            return Vec::new();
        };
        read_operand(of, operator, &entry.node, &path, reading).into_iter().collect()
    });
    read.collect()
}

fn named<T: Copy>(names: &[(&str, T)], name: &str) -> Option<T> {
    names.iter().find(|(known, _)| *known == name).map(|(_, named)| *named)
}

fn read_operand(
    of: Of,
    operator: Operator,
    node: &Node,
    path: &str,
    reading: &Reading<'_>,
) -> Option<ComparisonTemplate> {
    let JsonTemplate::Fixed(operand) = reading.json(node, path)? else {
        return Some(ComparisonTemplate::Open(of, operator, reading.json(node, path)?));
    };
    match compare(of, operator, operand) {
        Ok(comparison) => Some(ComparisonTemplate::Fixed(comparison)),
        Err(error) => {
            reading.reject(&node.place, path, format!("found {}, {error}", node.describe()));
            None
        }
    }
}

/// What is counted or measured is compared with numbers.
fn compare(of: Of, operator: Operator, operand: Json) -> Result<Comparison, ComparisonError> {
    if of != Of::Value && !operand.is_number() {
        return Err(ComparisonError::NotANumber);
    }
    Comparison::try_new(of, operator, operand)
}

fn unknown(key: &str) -> String {
    let names =
        || OPERATORS.iter().map(|(name, _)| *name).chain(NUMBERS.iter().map(|(name, _)| *name));
    nearest(key, names()).map_or_else(
        || {
            let names: Vec<_> = names().collect();
            format!("unknown comparison, expected one of {}", names.join(", "))
        },
        |near| format!("unknown comparison; did you mean `{near}`?"),
    )
}

impl ComparisonTemplate {
    /// The comparison, if there is no hole in it.
    pub(super) fn fixed(&self) -> Option<Comparison> {
        if let Self::Fixed(comparison) = self { Some(comparison.clone()) } else { None }
    }

    /// Fills the holes.
    ///
    /// # Errors
    ///
    /// A hole without a value, or a value that cannot be compared with.
    pub(super) fn render(&self, scope: &mut Scope<'_>) -> Result<Comparison, TaskError> {
        match self {
            Self::Fixed(comparison) => Ok(comparison.clone()),
            Self::Open(of, operator, operand) => {
                Ok(compare(*of, *operator, operand.render(scope)?)?)
            }
        }
    }
}
