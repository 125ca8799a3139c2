//! Steps of a task.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use super::{
    Reading, call,
    flow::{self, Flow},
    request::{METHODS, RequestStep},
    transaction::TransactionStep,
    wait_time,
};
use crate::{
    document::{Entry, Fields, Node, Setting, Value, nearest},
    scenario::{Action, TaskError, TaskResult},
    template::JsonTemplate,
    user::User,
    wait_time::WaitTime,
};

/// Steps, one after the other.
#[derive(Default)]
pub(super) struct Steps(Vec<Step>);

enum Step {
    /// `get: ..`, `post: ..`, or `call: shop.product`
    Request(Box<RequestStep>),
    /// `wait: 2s`, or `wait: {between: [1s, 3s]}`
    Wait(WaitTime),
    /// `set: {name: value}`
    Set(Vec<(Arc<str>, JsonTemplate)>),
    /// `feed: accounts`
    Feed(Arc<str>),
    /// `parallel: [get: /a, get: /b]`
    Parallel(Vec<RequestStep>),
    /// Steps that hold steps.
    Flow(Flow),
    /// `transaction: {name: check out, do: [..]}`
    Transaction(Box<TransactionStep>),
    /// `stop_user: true`
    StopUser,
    /// `interrupt: true`, or `interrupt: reschedule`
    Interrupt { reschedule: bool },
}

/// All other steps begin with one of these.
const OTHERS: [&str; 8] =
    ["call", "wait", "set", "feed", "transaction", "parallel", "interrupt", "stop_user"];

impl Action for Steps {
    fn run<'a>(&'a self, user: &'a mut User) -> Pin<Box<dyn Future<Output = TaskResult> + 'a>> {
        Box::pin(self.go(user))
    }
}

impl Steps {
    /// Takes them.
    pub(super) async fn go(&self, user: &mut User) -> TaskResult {
        for step in &self.0 {
            step.run(user).await?;
        }
        Ok(())
    }
}

impl Step {
    async fn run(&self, user: &mut User) -> TaskResult {
        match self {
            Self::Request(request) => request.run(user).await,
            Self::Wait(time) => {
                let time = time.after(Duration::ZERO, user.random());
                user.wait(time).await
            }
            Self::Set(variables) => {
                for (name, value) in variables {
                    let value = value.render(&mut user.scope())?;
                    user.set_variable(name, value);
                }
                Ok(())
            }
            Self::Feed(data) => user.feed(data).map(drop),
            Self::Parallel(steps) => {
                let requests = steps.iter().map(|step| step.render(user));
                let requests = requests.collect::<Result<Vec<_>, _>>()?;
                user.parallel(&requests).await.map(drop)
            }
            Self::Flow(flow) => flow.run(user).await,
            Self::Transaction(transaction) => transaction.run(user).await,
            Self::StopUser => Err(TaskError::StopUser),
            Self::Interrupt { reschedule } => Err(TaskError::Interrupt { reschedule: *reschedule }),
        }
    }
}

/// Reads the steps under a key as an action, if it is there.
pub(super) fn read_action(
    fields: &mut Fields<'_>,
    key: &'static str,
    reading: &Reading<'_>,
) -> Option<Box<dyn Action>> {
    let steps = read_steps(fields, key, reading)?;
    if steps.0.is_empty() { None } else { Some(Box::new(steps)) }
}

/// Reads the steps under a key, if it is there.
pub(super) fn read_steps(
    fields: &mut Fields<'_>,
    key: &'static str,
    reading: &Reading<'_>,
) -> Option<Steps> {
    let node = fields.node(key)?;
    let Value::List(steps) = &node.value else {
        let message =
            format!("found {}, expected a list of steps, such as `- get: /`", node.describe());
        fields.reject(key, message);
        return None;
    };
    Some(read_all(steps, &fields.key(key), reading))
}

/// Reads a list of steps.
pub(super) fn read_all(steps: &[Node], path: &str, reading: &Reading<'_>) -> Steps {
    let steps = steps.iter().enumerate();
    Steps(steps.filter_map(|(i, node)| read(node, &format!("{path}[{i}]"), reading)).collect())
}

fn read(node: &Node, path: &str, reading: &Reading<'_>) -> Option<Step> {
    let entry = match &node.value {
        Value::Map(entries) if entries.len() == 1 => &entries[0],
        Value::Map(entries) if entries.len() > 1 => {
            let second = &entries[1];
            let message = "a step has one key; is this indented too little, or is a `-` missing?";
            reading.reject(&second.place, &format!("{path}.{}", second.key), message);
            return None;
        }
        _ => {
            let found = node.describe();
            let message = format!("found {found}, expected a step, such as `get: /products`");
            reading.reject(&node.place, path, message);
            return None;
        }
    };
    let path = format!("{path}.{}", entry.key);
    match entry.key.as_str() {
        "wait" => read_wait(entry, &path, reading).map(Step::Wait),
        "feed" => read_feed(entry, &path, reading).map(Step::Feed),
        "transaction" => {
            let transaction = TransactionStep::read(&entry.node, &path, reading)?;
            Some(Step::Transaction(Box::new(transaction)))
        }
        "parallel" => read_parallel(entry, &path, reading).map(Step::Parallel),
        "stop_user" => read_stop(entry, &path, reading),
        kind if flow::KINDS.contains(&kind) => Flow::read(entry, &path, reading).map(Step::Flow),
        "set" => read_set(entry, &path, reading).map(Step::Set),
        "interrupt" => read_interrupt(entry, &path, reading),
        method if METHODS.contains(&method) => {
            let request = RequestStep::read(method, &entry.node, &path, reading)?;
            Some(Step::Request(Box::new(request)))
        }
        "call" => {
            let request = call::read(&entry.node, &path, reading)?;
            Some(Step::Request(Box::new(request)))
        }
        unknown => {
            let kinds = || METHODS.into_iter().chain(OTHERS).chain(flow::KINDS);
            // A habit from Python: `client.get`.
            let last = unknown.rsplit('.').next().unwrap_or(unknown);
            let message = nearest(last, kinds()).map_or_else(
                || {
                    format!(
                        "unknown step, expected one of {}",
                        kinds().collect::<Vec<_>>().join(", ")
                    )
                },
                |near| format!("unknown step; did you mean `{near}`?"),
            );
            reading.reject(&entry.place, &path, message);
            None
        }
    }
}

fn read_setting<T: Setting>(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<T> {
    let value = T::read(&entry.node).ok();
    if value.is_none() {
        let found = entry.node.describe();
        let message = format!("found {found}, expected {}", T::EXPECTED);
        reading.reject(&entry.node.place, path, message);
    }
    value
}

/// A time, or a range of times.
fn read_wait(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<WaitTime> {
    if matches!(entry.node.value, Value::Map(_)) {
        let mut fields = reading.fields(&entry.node, path)?;
        let range = wait_time::between(&mut fields);
        fields.finish();
        return range;
    }
    read_setting(entry, path, reading).map(WaitTime::Constant)
}

fn read_feed(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<Arc<str>> {
    let name: String = read_setting(entry, path, reading)?;
    reading.data(&name, &entry.node.place, path)
}

fn read_parallel(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<Vec<RequestStep>> {
    let Value::List(nodes) = &entry.node.value else {
        let message = format!("found {}, expected a list of requests", entry.node.describe());
        reading.reject(&entry.node.place, path, message);
        return None;
    };
    let request = |(index, node): (usize, &Node)| {
        let path = format!("{path}[{index}]");
        if let Step::Request(request) = read(node, &path, reading)? {
            return Some(*request);
        }
        reading.reject(&node.place, &path, "expected a request, such as `get: /style.css`");
        None
    };
    Some(nodes.iter().enumerate().filter_map(request).collect())
}

fn read_stop(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<Step> {
    if entry.node.value == Value::Bool(true) {
        return Some(Step::StopUser);
    }
    let message = format!("found {}, expected `true`", entry.node.describe());
    reading.reject(&entry.node.place, path, message);
    None
}

fn read_set(
    entry: &Entry,
    path: &str,
    reading: &Reading<'_>,
) -> Option<Vec<(Arc<str>, JsonTemplate)>> {
    let Value::Map(entries) = &entry.node.value else {
        let found = entry.node.describe();
        let message = format!("found {found}, expected variables, such as `{{page: 1}}`");
        reading.reject(&entry.node.place, path, message);
        return None;
    };
    let read = |entry: &Entry| {
        let path = format!("{path}.{}", entry.key);
        let value = reading.json(&entry.node, &path)?;
        Some((reading.declare(&entry.key, &entry.place, &path)?, value))
    };
    Some(entries.iter().filter_map(read).collect())
}

fn read_interrupt(entry: &Entry, path: &str, reading: &Reading<'_>) -> Option<Step> {
    if !reading.is_nested() {
        let message = "`interrupt` leaves a task set that is a task itself, and this is in none";
        reading.reject(&entry.place, path, message);
        return None;
    }
    match &entry.node.value {
        Value::Bool(true) => Some(Step::Interrupt { reschedule: false }),
        Value::Text(text) if text == "reschedule" => Some(Step::Interrupt { reschedule: true }),
        _ => {
            let found = entry.node.describe();
            let message = format!(
                "found {found}, expected `true` (the set around waits first) or `reschedule` (it \
                 goes on at once)"
            );
            reading.reject(&entry.node.place, path, message);
            None
        }
    }
}
