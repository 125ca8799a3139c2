//! Steps that hold steps: loops, conditions, choices.

use std::sync::Arc;

use serde_json::Value as Json;
use tokio::task::coop;

use super::{
    Reading,
    step::{self, Steps},
};
use crate::{
    document::{Entry, Fields, Node, Value},
    expression::Expression,
    scenario::{TaskError, TaskResult},
    user::User,
};

/// A step that holds steps.
pub(super) enum Flow {
    /// `repeat: {times: 3, do: [..]}`
    Repeat { times: Arc<Expression>, steps: Steps },
    /// `while: {when: n < 3, do: [..]}`
    While { when: Arc<Expression>, steps: Steps },
    /// `if: {when: n < 3, then: [..], else: [..]}`
    If { when: Arc<Expression>, then: Steps, otherwise: Steps },
    /// `switch: [{weight: 3, do: [..]}, {do: [..]}]`
    Switch(Vec<Branch>),
    /// `for_each: {in: products, as: product, do: [..]}`
    ForEach { list: Arc<Expression>, variable: Arc<str>, steps: Steps },
}

/// The most turns of a `while` that somebody looks at.
const MOST_WATCHED: u32 = 100;

/// One of several alternatives.
pub(super) struct Branch {
    weight: u32,
    steps: Steps,
}

/// What flow steps begin with.
pub(super) const KINDS: [&str; 5] = ["repeat", "while", "if", "switch", "for_each"];

impl Flow {
    /// Reads the step of a kind.
    pub(super) fn read(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<Self> {
        if entry.key == "switch" {
            return read_switch(&entry.node, path, reading);
        }
        let mut fields = reading.fields(&entry.node, path)?;
        let flow = match entry.key.as_str() {
            "repeat" => {
                let times = expression(&mut fields, "times", "how often, such as 3", reading);
                let steps = body(&mut fields, "do", reading);
                times.zip(steps).map(|(times, steps)| Self::Repeat { times, steps })
            }
            "while" => {
                let when = condition(&mut fields, reading);
                let steps = body(&mut fields, "do", reading);
                when.zip(steps).map(|(when, steps)| Self::While { when, steps })
            }
            "if" => {
                let when = condition(&mut fields, reading);
                let then = body(&mut fields, "then", reading);
                let otherwise = step::read_steps(&mut fields, "else", reading).unwrap_or_default();
                when.zip(then).map(|(when, then)| Self::If { when, then, otherwise })
            }
            _ => read_for_each(&mut fields, reading),
        };
        fields.finish();
        flow
    }

    /// Goes through it.
    pub(super) async fn run(&self, user: &mut User) -> TaskResult {
        match self {
            Self::Repeat { times, steps } => {
                for _ in 0..count(times, user)? {
                    turn(steps, user).await?;
                }
                Ok(())
            }
            Self::While { when, steps } => {
                let mut turns = 0;
                while when.holds(&mut user.scope())? {
                    if user.is_watched() && turns == MOST_WATCHED {
                        return Err(TaskError::exception(format!(
                            "while: `{when}` still holds after {MOST_WATCHED} turns; nobody waits \
                             in debug mode, and nobody watches more of them"
                        )));
                    }
                    turn(steps, user).await?;
                    turns += 1;
                }
                Ok(())
            }
            Self::If { when, then, otherwise } => {
                let steps = if when.holds(&mut user.scope())? { then } else { otherwise };
                Box::pin(steps.go(user)).await
            }
            Self::Switch(branches) => switch(branches, user).await,
            Self::ForEach { list, variable, steps } => {
                for item in items(list, user)? {
                    user.set_variable(variable, item);
                    turn(steps, user).await?;
                }
                Ok(())
            }
        }
    }
}

/// One turn of a loop, which may hold nothing that takes time: the load can end nevertheless, and
/// other users go on.
async fn turn(steps: &Steps, user: &mut User) -> TaskResult {
    user.check_stop()?;
    coop::consume_budget().await;
    Box::pin(steps.go(user)).await
}

fn count(times: &Expression, user: &mut User) -> Result<u64, TaskError> {
    let value = times.evaluate(&mut user.scope())?;
    value.as_u64().ok_or_else(|| {
        TaskError::exception(format!("repeat: `{times}` is {value}, expected a whole number"))
    })
}

fn items(list: &Expression, user: &mut User) -> Result<Vec<Json>, TaskError> {
    match list.evaluate(&mut user.scope())? {
        Json::Array(items) => Ok(items),
        _ => Err(TaskError::exception(format!("for_each: `{list}` is no list"))),
    }
}

/// Takes one branch by chance, in proportion to the weights. Who looks on sees each of them.
async fn switch(branches: &[Branch], user: &mut User) -> TaskResult {
    if user.is_watched() {
        for branch in branches.iter().filter(|branch| branch.weight > 0) {
            Box::pin(branch.steps.go(user)).await?;
        }
        return Ok(());
    }
    let chosen = user.random().weighted(branches.iter().map(|branch| branch.weight));
    match chosen.and_then(|place| branches.get(place)) {
        Some(branch) => Box::pin(branch.steps.go(user)).await,
        None => Ok(()),
    }
}

fn read_switch(node: &Node, path: &str, reading: &Reading<'_>) -> Option<Flow> {
    let Value::List(branches) = &node.value else {
        let expected = "alternatives, such as `[{weight: 3, do: [..]}, {do: [..]}]`";
        reading.reject(
            &node.place,
            path,
            format!("found {}, expected {expected}", node.describe()),
        );
        return None;
    };
    let read = |(index, node): (usize, &Node)| {
        let mut fields = reading.fields(node, &format!("{path}[{index}]"))?;
        let weight = fields.get("weight").unwrap_or(1);
        let steps = body(&mut fields, "do", reading);
        fields.finish();
        Some(Branch { weight, steps: steps? })
    };
    let branches: Vec<_> = branches.iter().enumerate().filter_map(read).collect();
    if branches.iter().all(|branch| branch.weight == 0) {
        reading.reject(&node.place, path, "expected an alternative with a weight above 0");
    }
    Some(Flow::Switch(branches))
}

fn read_for_each(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Flow> {
    let list = expression(fields, "in", "a list, such as `products`", reading);
    let variable = fields.require_node("as", "the name of the variable that holds each item");
    let variable = variable.and_then(|node| {
        reading.declare(node.text().unwrap_or_default(), &node.place, &fields.key("as"))
    });
    let steps = body(fields, "do", reading);
    Some(Flow::ForEach { list: list?, variable: variable?, steps: steps? })
}

fn condition(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Arc<Expression>> {
    expression(fields, "when", "a condition, such as `stock > 0`", reading)
}

fn expression(
    fields: &mut Fields<'_>,
    key: &'static str,
    expected: &str,
    reading: &Reading<'_>,
) -> Option<Arc<Expression>> {
    let node = fields.require_node(key, expected)?;
    reading.expression(node, &fields.key(key), expected)
}

/// The steps under a key, which must be there.
fn body(fields: &mut Fields<'_>, key: &'static str, reading: &Reading<'_>) -> Option<Steps> {
    fields.require_node(key, "a list of steps, such as `- get: /`")?;
    step::read_steps(fields, key, reading)
}
