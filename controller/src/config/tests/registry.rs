//! The registry.

use super::*;

#[test]
fn load_tests_are_found_by_name() {
    let given = Given::profile(SHORT).choice(Choice::Named("shpo".into()));
    assert_eq!(given.problems(), ["NAME: `shpo` is not registered; did you mean `shop`?"]);
    let given = given.choice(Choice::Named("other".into()));
    assert_eq!(given.problems(), ["NAME: `other` is not registered, expected one of shop"]);
    let given = given.choice(Choice::Named("shop".into()));
    assert_eq!(given.loaded().profile.name, "shop");
    let path = given.folder.path().join("p.yml");
    assert_eq!(given.choice(Choice::File(path)).loaded().profile.name, "shop");
}

#[test]
fn a_registry_is_checked() {
    let cases = [
        (
            "current: shp\nregistered: {shop: {profile: p.yml}}\n",
            "config/loadtest_registry.yml:1:10: current: `shp` is not registered; did you mean `shop`?",
        ),
        (
            "current: shop\nregistered: {}\n",
            "config/loadtest_registry.yml:1:10: current: `shop` is not registered, and nothing else is",
        ),
        (
            "registered: {shop: {profile: p.yml}}\n",
            "config/loadtest_registry.yml:1:1: current: missing, expected a text",
        ),
        (
            "current: shop\nregistered: {shop: {profil: p.yml, profile: p.yml}}\n",
            "config/loadtest_registry.yml:2:21: registered.shop.profil: unknown key; did you mean `profile`?",
        ),
        (
            "current: shop\nregistered: {shop: {}}\n",
            "config/loadtest_registry.yml:2:20: registered.shop.profile: missing, expected a text",
        ),
        (
            "current: shop\nregistered: {shop: {profile: gone.yml}}\n",
            "gone.yml: cannot be read: there is no such file",
        ),
    ];
    for (text, expected) in cases {
        let given = Given::profile(SHORT).file("config/loadtest_registry.yml", text);
        assert_eq!(given.problems(), [expected], "{text}");
    }
}

#[test]
fn the_demo_needs_no_files() {
    let project = Project::new("/nowhere");
    let mut selection = Selection { choice: Choice::Demo, ..Selection::default() };
    selection.overrides.push("clients", "5");
    let configuration = Configuration::load(&project, &selection, &|_| None).ok().unwrap();
    assert_eq!(configuration.profile.runner.shape.clients().get(), 5);
    assert_eq!(configuration.environment.host.as_deref(), Some(DEMO_HOST));
    selection.overrides.push("host", "http://127.0.0.1:9");
    let configuration = Configuration::load(&project, &selection, &|_| None).ok().unwrap();
    assert_eq!(configuration.environment.host.as_deref(), Some("http://127.0.0.1:9"));
}

#[test]
fn the_projects_own_configuration_is_valid() {
    let project = Project::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let loaded = Configuration::load(&project, &Selection::default(), &|_| None);
    assert_eq!(loaded.ok().unwrap().plan().intervals.len(), 3);
}

proptest! {
    #[test]
    fn the_effective_profile_reads_as_the_same(
        description in any::<String>(),
        name in "[a-zA-Z0-9_-]{1,64}",
        clients in 1_u32..10_000_000,
        rate in 1e-3_f64..1e6,
        seconds in 1_u64..2_592_000,
        seed in any::<u64>(),
    ) {
        let quoted = serde_json::Value::from(description).to_string();
        let mut overrides = Overrides::default();
        overrides.push("set", format!("test_header.description={quoted}"));
        overrides.push("set", format!("test_header.name=\"{name}\""));
        overrides.push("clients", clients.to_string());
        overrides.push("hatch-rate", rate.to_string());
        overrides.push("duration", seconds.to_string());
        overrides.push("seed", seed.to_string());
        let problems = Problems::default();
        let tree = parse(&Source::file("p.yml", EXACT), EXACT).unwrap();
        let profile = Profile::read(overrides.apply(tree, &problems), &problems).unwrap();
        let text = profile.to_yaml();
        let again = Profile::read(parse(&Source::file("p.yml", &text), &text).unwrap(), &problems);
        let again = again.unwrap();
        prop_assert_eq!(&again.runner, &profile.runner);
        prop_assert_eq!((&again.name, &again.description), (&profile.name, &profile.description));
        prop_assert_eq!(&again.logging, &profile.logging);
        prop_assert_eq!(again.effective.to_json(), profile.effective.to_json());
        prop_assert!(problems.is_empty());
    }
}
