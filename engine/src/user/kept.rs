//! What a user's tasks keep from one to the next.

use std::any::Any;

use super::User;

/// Values of different types. They are few, and looked for one by one.
#[derive(Default)]
pub(super) struct Kept(Vec<Box<dyn Any>>);

impl User {
    /// Keeps a value for the user's further tasks, such as a connection. There is one of each type:
    /// a further one takes its place.
    pub fn keep<T: 'static>(&mut self, value: T) {
        self.take::<T>();
        self.kept.0.push(Box::new(value));
    }

    /// Takes the value of a type, if one is kept.
    pub fn take<T: 'static>(&mut self) -> Option<T> {
        let at = self.kept.0.iter().position(|kept| kept.is::<T>())?;
        self.kept.0.swap_remove(at).downcast().ok().map(|value| *value)
    }
}
