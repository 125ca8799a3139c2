//! Test data: rows, and which of them a user takes.
//!
//! No generator asks another one: which row is taken follows from the user's number, from how
//! often it has taken one, and from the interval.

mod rows;

use std::sync::Arc;

use serde_json::Value;

pub use self::rows::{RowsError, parse};
use crate::random::Random;

/// Rows that users take one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Feeder {
    /// Its name, which is the variable that holds the row.
    pub name: Arc<str>,
    /// The rows; at least one.
    pub rows: Arc<[Value]>,
    /// Which row is next.
    pub order: Order,
    /// What happens where there is none.
    pub exhausted: Exhausted,
}

/// Which row is next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Order {
    /// As written, users taking turns.
    Sequential,
    /// In an order that follows from the seed, users taking turns.
    Shuffled,
    /// Any, each time.
    Random,
    /// User `k` has row `k` for itself, however often it asks and in whatever interval.
    Unique,
}

/// What happens to a user for whom no row is left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exhausted {
    /// The rows begin again.
    Recycle,
    /// It stops.
    Stop,
    /// Its task fails, each time.
    Fail,
}

/// Where in a run rows are taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Turn {
    /// From which the shuffled order follows.
    pub seed: u64,
    /// The number of users of the whole test: as many rows are taken before a user's turn comes
    /// again.
    pub users: u32,
    /// The interval, from 0.
    pub interval: u32,
    /// The number of intervals.
    pub intervals: u32,
    /// The most lives of any user.
    pub lives: u32,
}

/// A feeder in a run.
pub(crate) struct Feeding {
    feeder: Arc<Feeder>,
    turn: Turn,
    /// Places of rows in their shuffled order.
    shuffled: Option<Vec<u32>>,
}

impl Feeder {
    /// Rows in the order in which they are written, which begin again at their end.
    ///
    /// # Panics
    ///
    /// Without a row.
    pub fn new(name: &str, rows: impl Into<Arc<[Value]>>) -> Self {
        let rows = rows.into();
        assert!(!rows.is_empty(), "a feeder needs a row");
        Self { name: name.into(), rows, order: Order::Sequential, exhausted: Exhausted::Recycle }
    }

    /// Rows of a file, of which the ending of its name tells the format; see [`parse`].
    ///
    /// # Errors
    ///
    /// What is wrong with the file.
    pub fn of_file(name: &str, file: &str, content: &[u8]) -> Result<Self, RowsError> {
        Ok(Self::new(name, parse(file, content)?))
    }

    /// The same in another order. Where each user has a row for itself, those without stop.
    #[must_use]
    pub fn order(mut self, order: Order) -> Self {
        self.order = order;
        self.exhausted = order.exhausted();
        self
    }

    /// The same with something else to happen where no row is left.
    #[must_use]
    pub fn exhausted(mut self, exhausted: Exhausted) -> Self {
        self.exhausted = exhausted;
        self
    }

    /// How many of a number of users surely find no row of their own.
    pub fn without_row(&self, users: u32) -> u32 {
        let rows = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        match (self.order, self.exhausted) {
            (Order::Random, _) | (Order::Sequential | Order::Shuffled, Exhausted::Recycle) => 0,
            _ => users.saturating_sub(rows),
        }
    }
}

impl Order {
    /// What happens where no row is left, if nothing is said.
    pub fn exhausted(self) -> Exhausted {
        if self == Self::Unique { Exhausted::Stop } else { Exhausted::Recycle }
    }
}

impl Feeding {
    pub(crate) fn new(feeder: Arc<Feeder>, turn: Turn) -> Self {
        let shuffled =
            (feeder.order == Order::Shuffled).then(|| shuffled(feeder.rows.len(), turn.seed));
        Self { feeder, turn, shuffled }
    }

    pub(crate) fn feeder(&self) -> &Feeder {
        &self.feeder
    }

    /// The row that a user takes after it has taken `taken` in this life and interval; none if
    /// none is left.
    pub(crate) fn row(
        &self,
        user: u32,
        life: u32,
        taken: u64,
        random: &mut Random,
    ) -> Option<&Value> {
        let rows = self.feeder.rows.len() as u64;
        let place = match self.feeder.order {
            Order::Random => random.below(rows),
            Order::Unique => u64::from(user),
            Order::Sequential | Order::Shuffled => self.place(user, life, taken),
        };
        let place = match self.feeder.exhausted {
            Exhausted::Recycle => place % rows,
            Exhausted::Stop | Exhausted::Fail => Some(place).filter(|place| *place < rows)?,
        };
        let place = usize::try_from(place).ok()?;
        let place = self.shuffled.as_ref().map_or(place, |order| order[place] as usize);
        self.feeder.rows.get(place)
    }

    /// Users take turns, and so do their lives and intervals: what a user took in an earlier one
    /// is not known in a later one, so each has turns that are its own.
    fn place(&self, user: u32, life: u32, taken: u64) -> u64 {
        let Turn { users, interval, intervals, lives, .. } = self.turn;
        let among = |place: u64, (index, of): (u32, u32)| {
            place.saturating_mul(u64::from(of.max(1))).saturating_add(u64::from(index))
        };
        [(life, lives), (interval, intervals), (user, users)].into_iter().fold(taken, among)
    }
}

/// The numbers below `rows` in an order that follows from a seed.
fn shuffled(rows: usize, seed: u64) -> Vec<u32> {
    let mut random = Random::of_user(seed, u32::MAX, 0);
    let mut order: Vec<u32> = (0..u32::try_from(rows).unwrap_or(u32::MAX)).collect();
    for last in (1..order.len()).rev() {
        let other = random.below(last as u64 + 1);
        order.swap(last, usize::try_from(other).unwrap_or(last));
    }
    order
}

/// The keys that all rows have, if rows have keys.
pub fn keys(rows: &[Value]) -> Option<Vec<String>> {
    let objects: Option<Vec<_>> = rows.iter().map(Value::as_object).collect();
    let objects = objects?;
    let first = objects.first()?;
    let everywhere = |key: &&String| objects.iter().all(|object| object.contains_key(*key));
    Some(first.keys().filter(everywhere).cloned().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    fn feeding(rows: u32, order: Order, exhausted: Exhausted, turn: Turn) -> Feeding {
        let rows: Vec<Value> = (0..rows).map(Value::from).collect();
        let feeder = Feeder::new("row", rows).order(order).exhausted(exhausted);
        Feeding::new(Arc::new(feeder), turn)
    }

    fn turn(users: u32, interval: u32, intervals: u32) -> Turn {
        Turn { seed: 7, users, interval, intervals, lives: 2 }
    }

    fn turn_of_one_life(users: u32) -> Turn {
        Turn { lives: 1, ..turn(users, 0, 1) }
    }

    fn taken(feeding: &Feeding, user: u32, life: u32, times: u64) -> Vec<Option<u64>> {
        let mut random = Random::of_user(7, user, 0);
        let mut row = |n| feeding.row(user, life, n, &mut random).and_then(Value::as_u64);
        (0..times).map(&mut row).collect()
    }

    #[test]
    fn users_take_turns() {
        let feeding = feeding(7, Order::Sequential, Exhausted::Recycle, turn_of_one_life(3));
        assert_eq!(taken(&feeding, 0, 0, 4), [Some(0), Some(3), Some(6), Some(2)]);
        assert_eq!(taken(&feeding, 2, 0, 3), [Some(2), Some(5), Some(1)]);
    }

    #[test]
    fn who_has_no_row_is_counted() {
        let rows: Vec<Value> = (0..10).map(Value::from).collect();
        let feeder = Feeder::new("row", rows);
        assert_eq!(feeder.without_row(15), 0);
        assert_eq!(feeder.clone().exhausted(Exhausted::Fail).without_row(15), 5);
        assert_eq!(feeder.clone().order(Order::Unique).without_row(15), 5);
        assert_eq!(feeder.order(Order::Random).without_row(15), 0);
    }

    #[test]
    fn keys_are_those_of_all_rows() {
        let rows: Value = serde_json::json!([{"a": 1, "b": 2}, {"b": 3, "c": 4}]);
        assert_eq!(keys(rows.as_array().unwrap()), Some(vec!["b".to_owned()]));
        assert_eq!(keys(&[1.into()]), None);
    }

    proptest! {
        /// Whatever the lives and intervals, and however many times each user asks: no row is taken twice
        /// before rows begin again.
        #[test]
        fn no_row_is_taken_twice(
            rows in 1_u32..200, users in 1_u32..20, intervals in 1_u32..5, times in 1_u64..8,
            shuffled in any::<bool>(),
        ) {
            let order = if shuffled { Order::Shuffled } else { Order::Sequential };
            let mut seen = HashSet::new();
            for interval in 0..intervals {
                let feeding = feeding(rows, order, Exhausted::Stop, turn(users, interval, intervals));
                for (user, life) in (0..users).flat_map(|user| [(user, 0), (user, 1)]) {
                    for row in taken(&feeding, user, life, times).into_iter().flatten() {
                        prop_assert!(seen.insert(row), "row {} twice", row);
                    }
                }
            }
            let asked = 2 * u64::from(users) * u64::from(intervals) * times;
            prop_assert_eq!(seen.len() as u64, asked.min(u64::from(rows)));
        }

        /// A user keeps its row over all intervals, and nobody else has it.
        #[test]
        fn unique_rows_are_owned(rows in 1_u32..50, users in 1_u32..80) {
            let mut owners = HashMap::new();
            for interval in 0..3 {
                let feeding = feeding(rows, Order::Unique, Exhausted::Stop, turn(users, interval, 3));
                for user in 0..users {
                    for row in taken(&feeding, user, interval, 3) {
                        prop_assert_eq!(row.is_some(), user < rows);
                        let Some(row) = row else { continue };
                        prop_assert_eq!(*owners.entry(row).or_insert(user), user);
                    }
                }
            }
        }

        #[test]
        fn a_shuffle_keeps_all_rows(rows in 1_usize..300, seed in any::<u64>()) {
            let mut order = shuffled(rows, seed);
            order.sort_unstable();
            prop_assert_eq!(order, (0..u32::try_from(rows).unwrap()).collect::<Vec<_>>());
        }
    }
}
