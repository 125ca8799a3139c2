//! The lives of users: the times in which the level exceeds their numbers.

use std::{iter, ops::Range, time::Duration};

use super::{LoadCurve, segment::whole};
use crate::{share::Share, window::Window};

/// The time `[from, to)` in which a user is active; never empty.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Life {
    /// The user's number.
    pub user: u32,
    /// Which of its lives, from 0: it has another one each time the level rises above it.
    pub number: u32,
    /// When it starts, since the test's start.
    pub from: Duration,
    /// When it begins nothing new, since the test's start.
    pub to: Duration,
}

impl LoadCurve {
    /// All lives of a user, in order.
    pub fn lives_of(&self, user: u32) -> Vec<Life> {
        let mut lives: Vec<Life> = Vec::new();
        let mut since = self.points[0].exceeds(user).then_some(Duration::ZERO);
        for segment in self.segments() {
            match (since, segment.to.exceeds(user)) {
                (None, true) => since = Some(segment.passes(user)),
                (Some(from), false) => {
                    add(&mut lives, user, from, segment.passes(user));
                    since = None;
                }
                _ => {}
            }
        }
        if let Some(from) = since {
            add(&mut lives, user, from, self.duration());
        }
        lives
    }

    /// The most lives of any user. Between the levels of two points all users have as many.
    pub fn most_lives(&self) -> u32 {
        let levels = self.points.iter().map(|point| whole(point.level.ceil()));
        let users = levels.flat_map(|level| [level, level.saturating_sub(1)]);
        let lives = users.map(|user| u32::try_from(self.lives_of(user).len()).unwrap_or(u32::MAX));
        lives.max().unwrap_or(0)
    }

    /// The lives of a share's users that fall into a window, each of them whole: first those that
    /// continue from before it, in order of their users, then those that start in it, as they do.
    pub fn lives(&self, window: Window, share: Share) -> impl Iterator<Item = Life> {
        let (first, last) = (window.from(), window.to());
        let continuing = iter::once((first, 0..self.continuing(first)));
        let starting = self.segments().filter_map(move |segment| {
            let (from, to) = (segment.from.at.max(first), segment.to.at.min(last));
            (from < to).then(|| (from, self.starting(from, to)))
        });
        let groups = continuing.chain(starting);
        groups.flat_map(move |(after, users)| {
            let own = share.users(users);
            own.filter_map(move |user| self.lives_of(user).into_iter().find(|life| life.to > after))
        })
    }

    /// The users that start in a time within which the level does not turn.
    fn starting(&self, from: Duration, to: Duration) -> Range<u32> {
        self.continuing(from)..self.users(from).max(self.users_before(to))
    }
}

/// Adds a time in which a user is active: another life, unless it only touched its level.
fn add(lives: &mut Vec<Life>, user: u32, from: Duration, to: Duration) {
    match lives.last_mut() {
        _ if from == to => {}
        Some(last) if last.to == from => last.to = to,
        last => {
            let number = last.map_or(0, |last| last.number + 1);
            lives.push(Life { user, number, from, to });
        }
    }
}
