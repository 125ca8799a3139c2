//! Overrides on the command line.

use super::*;

#[test]
fn overrides_win_in_their_order() {
    let given = Given::profile(SHORT)
        .with("clients", "20")
        .with("set", "profile.runner.clients=30")
        .with("clients", "40")
        .with("set", "profile.logging.listeners=[Debug, Debug]")
        .with("set", "test_header.location=eu-west-1");
    let profile = given.loaded().profile;
    assert_eq!(profile.runner.shape.clients().get(), 40);
    assert_eq!(profile.logging.listeners, [Kind::Debug]);
    assert_eq!(profile.locations, [Location { region: "eu-west-1".into(), weight: 1 }]);
    let expected = "test_header:
  name: shop
  location: eu-west-1
profile:
  runner:
    clients: 40
    hatch_rate: 2
    duration: 1m
  test:
    scenario: shop
  logging:
    listeners: [Debug, Debug]
";
    assert_eq!(profile.to_yaml(), expected);
}

#[test]
fn an_empty_value_unsets_a_key() {
    let given = Given::profile(SHORT).with("interval", "10s");
    assert!(given.loaded().profile.runner.interval.is_some());
    let given = given.with("set", "profile.runner.interval=");
    assert!(given.loaded().profile.runner.interval.is_none());
}
