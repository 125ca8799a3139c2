//! `profile.runner.stages`: how much load when, stage by stage.

use std::time::Duration;

use engine::{
    clients::Clients,
    curve::{Stage, Stages, StagesError},
    document::{Fields, Node, Problem, Rejection, Setting, Value},
    duration::format,
};

use super::MOST_PARTS;
use crate::config::limits::{Bounded, LONGEST};

/// What stages say by themselves.
const REPLACED: [&str; 6] =
    ["clients", "hatch_rate", "duration", "step_load", "step_duration", "step_clients"];

/// What stages look like, for messages.
const EXPECTED: &str = "a list of stages, such as `- {duration: 2m, clients: 100}`";

/// Reads them, and says of each setting beside them that it has no place there.
pub(super) fn read(node: &Node, fields: &mut Fields<'_>) -> Option<Stages> {
    alone(&REPLACED, node, fields);
    let stage = |fields: &mut Fields<'_>| {
        let (duration, clients) = (fields.require::<Length>("duration"), fields.require("clients"));
        let (Length(duration), Level(clients)) = (duration?, clients?);
        Some(Stage { duration, clients })
    };
    let stages = each(node, fields, stage)?;
    let length = stages.iter().map(|stage| stage.duration);
    check_length(length.fold(Duration::ZERO, Duration::saturating_add), fields)?;
    Stages::try_new(stages).map_err(|error| fields.reject("stages", advice(error))).ok()
}

/// Says of settings that they have no place beside stages.
pub(super) fn alone(others: &[&'static str], stages: &Node, fields: &mut Fields<'_>) {
    for key in others {
        if let Some(beside) = fields.node(key) {
            fields.reject(key, conflict(beside, stages));
        }
    }
}

/// An option of the command line stands in no line of the profile.
fn conflict(beside: &Node, stages: &Node) -> String {
    if beside.place.is_written() {
        return "not together with stages, which say how much load there is when; remove it, or \
                the stages"
            .into();
    }
    format!(
        "the load is given as stages ({}), which this does not change; --set \
         'profile.runner.stages=[..]' gives others, and --set profile.runner.stages= none",
        stages.place
    )
}

fn advice(error: StagesError) -> &'static str {
    match error {
        StagesError::NoTime => NO_TIME,
        StagesError::NoClients => "have no load, expected one with clients above 0",
    }
}

/// What to say of stages that are jumps only.
pub(super) const NO_TIME: &str = "take no time, expected one with a duration above zero";

/// Says so if all stages together are too long.
pub(super) fn check_length(length: Duration, fields: &Fields<'_>) -> Option<()> {
    if length > LONGEST {
        let (found, most) = (format(length), format(LONGEST));
        fields.reject("stages", format!("take {found} together, expected at most {most}"));
        return None;
    }
    Some(())
}

/// All stages, if each of them can be read.
pub(super) fn each<T>(
    node: &Node,
    fields: &Fields<'_>,
    stage: impl Fn(&mut Fields<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let Value::List(nodes) = &node.value else {
        fields.reject("stages", format!("found {}, expected {EXPECTED}", node.describe()));
        return None;
    };
    if nodes.len() > MOST_PARTS {
        let count = nodes.len();
        fields.reject("stages", format!("found {count} stages, expected at most {MOST_PARTS}"));
        return None;
    }
    let path = fields.key("stages");
    let read = |(index, node): (usize, &Node)| {
        let path = format!("{path}[{index}]");
        if node.value == Value::Null {
            let message = "found nothing, expected a stage, such as `{duration: 2m, clients: 100}`";
            fields.problems().add(Problem::new(&node.place, &path, message));
            return None;
        }
        let mut fields = Fields::of(node, &path, fields.problems())?;
        let stage = stage(&mut fields);
        fields.finish();
        stage
    };
    // All of them are read, so that all problems are told.
    let stages: Vec<_> = nodes.iter().enumerate().map(read).collect();
    stages.into_iter().collect()
}

/// How long a stage takes.
pub(super) struct Length(pub(super) Duration);

/// How many users there are when a stage ends.
struct Level(u32);

impl Setting for Length {
    const EXPECTED: &'static str = "a duration, such as 20s, 3m or 1h20m; 0s is a jump";

    fn read(node: &Node) -> Result<Self, Rejection> {
        Bounded::read(node).map(|duration| Self(duration.0))
    }
}

impl Setting for Level {
    const EXPECTED: &'static str = "a whole number of users from 0 to 10,000,000, such as 50";

    fn read(node: &Node) -> Result<Self, Rejection> {
        let users = u32::read(node)?;
        if users > Clients::MAX { Err(Rejection::Unexpected) } else { Ok(Self(users)) }
    }
}
