//! What can be done by a user, and how it ends.

use std::{
    any::Any,
    fmt,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    task::Poll,
};

use crate::user::User;

/// Something that a user does: a task, `on_start` or `on_stop`.
///
/// An async function of the user is one; its future need not be `Send`.
pub trait Action: Send + Sync {
    /// Does it.
    fn run<'a>(&'a self, user: &'a mut User) -> Pin<Box<dyn Future<Output = TaskResult> + 'a>>;
}

impl<F> Action for F
where
    F: AsyncFn(&mut User) -> TaskResult + Send + Sync,
{
    fn run<'a>(&'a self, user: &'a mut User) -> Pin<Box<dyn Future<Output = TaskResult> + 'a>> {
        Box::pin(self(user))
    }
}

/// Signing in, as the class says.
pub(crate) struct SigningIn;

impl Action for SigningIn {
    fn run<'a>(&'a self, user: &'a mut User) -> Pin<Box<dyn Future<Output = TaskResult> + 'a>> {
        Box::pin(user.sign_in())
    }
}

/// How a task ends.
pub type TaskResult = Result<(), TaskError>;

/// Why a task ended before its end.
#[derive(Debug)]
pub enum TaskError {
    /// The load ends: the user does nothing new.
    Stopped,
    /// The user has nothing more to do: it does `on_stop` and is gone.
    StopUser,
    /// The user's whole sequence starts over.
    InterruptFlow,
    /// The user leaves the task set for the one around it.
    Interrupt {
        /// Whether the next task follows without a wait.
        reschedule: bool,
    },
    /// Something went wrong in the task itself: recorded, and the user goes on.
    Exception(String),
}

impl TaskError {
    /// Something that went wrong in the task itself.
    pub fn exception(message: impl fmt::Display) -> Self {
        Self::Exception(message.to_string())
    }
}

/// With `?`, any error is an exception. (Which is why this type itself is no `Error`.)
impl<E: std::error::Error> From<E> for TaskError {
    fn from(error: E) -> Self {
        Self::Exception(error.to_string())
    }
}

/// Does something; a panic ends it as an exception does, so that one task cannot end a run. The
/// transactions that the user was in then are not those of what it does next.
pub(crate) async fn guarded(action: &dyn Action, user: &mut User) -> TaskResult {
    let mut work = action.run(user);
    let ended = poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)));
        polled.map_or_else(|panic| Poll::Ready(Err(panic)), |polled| polled.map(Ok))
    })
    .await;
    drop(work);
    ended.unwrap_or_else(|panic| {
        user.leave_transactions();
        Err(TaskError::Exception(format!("panicked: {}", message(&*panic))))
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("(no message)")
}
