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
    for key in REPLACED {
        if let Some(beside) = fields.node(key) {
            fields.reject(key, conflict(beside, node));
        }
    }
    let stages = each(node, fields)?;
    if stages.len() > MOST_PARTS {
        let count = stages.len();
        fields.reject("stages", format!("found {count} stages, expected at most {MOST_PARTS}"));
        return None;
    }
    let stages = Stages::try_new(stages);
    let stages = stages.map_err(|error| fields.reject("stages", advice(error))).ok()?;
    if stages.duration() > LONGEST {
        let (found, most) = (format(stages.duration()), format(LONGEST));
        fields.reject("stages", format!("take {found} together, expected at most {most}"));
        return None;
    }
    Some(stages)
}

/// An option of the command line stands in no line of the profile.
fn conflict(beside: &Node, stages: &Node) -> String {
    if beside.place.is_written() {
        return "not together with stages, which say how many clients there are when; remove it, \
                or the stages"
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
        StagesError::NoTime => "take no time, expected one with a duration above zero",
        StagesError::NoClients => "have no load, expected one with clients above 0",
    }
}

/// All stages, if each of them can be read.
fn each(node: &Node, fields: &Fields<'_>) -> Option<Vec<Stage>> {
    let Value::List(stages) = &node.value else {
        fields.reject("stages", format!("found {}, expected {EXPECTED}", node.describe()));
        return None;
    };
    let path = fields.key("stages");
    let read = |(index, node)| stage(node, &format!("{path}[{index}]"), fields);
    // All of them are read, so that all problems are told.
    let stages: Vec<_> = stages.iter().enumerate().map(read).collect();
    stages.into_iter().collect()
}

fn stage(node: &Node, path: &str, around: &Fields<'_>) -> Option<Stage> {
    if node.value == Value::Null {
        let message = "found nothing, expected a stage, such as `{duration: 2m, clients: 100}`";
        around.problems().add(Problem::new(&node.place, path, message));
        return None;
    }
    let mut fields = Fields::of(node, path, around.problems())?;
    let duration = fields.require::<Length>("duration");
    let clients = fields.require::<Level>("clients");
    fields.finish();
    let (Length(duration), Level(clients)) = (duration?, clients?);
    Some(Stage { duration, clients })
}

/// How long a stage takes.
struct Length(Duration);

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
