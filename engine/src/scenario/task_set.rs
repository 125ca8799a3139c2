//! Tasks that belong together.

use std::sync::Arc;

use super::Action;
use crate::{random::Random, wait_time::WaitTime};

/// Tasks, and in which order they are done.
pub struct TaskSet {
    /// How the next task is found.
    pub order: Order,
    /// The tasks.
    pub tasks: Vec<Task>,
    /// The wait between these tasks, if not the class's.
    pub wait_time: Option<WaitTime>,
    /// Done when the user enters the set.
    pub on_start: Option<Box<dyn Action>>,
    /// Done when the user leaves the set.
    pub on_stop: Option<Box<dyn Action>>,
}

/// How the next task is found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// By chance, in proportion to the weights.
    Weighted,
    /// One after the other, and from the start again.
    Sequential,
}

/// One task.
pub struct Task {
    /// Its name.
    pub name: Arc<str>,
    /// How often it is done, in proportion to the others; without meaning in a sequence.
    pub weight: u32,
    /// By what it can be chosen or left out; those of a set are those of the tasks in it, too.
    pub tags: Vec<Arc<str>>,
    /// What is done.
    pub body: Body,
}

/// What a task does.
pub enum Body {
    /// An action.
    Action(Box<dyn Action>),
    /// The tasks of a set, until one of them interrupts it.
    Set(TaskSet),
}

impl TaskSet {
    /// Tasks that are done by chance, in proportion to their weights.
    pub fn weighted(tasks: impl IntoIterator<Item = Task>) -> Self {
        Self::new(Order::Weighted, tasks)
    }

    /// Tasks that are done one after the other.
    pub fn sequence(tasks: impl IntoIterator<Item = Task>) -> Self {
        Self::new(Order::Sequential, tasks)
    }

    fn new(order: Order, tasks: impl IntoIterator<Item = Task>) -> Self {
        let tasks = tasks.into_iter().collect();
        Self { order, tasks, wait_time: None, on_start: None, on_stop: None }
    }

    /// The same with a wait of its own.
    #[must_use]
    pub fn wait_time(mut self, wait_time: WaitTime) -> Self {
        self.wait_time = Some(wait_time);
        self
    }

    /// The same with something done when a user enters it.
    #[must_use]
    pub fn on_start(mut self, action: impl Action + 'static) -> Self {
        self.on_start = Some(Box::new(action));
        self
    }

    /// The same with something done when a user leaves it.
    #[must_use]
    pub fn on_stop(mut self, action: impl Action + 'static) -> Self {
        self.on_stop = Some(Box::new(action));
        self
    }

    /// Whether there is anything to do: a sequence with a task, or a task with a weight above 0.
    pub fn has_work(&self) -> bool {
        self.tasks.iter().any(|task| self.order == Order::Sequential || task.weight > 0)
    }

    /// The task after `done` tasks of this set; none if there is nothing to do.
    pub(crate) fn next(&self, done: usize, random: &mut Random) -> Option<&Task> {
        match self.order {
            Order::Sequential => self.tasks.get(done.checked_rem(self.tasks.len())?),
            Order::Weighted if self.tasks.len() == 1 => self.tasks.first(),
            Order::Weighted => {
                let weights = self.tasks.iter().map(|task| task.weight);
                self.tasks.get(random.weighted(weights)?)
            }
        }
    }
}

impl Task {
    /// A task of weight 1.
    pub fn new(name: &str, action: impl Action + 'static) -> Self {
        Self::of(name, Body::Action(Box::new(action)))
    }

    /// A task that is a set of tasks, of weight 1. One of them leaves the set with
    /// [`TaskError::Interrupt`](super::TaskError::Interrupt).
    pub fn set(name: &str, set: TaskSet) -> Self {
        Self::of(name, Body::Set(set))
    }

    pub(crate) fn of(name: &str, body: Body) -> Self {
        Self { name: name.into(), weight: 1, tags: Vec::new(), body }
    }

    /// The same with tags, by which it can be chosen or left out.
    #[must_use]
    pub fn tags<'t>(mut self, tags: impl IntoIterator<Item = &'t str>) -> Self {
        self.tags = tags.into_iter().map(Into::into).collect();
        self
    }

    /// The same with another weight.
    #[must_use]
    pub fn weight(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(set: &TaskSet, count: usize) -> Vec<&str> {
        let mut random = Random::of_user(0, 0, 0);
        (0..count).filter_map(|done| set.next(done, &mut random)).map(|task| &*task.name).collect()
    }

    fn task(name: &str, weight: u32) -> Task {
        Task::set(name, TaskSet::weighted([])).weight(weight)
    }

    #[test]
    fn a_sequence_goes_round() {
        let set = TaskSet::sequence([task("a", 1), task("b", 9)]);
        assert_eq!(tasks(&set, 5), ["a", "b", "a", "b", "a"]);
        assert!(tasks(&TaskSet::sequence([]), 3).is_empty());
    }

    #[test]
    fn weights_are_proportions() {
        let set = TaskSet::weighted([task("a", 1), task("never", 0), task("b", 3)]);
        let drawn = tasks(&set, 40_000);
        let share = |name| drawn.iter().filter(|drawn| **drawn == name).count() as f64 / 40_000.0;
        assert!((share("a") - 0.25).abs() < 0.01 && (share("b") - 0.75).abs() < 0.01);
        assert!((share("never")).abs() < f64::EPSILON);
    }
}
