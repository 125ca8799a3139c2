//! What tells `SignalFx`'s series apart.

use engine::api::ApiVersion;
use serde_json::{Map, Value};

use crate::Origin;

/// The longest name of a dimension, and the longest value, characters.
const LONGEST_NAME: usize = 128;
const LONGEST_VALUE: usize = 256;

/// The most dimensions that a series has.
const MOST: usize = 36;

/// How many of them are those of the generator and of the transaction.
const OURS: usize = 5;

/// A series' dimensions, by name.
pub(super) type Dimensions = Map<String, Value>;

/// Those of the whole test. What differs from run to run is none: each of its values would begin
/// new series.
pub(super) fn of_test(origin: &Origin) -> Dimensions {
    let mut dimensions = Dimensions::new();
    add(&mut dimensions, "test", &origin.header.test);
    add(&mut dimensions, "env", &origin.header.env);
    for ApiVersion { name, version } in &origin.header.apis {
        if let Some(version) = version
            && dimensions.len() < MOST - OURS
        {
            let name = free(&dimensions, &api(name));
            add(&mut dimensions, &name, version);
        }
    }
    dimensions
}

/// Those of a generator's series; `all` stands for all regions and generators, so that the same
/// charts show both.
///
/// Where intervals meet, one generator is still busy with its last requests while the next one
/// signs its users in. Both would tell of the same series, so that two series take `turn`s.
pub(super) fn of_generator(origin: &Origin) -> Dimensions {
    let mut dimensions = of_test(origin);
    let generator = origin.generator.map_or_else(|| ALL.to_owned(), |share| share.to_string());
    let turn = if origin.interval.unwrap_or(0).is_multiple_of(2) { "a" } else { "b" };
    add(&mut dimensions, "region", origin.region.as_deref().unwrap_or(ALL));
    add(&mut dimensions, "generator", &generator);
    add(&mut dimensions, "turn", turn);
    dimensions
}

/// All regions, and all generators.
const ALL: &str = "all";

/// Adds one; a value that says nothing is none.
pub(super) fn add(dimensions: &mut Dimensions, name: &str, value: &str) {
    if !value.trim().is_empty() {
        dimensions.insert(name.to_owned(), shortened(value).into());
    }
}

/// The dimension of an API's version. It begins so that it is none of ours, nor one that is not
/// allowed (`sf_`, `aws_`, `gcp_`, `azure_`).
fn api(name: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "_-".contains(c) { c } else { '_' };
    let name = name.chars().map(allowed);
    "api_".chars().chain(name).take(LONGEST_NAME - SUFFIX).collect()
}

/// Room for what tells names apart that are the same once written so.
const SUFFIX: usize = 3;

fn free(dimensions: &Dimensions, name: &str) -> String {
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    let mut names = [name.to_owned()].into_iter().chain(numbered);
    names.find(|name| !dimensions.contains_key(name)).unwrap_or_default()
}

/// A value that is not too long. What tells two long ones apart may stand at their end, so that
/// the end becomes a hash of all.
pub(super) fn shortened(value: &str) -> String {
    if value.chars().count() <= LONGEST_VALUE {
        return value.to_owned();
    }
    let hash = format!("~{:016x}", fnv1a(value));
    value.chars().take(LONGEST_VALUE - hash.len()).collect::<String>() + &hash
}

/// The same for ever, and for every generator.
fn fnv1a(text: &str) -> u64 {
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    text.bytes().fold(0xcbf2_9ce4_8422_2325, mix)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Header;

    fn origin(apis: Vec<(String, Option<String>)>, interval: u32) -> Origin {
        let apis = apis.into_iter().map(|(name, version)| ApiVersion { name, version }).collect();
        let header = Header { test: "shop".into(), env: "dev".into(), apis, ..Header::default() };
        Origin {
            header,
            run: "r1".into(),
            region: Some("eu-west-1".into()),
            generator: Some(3),
            interval: Some(interval),
            instance: "r1".into(),
        }
    }

    fn is_allowed(name: &str) -> bool {
        let reserved = ["sf_", "aws_", "gcp_", "azure_"];
        name.len() <= LONGEST_NAME
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
            && !reserved.iter().any(|start| name.starts_with(start))
    }

    #[test]
    fn generators_that_follow_each_other_take_turns() {
        let turn = |interval| of_generator(&origin(Vec::new(), interval))["turn"].clone();
        assert_eq!([turn(0), turn(1), turn(2)], ["a", "b", "a"]);
        let all = of_generator(&Origin::of_run(Header::default(), "r1"));
        assert_eq!(json!(all), json!({"region": "all", "generator": "all", "turn": "a"}));
    }

    #[test]
    fn names_that_become_the_same_stay_two() {
        let version = |name: &str| (name.to_owned(), Some("1".to_owned()));
        let names = ["cart api", "cart.api", "env", ""].map(version);
        let dimensions = of_test(&origin(names.into(), 0));
        let names: Vec<_> = dimensions.keys().map(String::as_str).collect();
        assert_eq!(names, ["test", "env", "api_cart_api", "api_cart_api_2", "api_env", "api_"]);
    }

    proptest! {
        #[test]
        fn whatever_apis_are_called_the_dimensions_are_allowed(
            apis in prop::collection::vec((".{0,200}", prop::option::of(".{0,300}")), 0..50),
        ) {
            let dimensions = of_generator(&origin(apis, 0));
            prop_assert!(dimensions.len() + 2 <= MOST, "{}", dimensions.len());
            for (name, value) in dimensions {
                prop_assert!(is_allowed(&name), "{name}");
                let length = value.as_str().unwrap().chars().count();
                prop_assert!((1..=LONGEST_VALUE).contains(&length));
            }
        }

        #[test]
        fn long_values_that_differ_still_differ(start in "[a-zä]{256}", a in "[a-z]{1,9}", b in "[a-z]{1,9}") {
            prop_assume!(a != b);
            prop_assert_ne!(shortened(&format!("{start}{a}")), shortened(&format!("{start}{b}")));
        }
    }
}
