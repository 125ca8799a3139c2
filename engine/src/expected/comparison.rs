//! What a value is compared with.

mod test;

use serde_json::{Number, Value};

use self::test::Test;
pub use self::test::{ComparisonError, Operator};
use super::{json::describe, shorten};
use crate::secret::MASK;

/// What a value at a JSON path, or of a header, is to be.
#[derive(Clone, Debug)]
pub struct Comparison {
    of: Of,
    test: Test,
}

/// What of the values is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Of {
    /// Each of them.
    Value,
    /// The length of each: characters of a text, items of a list, keys of an object.
    Length,
    /// How many there are.
    Count,
}

impl Comparison {
    /// A comparison of each value.
    ///
    /// # Errors
    ///
    /// What the operator cannot compare with.
    pub fn try_new(of: Of, operator: Operator, operand: Value) -> Result<Self, ComparisonError> {
        Ok(Self { of, test: Test::try_new(operator, operand)? })
    }

    /// It is this value.
    pub fn is(value: impl Into<Value>) -> Self {
        Self { of: Of::Value, test: Test::Is(value.into()) }
    }

    /// It is another value.
    pub fn not(value: impl Into<Value>) -> Self {
        Self { of: Of::Value, test: Test::Not(value.into()) }
    }

    /// It is a number below this one.
    ///
    /// # Panics
    ///
    /// If this is no number.
    pub fn less_than(number: impl Into<Value>) -> Self {
        Self::known(Operator::LessThan, number.into())
    }

    /// It is a number not above this one.
    ///
    /// # Panics
    ///
    /// If this is no number.
    pub fn at_most(number: impl Into<Value>) -> Self {
        Self::known(Operator::AtMost, number.into())
    }

    /// It is a number above this one.
    ///
    /// # Panics
    ///
    /// If this is no number.
    pub fn more_than(number: impl Into<Value>) -> Self {
        Self::known(Operator::MoreThan, number.into())
    }

    /// It is a number not below this one.
    ///
    /// # Panics
    ///
    /// If this is no number.
    pub fn at_least(number: impl Into<Value>) -> Self {
        Self::known(Operator::AtLeast, number.into())
    }

    /// It is a text with this in it, a list with this item, or an object with these keys.
    pub fn contains(value: impl Into<Value>) -> Self {
        Self { of: Of::Value, test: Test::Contains(value.into()) }
    }

    /// A regular expression matches in it.
    ///
    /// # Panics
    ///
    /// If this is no regular expression.
    pub fn matches(regex: &str) -> Self {
        Self::known(Operator::Matches, regex.into())
    }

    /// It is there, whatever it is.
    pub fn exists() -> Self {
        Self { of: Of::Value, test: Test::Exists(true) }
    }

    /// It is not there.
    pub fn missing() -> Self {
        Self { of: Of::Value, test: Test::Exists(false) }
    }

    /// Its length compares so: characters of a text, items of a list, keys of an object.
    pub fn length(length: Self) -> Self {
        Self { of: Of::Length, ..length }
    }

    /// The number of values that there are compares so.
    pub fn count(count: Self) -> Self {
        Self { of: Of::Count, ..count }
    }

    fn known(operator: Operator, operand: Value) -> Self {
        match Self::try_new(Of::Value, operator, operand) {
            Ok(comparison) => comparison,
            Err(error) => panic!("{error}"),
        }
    }

    /// Compares all the values that a JSON path found: each must pass, and there must be one.
    ///
    /// # Errors
    ///
    /// What was there instead.
    pub(super) fn of_values(&self, found: &[&Value]) -> Result<(), String> {
        self.of_number(found.len())?
            .map_or_else(|| found.iter().try_for_each(|value| self.of_value(value)), |()| Ok(()))
    }

    /// Compares all the values of a header: one must pass, or all where it is to be another.
    ///
    /// # Errors
    ///
    /// What was there instead.
    pub(super) fn of_texts(&self, found: &[&str]) -> Result<(), String> {
        if self.of_number(found.len())?.is_some() {
            return Ok(());
        }
        let compared = found.iter().map(|text| self.of_text(text));
        if matches!(self.test, Test::Not(_)) {
            return compared.collect();
        }
        compared.reduce(Result::or).unwrap_or(Ok(()))
    }

    /// What only the number of values decides.
    fn of_number(&self, number: usize) -> Result<Option<()>, String> {
        match (self.of, &self.test) {
            (Of::Count, test) if test.passes(&number.into()) => Ok(Some(())),
            (Of::Count, _) => Err(number.to_string()),
            (_, Test::Exists(there)) if *there == (number > 0) => Ok(Some(())),
            (_, Test::Exists(false)) => Err("a value".into()),
            _ if number == 0 => Err("nothing there".into()),
            _ => Ok(None),
        }
    }

    fn of_value(&self, value: &Value) -> Result<(), String> {
        let actual = match (self.of, length(value)) {
            (Of::Length, Some(length)) => &Value::from(length),
            (Of::Length, None) => return Err(format!("{}, without a length", describe(value))),
            _ => value,
        };
        if self.test.passes(actual) { Ok(()) } else { Err(describe(actual)) }
    }

    /// A text that stands for a number is one where numbers are asked for.
    fn of_text(&self, text: &str) -> Result<(), String> {
        let asks_number = match &self.test {
            Test::Order(..) => true,
            Test::Is(value) | Test::Not(value) => value.is_number(),
            _ => false,
        };
        let number = text.parse::<Number>().ok().filter(|_| asks_number && self.of == Of::Value);
        self.of_value(&number.map_or_else(|| text.into(), Value::Number))
    }

    /// What is expected of something, in words.
    pub(super) fn describe(&self, what: &str, secret: bool) -> String {
        let shown = |value: &Value| {
            if secret { MASK.into() } else { shorten(&value.to_string()) }
        };
        let what = match self.of {
            Of::Value => what.to_owned(),
            Of::Length => format!("the length of {what}"),
            Of::Count => format!("the number of values at {what}"),
        };
        match &self.test {
            Test::Is(value) => format!("{what} to be {}", shown(value)),
            Test::Not(value) => format!("{what} to be another value than {}", shown(value)),
            Test::Order(order, bound) => {
                format!("{what} to be {} {}", order.words(), shown(&Value::Number(bound.clone())))
            }
            Test::Contains(value) => format!("{what} to contain {}", shown(value)),
            Test::Matches(_) if secret => format!("{what} to match {MASK}"),
            Test::Matches(regex) => format!("{what} to match `{}`", shorten(regex.as_str())),
            Test::Exists(true) => format!("{what} to be there"),
            Test::Exists(false) => format!("{what} not to be there"),
        }
    }
}

fn length(value: &Value) -> Option<usize> {
    match value {
        Value::String(text) => Some(text.chars().count()),
        Value::Array(items) => Some(items.len()),
        Value::Object(entries) => Some(entries.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn values(comparison: &Comparison, found: Value) -> Result<(), String> {
        let Value::Array(found) = found else { panic!("expected a list") };
        comparison.of_values(&found.iter().collect::<Vec<_>>())
    }

    #[test]
    fn each_value_must_pass_and_there_must_be_one() {
        let positive = Comparison::more_than(0);
        assert_eq!(values(&positive, json!([1, 2.5])), Ok(()));
        assert_eq!(values(&positive, json!([1, 0, -1])), Err("0".into()));
        assert_eq!(values(&positive, json!([])), Err("nothing there".into()));
        assert_eq!(values(&Comparison::not(1), json!([])), Err("nothing there".into()));
        assert_eq!(values(&positive, json!(["1"])), Err("\"1\"".into()));
    }

    #[test]
    fn zero_false_and_null_are_values() {
        for value in [json!(0), json!(false), json!(null), json!("")] {
            let found = json!([value]);
            assert_eq!(values(&Comparison::exists(), found.clone()), Ok(()));
            assert_eq!(values(&Comparison::is(value), found.clone()), Ok(()));
            assert_eq!(values(&Comparison::missing(), found), Err("a value".into()));
        }
        assert_eq!(values(&Comparison::missing(), json!([])), Ok(()));
        assert_eq!(values(&Comparison::exists(), json!([])), Err("nothing there".into()));
        assert!(values(&Comparison::is(0), json!([false])).is_err());
        assert!(values(&Comparison::is(Value::Null), json!([0])).is_err());
    }

    #[test]
    fn lengths_and_counts_are_numbers() {
        let two = Comparison::length(Comparison::is(2));
        assert_eq!(values(&two, json!(["äö", [1, 2], {"a": 1, "b": 2}])), Ok(()));
        assert_eq!(values(&two, json!([[]])), Err("0".into()));
        assert_eq!(values(&two, json!([7])), Err("7, without a length".into()));
        let some = Comparison::count(Comparison::at_least(2));
        assert_eq!(values(&some, json!([null, 1])), Ok(()));
        assert_eq!(values(&some, json!([1])), Err("1".into()));
        assert_eq!(values(&Comparison::count(Comparison::is(0)), json!([])), Ok(()));
    }

    #[test]
    fn parts_are_found_in_texts_lists_and_objects() {
        let found =
            |part: Value, whole: Value| values(&Comparison::contains(part), json!([whole])).is_ok();
        assert!(found(json!("lam"), json!("red lamp")));
        assert!(found(json!({"id": 2}), json!([{"id": 1}, {"id": 2, "name": "b"}])));
        assert!(found(json!({"id": 2}), json!({"id": 2, "name": "b"})));
        assert!(found(json!([1, 3]), json!([1, 2, 3])));
        assert!(found(json!(null), json!([0, null])));
        assert!(!found(json!({"id": 3}), json!([{"id": 1}])));
        assert!(!found(json!("1"), json!([1])));
    }

    #[test]
    fn of_a_header_one_value_passes_unless_it_is_to_be_another() {
        let texts = |comparison: Comparison, found: &[&str]| comparison.of_texts(found);
        assert_eq!(texts(Comparison::contains("b="), &["a=1", "b=2"]), Ok(()));
        assert_eq!(texts(Comparison::matches("^c="), &["a=1", "b=2"]), Err("\"b=2\"".into()));
        assert_eq!(texts(Comparison::not("b"), &["a", "b"]), Err("\"b\"".into()));
        assert_eq!(texts(Comparison::at_least(5), &["10"]), Ok(()));
        assert_eq!(texts(Comparison::is(5), &["5"]), Ok(()));
        assert_eq!(texts(Comparison::is("5"), &["5"]), Ok(()));
        assert_eq!(texts(Comparison::at_least(5), &["many"]), Err("\"many\"".into()));
        assert_eq!(texts(Comparison::missing(), &[]), Ok(()));
        assert_eq!(texts(Comparison::contains("x"), &[]), Err("nothing there".into()));
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        for (operator, operand, message) in [
            (Operator::AtLeast, json!("1"), "expected a number"),
            (Operator::Exists, json!(1), "expected true or false"),
            (Operator::Matches, json!("("), "not a regular expression"),
        ] {
            let error = Comparison::try_new(Of::Value, operator, operand).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn secrets_are_not_in_the_words() {
        let words = Comparison::length(Comparison::at_least(3)).describe("JSON $.a", false);
        assert_eq!(words, "the length of JSON $.a to be at least 3");
        for comparison in [
            Comparison::is("abc"),
            Comparison::not("abc"),
            Comparison::contains("abc"),
            Comparison::matches("abc"),
        ] {
            assert!(!comparison.describe("x", true).contains("abc"));
        }
    }

    proptest! {
        #[test]
        fn numbers_are_ordered_as_numbers(a in any::<i64>(), b in any::<i64>()) {
            let passes = |comparison: Comparison| comparison.of_values(&[&a.into()]).is_ok();
            prop_assert_eq!(passes(Comparison::less_than(b)), a < b);
            prop_assert_eq!(passes(Comparison::at_most(b)), a <= b);
            prop_assert_eq!(passes(Comparison::more_than(b)), a > b);
            prop_assert_eq!(passes(Comparison::at_least(b)), a >= b);
            prop_assert_eq!(passes(Comparison::is(b)), a == b);
            prop_assert_eq!(passes(Comparison::not(b)), a != b);
        }
    }
}
