//! A part of a scenario.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Body, Scenario, Task, TaskSet};
use crate::document::nearest;

/// Which part of a scenario is run: all of it, if nothing is said.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Only {
    /// The user classes that have users; empty for all.
    pub user_classes: Vec<String>,
    /// A task has one of these tags; empty for any or none.
    pub tags: Vec<String>,
    /// A task has none of these tags.
    pub exclude_tags: Vec<String>,
}

/// Why there is no such part.
#[derive(Clone, Debug, Error, Eq, PartialEq)]
pub enum OnlyError {
    /// No user class has this name.
    #[error("there is no user class `{name}`{}", meant(name, known))]
    UnknownClass {
        /// The name.
        name: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// No task has this tag.
    #[error("no task is tagged `{tag}`{}", meant(tag, known))]
    UnknownTag {
        /// The tag.
        tag: String,
        /// Those there are, sorted.
        known: Vec<String>,
    },
    /// A user class would have nothing to do.
    #[error(
        "the user class `{0}` has no task left; name the other classes in `user_classes` (`--user-classes`) to leave it out"
    )]
    NoTasks(String),
    /// There would be no users.
    #[error("the user classes that are left have no users: their weight is 0")]
    NoUsers,
}

/// Such as `user classes Visitor, Customer; tags read; not slow`.
impl fmt::Display for Only {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("user classes", &self.user_classes),
            ("tags", &self.tags),
            ("not", &self.exclude_tags),
        ];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        let texts = lists.map(|(name, list)| format!("{name} {}", list.join(", ")));
        f.write_str(&texts.collect::<Vec<_>>().join("; "))
    }
}

fn meant(name: &str, known: &[String]) -> String {
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if known.is_empty() => ": there are none at all".into(),
        None => format!(", expected one of {}", known.join(", ")),
    }
}

impl Only {
    /// Whether it is the whole scenario.
    pub fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// This part of a scenario.
    ///
    /// A task is kept if it has one of the tags and none of the excluded ones; those of the sets
    /// around it count as its own. A set without tasks is left out.
    ///
    /// # Errors
    ///
    /// Names and tags that are not in the scenario, and classes that have nothing left to do.
    ///
    /// # Panics
    ///
    /// If the scenario has users already.
    pub fn of(&self, mut scenario: Scenario) -> Result<Scenario, Vec<OnlyError>> {
        let mut errors = self.unknown(&scenario);
        if !errors.is_empty() {
            return Err(errors);
        }
        if !self.user_classes.is_empty() {
            scenario
                .classes
                .retain(|class| self.user_classes.contains(&String::from(&*class.name)));
        }
        for class in &mut scenario.classes {
            let class = Arc::get_mut(class).expect("a scenario that nobody uses yet");
            let had_work = class.tasks.has_work();
            self.prune(&mut class.tasks, &[]);
            if had_work && !class.tasks.has_work() {
                errors.push(OnlyError::NoTasks(String::from(&*class.name)));
            }
        }
        if !scenario.has_users() {
            errors.push(OnlyError::NoUsers);
        }
        if errors.is_empty() { Ok(scenario) } else { Err(errors) }
    }

    fn unknown(&self, scenario: &Scenario) -> Vec<OnlyError> {
        let known: Vec<_> =
            scenario.classes.iter().map(|class| String::from(&*class.name)).collect();
        let classes = self
            .user_classes
            .iter()
            .filter(|name| !known.contains(name))
            .map(|name| OnlyError::UnknownClass { name: name.clone(), known: known.clone() });
        let mut tags = Vec::new();
        scenario.classes.iter().for_each(|class| collect(&class.tasks, &mut tags));
        tags.sort_unstable();
        tags.dedup();
        let asked = self.tags.iter().chain(&self.exclude_tags);
        let unknown = asked
            .filter(|tag| !tags.contains(tag))
            .map(|tag| OnlyError::UnknownTag { tag: tag.clone(), known: tags.clone() });
        classes.chain(unknown).collect()
    }

    /// Leaves out what is not asked for. `around` are the tags of the sets around.
    fn prune(&self, set: &mut TaskSet, around: &[Arc<str>]) {
        set.tasks.retain_mut(|task| {
            let tags = [around, &task.tags].concat();
            match &mut task.body {
                Body::Action(_) => self.keeps(&tags),
                Body::Set(set) => {
                    self.prune(set, &tags);
                    set.has_work()
                }
            }
        });
    }

    fn keeps(&self, tags: &[Arc<str>]) -> bool {
        let any = |asked: &[String]| tags.iter().any(|tag| asked.iter().any(|a| **a == **tag));
        (self.tags.is_empty() || any(&self.tags)) && !any(&self.exclude_tags)
    }
}

fn collect(set: &TaskSet, tags: &mut Vec<String>) {
    for Task { tags: own, body, .. } in &set.tasks {
        tags.extend(own.iter().map(|tag| String::from(&**tag)));
        if let Body::Set(set) = body {
            collect(set, tags);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::UserClass;

    fn task(name: &str, tags: &[&str]) -> Task {
        Task::new(name, async |_: &mut crate::user::User| Ok(())).tags(tags.iter().copied())
    }

    fn scenario() -> Scenario {
        let inner = TaskSet::sequence([task("read", &["read"]), task("write", &["write", "slow"])]);
        let tasks = TaskSet::weighted([
            task("look", &["read"]),
            Task::set("forum", inner).tags(["forum"]),
            task("plain", &[]),
        ]);
        let other = TaskSet::weighted([task("check", &["forum"])]);
        Scenario::new([UserClass::new("Visitor", tasks), UserClass::new("Checker", other)])
    }

    fn only(user_classes: &str, tags: &str, exclude_tags: &str) -> Only {
        let list = |text: &str| text.split_terminator(' ').map(str::to_owned).collect();
        Only {
            user_classes: list(user_classes),
            tags: list(tags),
            exclude_tags: list(exclude_tags),
        }
    }

    /// Such as `Visitor(look forum(read write) plain)`.
    fn left(only: &Only) -> Result<String, String> {
        fn names(set: &TaskSet) -> String {
            let name = |task: &Task| match &task.body {
                Body::Action(_) => task.name.to_string(),
                Body::Set(set) => format!("{}({})", task.name, names(set)),
            };
            set.tasks.iter().map(name).collect::<Vec<_>>().join(" ")
        }
        let left = only.of(scenario()).map_err(|errors| {
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        })?;
        let classes = left.classes.iter();
        let classes = classes.map(|class| format!("{}({})", class.name, names(&class.tasks)));
        Ok(classes.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn tasks_are_chosen_by_their_tags_and_those_around_them() {
        for (classes, tags, exclude, expected) in [
            ("", "", "", "Visitor(look forum(read write) plain) Checker(check)"),
            ("Checker", "", "", "Checker(check)"),
            ("", "forum", "", "Visitor(forum(read write)) Checker(check)"),
            ("Visitor", "read", "", "Visitor(look forum(read))"),
            ("Visitor", "read write", "slow", "Visitor(look forum(read))"),
            ("Visitor", "", "forum", "Visitor(look plain)"),
            ("Visitor", "", "read write", "Visitor(plain)"),
        ] {
            assert_eq!(left(&only(classes, tags, exclude)), Ok(expected.into()));
        }
    }

    #[test]
    fn it_is_readable() {
        assert_eq!(only("A B", "x", "").to_string(), "user classes A, B; tags x");
        assert_eq!(only("", "x y", "z").to_string(), "tags x, y; not z");
    }

    #[test]
    fn what_is_not_there_is_told() {
        for (classes, tags, exclude, expected) in [
            ("Vistor", "", "", "there is no user class `Vistor`; did you mean `Visitor`?"),
            ("Buyer", "", "", "there is no user class `Buyer`, expected one of Visitor, Checker"),
            (
                "",
                "raed",
                "x",
                "no task is tagged `raed`; did you mean `read`?; no task is tagged `x`, expected \
                 one of forum, read, slow, write",
            ),
            (
                "",
                "",
                "forum",
                "the user class `Checker` has no task left; name the other classes in `user_classes` \
                 (`--user-classes`) to leave it out",
            ),
        ] {
            assert_eq!(left(&only(classes, tags, exclude)), Err(expected.into()));
        }
    }
}
