//! What may be said to a run while it goes on, and who may say it.

use std::{fmt, io, time::Duration};

use engine::{
    clients::Clients,
    curve::{Change, ChangeError},
    hatch_rate::HatchRate,
};
use thiserror::Error;
use tokio::{
    select,
    sync::{mpsc, oneshot},
};

use crate::{descriptors::TooFew, grouped::counted, interrupt::Interrupts, plan::TooManyUsers};

/// What a run is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Control {
    /// To stop, as an interrupt does: the first time requests in flight may end, the second time
    /// it ends at once.
    Stop,
    /// To go to another number of users.
    Users {
        /// How many.
        clients: Clients,
        /// How fast, up or down; none for the profile's rate.
        hatch_rate: Option<HatchRate>,
    },
}

/// What a run does that was asked for something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Done {
    /// It stops; requests in flight may end.
    Stopping,
    /// It ends at once.
    Ending,
    /// Its users change.
    Changed(Change),
}

/// Why a run does not do what it was asked for.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum Refused {
    /// The load is none that can be changed so.
    #[error(transparent)]
    Load(#[from] ChangeError),
    /// Nobody said how fast.
    #[error("the profile has no hatch_rate: say how many users per second")]
    NoRate,
    /// Its functions cannot be told.
    #[error("the functions hear nothing while they run, as a region has no bucket")]
    Deaf,
    /// There is no room for their connections.
    #[error(transparent)]
    Room(#[from] TooFew),
    /// The scenario has not so many.
    #[error(transparent)]
    TooMany(#[from] TooManyUsers),
    /// It has been changed too often.
    #[error("the users were changed {0} times, and cannot be more often")]
    TooOften(usize),
    /// It ends.
    #[error("the run is ending")]
    Ending,
    /// It is over.
    #[error("the run is over")]
    Over,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopping => f.write_str("stopping: requests in flight may end"),
            Self::Ending => f.write_str("ending at once"),
            Self::Changed(Change { at, clients, hatch_rate }) => write!(
                f,
                "from {} on to {} at {} per second",
                engine::duration::format(Duration::from_secs(at.as_secs())),
                counted(clients.get().into(), "user"),
                hatch_rate.per_second(),
            ),
        }
    }
}

/// Says things to a run, from anywhere in this process.
#[derive(Clone, Debug)]
pub struct Remote {
    asked: mpsc::UnboundedSender<Asked>,
}

/// Something that was asked for, and who waits for the answer.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) control: Control,
    answer: Option<oneshot::Sender<Result<Done, Refused>>>,
}

impl Asked {
    /// Tells whoever asked; who does not wait any more is not missed.
    pub(crate) fn answer(self, answer: Result<Done, Refused>) {
        if let Some(waiting) = self.answer {
            let _ = waiting.send(answer);
        }
    }
}

impl Remote {
    /// Asks the run for something, and waits until it is done or refused.
    ///
    /// # Errors
    ///
    /// Why the run does not do it. The run's reporter is told the same.
    pub async fn ask(&self, control: Control) -> Result<Done, Refused> {
        let (answer, answered) = oneshot::channel();
        let asked = Asked { control, answer: Some(answer) };
        self.asked.send(asked).map_err(|_| Refused::Over)?;
        answered.await.unwrap_or(Err(Refused::Over))
    }

    /// Asks the run for something without waiting: what becomes of it, the run's reporter is told.
    pub fn tell(&self, control: Control) {
        // A run that is over does nothing more.
        let _ = self.asked.send(Asked { control, answer: None });
    }
}

/// Hears what is said to a run: interrupts, and what remotes ask for.
#[derive(Debug)]
pub struct Controls {
    interrupts: Interrupts,
    remote: Remote,
    asked: mpsc::UnboundedReceiver<Asked>,
}

impl Controls {
    /// Listens from now on: an interrupt no longer ends the process by itself.
    ///
    /// # Errors
    ///
    /// The system does not let it listen for interrupts.
    pub fn listen() -> io::Result<Self> {
        let (sender, asked) = mpsc::unbounded_channel();
        let (interrupts, remote) = (Interrupts::listen()?, Remote { asked: sender });
        Ok(Self { interrupts, remote, asked })
    }

    /// Something to say things with.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// Returns what is asked for next.
    pub(crate) async fn next(&mut self) -> Asked {
        select! {
            () = self.interrupts.next() => Asked { control: Control::Stop, answer: None },
            // There is always a sender: its own.
            Some(asked) = self.asked.recv() => asked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_asked_for_is_heard_and_answered() {
        let mut controls = Controls::listen().unwrap();
        let remote = controls.remote();
        let clients = Clients::try_new(1500).unwrap();
        let users = Control::Users { clients, hatch_rate: None };
        let change = Change {
            at: Duration::from_millis(72_500),
            clients,
            hatch_rate: HatchRate::try_new(12.5).unwrap(),
        };
        let (answer, ()) = tokio::join!(remote.ask(users), async {
            let asked = controls.next().await;
            assert_eq!(asked.control, users);
            asked.answer(Ok(Done::Changed(change)));
        });
        let text = answer.unwrap().to_string();
        assert_eq!(text, "from 1m12s on to 1,500 users at 12.5 per second");

        remote.tell(Control::Stop);
        assert_eq!(controls.next().await.control, Control::Stop);
    }

    #[tokio::test]
    async fn a_run_that_is_over_answers() {
        let controls = Controls::listen().unwrap();
        let remote = controls.remote();
        let (answer, ()) = tokio::join!(remote.ask(Control::Stop), async { drop(controls) });
        assert_eq!(answer, Err(Refused::Over));
        assert_eq!(remote.ask(Control::Stop).await, Err(Refused::Over));
    }
}
