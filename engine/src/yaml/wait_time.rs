//! Waits between tasks.

use std::time::Duration;

use crate::{
    document::{Fields, Node, Rejection, Setting, Value},
    wait_time::WaitTime,
};

/// Reads `wait_time`, if it is there: `{between: [1s, 5s]}`, `{constant: 1s}`,
/// `{constant_pacing: 2s}` or `{constant_throughput: 0.5}`.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<WaitTime> {
    let node = fields.node("wait_time")?;
    if !matches!(node.value, Value::Map(_)) {
        let expected = "{between: [1s, 5s]}, {constant: 1s}, {constant_pacing: 2s} or \
                        {constant_throughput: 0.5}";
        fields.reject("wait_time", format!("found {}, expected {expected}", node.describe()));
        return None;
    }
    let mut wait = fields.fields("wait_time")?;
    let read = [
        wait.get::<Range>("between").map(|Range(least, most)| WaitTime::Between(least, most)),
        wait.get("constant").map(WaitTime::Constant),
        wait.get("constant_pacing").map(WaitTime::ConstantPacing),
        wait.get::<PerSecond>("constant_throughput")
            .map(|PerSecond(pace)| WaitTime::ConstantPacing(pace)),
    ];
    let written = wait.entries().len();
    wait.finish();
    if written != 1 {
        let message = "expected one of between, constant, constant_pacing, constant_throughput";
        fields.reject("wait_time", message);
    }
    read.into_iter().flatten().next()
}

/// Reads `between`, which must be there.
pub(super) fn between(fields: &mut Fields<'_>) -> Option<WaitTime> {
    fields.require::<Range>("between").map(|Range(least, most)| WaitTime::Between(least, most))
}

struct Range(Duration, Duration);

impl Setting for Range {
    const EXPECTED: &'static str = "two durations, the shorter one first, such as [1s, 5s]";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let Value::List(items) = &node.value else { return Err(Rejection::Unexpected) };
        let [least, most] = items.as_slice() else { return Err(Rejection::Unexpected) };
        let (least, most) = (Duration::read(least)?, Duration::read(most)?);
        if least <= most { Ok(Self(least, most)) } else { Err(Rejection::Unexpected) }
    }
}

/// Tasks a user begins per second, as the time between them.
struct PerSecond(Duration);

impl Setting for PerSecond {
    const EXPECTED: &'static str = "tasks per second and user, a number above 0, such as 0.5";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let rate = f64::read(node)?;
        let pace = Duration::try_from_secs_f64(1.0 / rate).map_err(|_| Rejection::Unexpected)?;
        if rate > 0.0 { Ok(Self(pace)) } else { Err(Rejection::Unexpected) }
    }
}
