//! By what CloudWatch tells metrics apart: each set of dimensions, with each of its values, is a
//! metric of its own, and is paid for.

use std::collections::BTreeSet;

use engine::{
    document::{Node, Rejection, Setting, Value},
    stats::Key,
};
use serde::{Deserialize, Serialize};

use crate::Origin;

/// The longest value that CloudWatch takes.
const LONGEST: usize = 1024;

/// How many sets there may be: more is surely a mistake, and an expensive one.
const MOST_SETS: usize = 10;

/// By what metrics are told apart.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Dimension {
    Test,
    Env,
    Method,
    Transaction,
    Region,
    Generator,
    Run,
}

impl Dimension {
    pub(super) const ALL: [Self; 7] = [
        Self::Test,
        Self::Env,
        Self::Method,
        Self::Transaction,
        Self::Region,
        Self::Generator,
        Self::Run,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Env => "env",
            Self::Method => "method",
            Self::Transaction => "transaction",
            Self::Region => "region",
            Self::Generator => "generator",
            Self::Run => "run",
        }
    }

    /// Whether it tells transactions apart.
    pub(super) fn is_of_transaction(self) -> bool {
        matches!(self, Self::Method | Self::Transaction)
    }

    /// Its value, as CloudWatch takes it. What is of no transaction has no method and no name.
    pub(super) fn value(self, origin: &Origin, key: Option<&Key>) -> Option<String> {
        let value = match self {
            Self::Test => origin.header.test.clone(),
            Self::Env => origin.header.env.clone(),
            Self::Method => key?.method.clone(),
            Self::Transaction => key?.name.clone(),
            Self::Region => origin.region.clone().unwrap_or_default(),
            Self::Generator => {
                origin.generator.map(|number| number.to_string()).unwrap_or_default()
            }
            Self::Run => origin.run.clone(),
        };
        Some(plain(&value))
    }
}

/// A value of visible ASCII: what is not is written as in a URL, so that different ones stay so.
fn plain(value: &str) -> String {
    if value.trim().is_empty() {
        return "-".into();
    }
    let mut plain = String::with_capacity(value.len());
    for char in value.chars() {
        let piece = match char {
            ' '..='~' => char.to_string(),
            _ => char.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
        };
        if plain.len() + piece.len() > LONGEST {
            break;
        }
        plain.push_str(&piece);
    }
    plain
}

/// A set of them, in the order in which it was written.
pub(super) type Set = Vec<Dimension>;

/// The sets of dimensions of each metric.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub(super) struct Dimensions(Vec<Set>);

impl Dimensions {
    /// Those of what is measured of one transaction.
    pub(super) fn of_transaction(&self) -> Vec<&Set> {
        self.0.iter().filter(|set| is_of_transaction(set)).collect()
    }

    /// Those of what is measured of all of them.
    pub(super) fn of_test(&self) -> Vec<&Set> {
        self.0.iter().filter(|set| !is_of_transaction(set)).collect()
    }

    fn try_new(sets: Vec<Set>) -> Option<Self> {
        let distinct = |set: &Set| set.iter().collect::<BTreeSet<_>>().len() == set.len();
        let good = sets.iter().all(|set| !set.is_empty() && distinct(set));
        let some = (1..=MOST_SETS).contains(&sets.len());
        (good && some).then_some(Self(sets))
    }
}

fn is_of_transaction(set: &Set) -> bool {
    set.iter().any(|dimension| dimension.is_of_transaction())
}

impl Default for Dimensions {
    /// CloudWatch adds up what generators and regions of one account and region tell, so neither is
    /// a dimension.
    fn default() -> Self {
        use Dimension::{Env, Method, Test, Transaction};
        Self(vec![vec![Test, Env], vec![Test, Env, Method, Transaction]])
    }
}

impl Setting for Dimensions {
    const EXPECTED: &'static str = "up to ten lists of test, env, method, transaction, region, \
                                    generator and run, such as [[test, env], [test, transaction]]";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let Value::List(sets) = &node.value else { return Err(Rejection::Unexpected) };
        let sets: Option<Vec<_>> = sets.iter().map(set).collect();
        sets.and_then(Self::try_new).ok_or(Rejection::Unexpected)
    }
}

fn set(node: &Node) -> Option<Set> {
    let Value::List(names) = &node.value else { return None };
    let known = |node: &Node| {
        let text = node.text()?;
        Dimension::ALL.into_iter().find(|dimension| dimension.name() == text)
    };
    names.iter().map(known).collect()
}

#[cfg(test)]
mod tests {
    use engine::document::{Source, parse_value};

    use super::*;

    #[test]
    fn a_value_is_what_cloudwatch_takes() {
        assert_eq!(plain("GET /a b"), "GET /a b");
        assert_eq!(plain("grün\n"), "gr%C3%BCn%0A");
        assert_eq!(plain(" "), "-");
        let long = plain(&"ü".repeat(2000));
        assert!(long.len() <= 1024 && long.ends_with("%BC"), "{}", long.len());
    }

    #[test]
    fn sets_are_read() {
        let read = |text: &str| {
            let node = parse_value(&Source::option("test"), text);
            Dimensions::read(&node).ok()
        };
        let wanted = Dimensions(vec![vec![Dimension::Test, Dimension::Region]]);
        assert_eq!(read("[[test, region]]"), Some(wanted));
        for bad in ["[]", "[[]]", "[test]", "test", "[[test, test]]", "[[nothing]]", "[[1]]"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
