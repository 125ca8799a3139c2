//! Whether JSON contains other JSON.

use serde_json::{Map, Value};

use super::shorten;
use crate::secret::{MASK, is_secret_name};

/// The first place at which JSON is not as expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mismatch {
    /// What was expected there, with the place.
    pub expected: String,
    /// What was there.
    pub actual: String,
}

impl Mismatch {
    /// A mismatch of the whole, for a reason of its own.
    pub(super) fn whole(expected: &Value, why: String) -> Self {
        Self { expected: format!("JSON {}", shorten(&expected.to_string())), actual: why }
    }

    fn at(path: &str, expected: &Value, actual: &str) -> Self {
        if is_secret_name(path) {
            let expected = format!("JSON ${path} to be {MASK}");
            return Self { expected, actual: "another value".into() };
        }
        let expected = shorten(&expected.to_string());
        Self { expected: format!("JSON ${path} to be {expected}"), actual: actual.into() }
    }
}

/// Whether `actual` contains `expected`: an object has each expected key with a value that
/// contains the expected one; a list has, for each expected item, one that contains it, in the
/// same order; anything else is equal, numbers by value.
///
/// With `camel_case`, a key that is missing as written may be there in camelCase.
///
/// # Errors
///
/// The first place that differs.
pub fn subset(expected: &Value, actual: &Value, camel_case: bool) -> Result<(), Mismatch> {
    compare(expected, actual, camel_case, "")
}

fn compare(expected: &Value, actual: &Value, camel: bool, path: &str) -> Result<(), Mismatch> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.iter().try_for_each(|(key, value)| {
                let path = format!("{path}.{key}");
                match find(actual, key, camel) {
                    Some(found) => compare(value, found, camel, &path),
                    None => Err(Mismatch::at(&path, value, "no such key")),
                }
            })
        }
        (Value::Array(expected), Value::Array(actual)) => {
            let mut rest = actual.iter();
            expected.iter().enumerate().try_for_each(|(index, item)| {
                let found = rest.any(|other| compare(item, other, camel, "").is_ok());
                let path = format!("{path}[{index}]");
                let length = || format!("a list of {} without it", actual.len());
                if found { Ok(()) } else { Err(Mismatch::at(&path, item, &length())) }
            })
        }
        _ if equal(expected, actual) => Ok(()),
        _ => Err(Mismatch::at(path, expected, &describe(actual))),
    }
}

/// A value as a reason shows it: of lists and objects, only what they are.
pub(super) fn describe(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".into(),
        plain => shorten(&plain.to_string()),
    }
}

fn find<'a>(object: &'a Map<String, Value>, key: &str, camel: bool) -> Option<&'a Value> {
    object.get(key).or_else(|| if camel { object.get(&camel_case(key)) } else { None })
}

/// Whether two values are the same; 1 and 1.0 are the same number.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |(key, value)| b.get(key).is_some_and(|other| equal(value, other));
            a.len() == b.len() && a.iter().all(same)
        }
        _ => a == b || (a.is_number() && b.is_number() && a.as_f64() == b.as_f64()),
    }
}

/// `user_id` as `userId`.
fn camel_case(key: &str) -> String {
    let mut parts = key.split('_');
    let first = parts.next().unwrap_or_default();
    let mut camel = first.to_owned();
    for part in parts {
        let mut chars = part.chars();
        camel.extend(chars.next().into_iter().flat_map(char::to_uppercase));
        camel.push_str(chars.as_str());
    }
    camel
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(expected: &Value, actual: &Value) -> Result<(), String> {
        subset(expected, actual, true).map_err(|m| format!("{}, got {}", m.expected, m.actual))
    }

    #[test]
    fn more_than_expected_is_fine() {
        let actual = json!({"id": 1, "tags": ["a", "b", "c"], "owner": {"name": "x", "age": 0}});
        for expected in [
            json!({}),
            json!({"id": 1.0}),
            json!({"tags": ["a", "c"]}),
            json!({"owner": {"age": 0}}),
        ] {
            assert_eq!(check(&expected, &actual), Ok(()));
        }
    }

    #[test]
    fn what_differs_is_told_with_its_place() {
        let actual = json!({"id": 1, "ok": false, "owner": {"names": ["x"]}});
        for (expected, message) in [
            (json!({"id": 2}), "JSON $.id to be 2, got 1"),
            (json!({"ok": true}), "JSON $.ok to be true, got false"),
            (
                json!({"owner": {"names": ["y"]}}),
                r#"JSON $.owner.names[0] to be "y", got a list of 1 without it"#,
            ),
            (json!({"nil": null}), "JSON $.nil to be null, got no such key"),
            (json!([1]), "JSON $ to be [1], got an object"),
        ] {
            assert_eq!(check(&expected, &actual), Err(message.into()));
        }
    }

    #[test]
    fn secrets_are_not_quoted() {
        let (expected, actual) =
            (json!({"user": {"token": "abc"}}), json!({"user": {"token": "def"}}));
        let message = "JSON $.user.token to be ***, got another value";
        assert_eq!(check(&expected, &actual), Err(message.into()));
    }

    #[test]
    fn falsy_values_are_values() {
        let actual = json!({"zero": 0, "no": false, "none": null, "empty": ""});
        assert_eq!(check(&actual, &actual), Ok(()));
        assert!(check(&json!({"zero": false}), &actual).is_err());
        assert!(check(&json!({"none": 0}), &actual).is_err());
    }

    #[test]
    fn snake_case_finds_camel_case_exact_first() {
        let expected = json!({"user_id": 1, "nested_thing": {"first_name": "a"}});
        let actual = json!({"userId": 1, "nestedThing": {"firstName": "a"}});
        assert!(subset(&expected, &actual, true).is_ok());
        assert!(subset(&expected, &actual, false).is_err());
        let both = json!({"user_id": 2, "userId": 1});
        assert!(subset(&json!({"user_id": 2}), &both, true).is_ok());
        assert!(subset(&json!({"user_id": 1}), &both, true).is_err());
    }

    #[test]
    fn order_in_lists_counts() {
        assert!(check(&json!([1, 2]), &json!([1, 5, 2])).is_ok());
        assert!(check(&json!([2, 1]), &json!([1, 5, 2])).is_err());
        assert!(check(&json!([1, 1]), &json!([1])).is_err());
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z_]{0,6}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-z_]{1,6}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn everything_contains_itself(value in any_json()) {
            prop_assert!(subset(&value, &value, false).is_ok());
        }
    }
}
