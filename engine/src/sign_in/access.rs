//! Who has which credential, and who fetches the next one.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::{Mutex, MutexGuard};

use super::{Credential, SignIn};
use crate::{
    environment::Environment,
    http::{Origin, Request},
    scenario::TaskError,
};

/// The shortest time between two sign-ins, of which the first failed or its token was refused.
const PAUSE: Duration = Duration::from_secs(1);

/// A user's hold on a credential.
pub(crate) struct Access {
    pub(crate) sign_in: Arc<SignIn>,
    pub(crate) slot: Rc<Slot>,
    /// Whether the user is just signing in: what it sends then carries no credential.
    signing: Cell<bool>,
    /// Whom the credential is for besides the user's own host, once that was asked.
    origins: OnceCell<Vec<Origin>>,
}

/// A credential, of one user or of several, and the way to the next.
#[derive(Default)]
pub(crate) struct Slot {
    credential: RefCell<Option<Rc<Credential>>>,
    /// Held by the one who signs in.
    flight: Mutex<()>,
    /// How many sign-ins have ended, well or not.
    flights: Cell<u64>,
    /// After a failure, when to try again; none after a success.
    not_before: Cell<Option<Instant>>,
}

impl Access {
    pub(crate) fn new(sign_in: Arc<SignIn>, slot: Rc<Slot>) -> Self {
        Self { sign_in, slot, signing: Cell::default(), origins: OnceCell::new() }
    }

    /// Whether the user is just signing in.
    pub(crate) fn is_signing(&self) -> bool {
        self.signing.get()
    }

    /// Whether the credential is for an origin besides the user's own.
    ///
    /// # Errors
    ///
    /// A host that is none.
    pub(crate) fn is_for(
        &self,
        origin: &Origin,
        environment: &Environment,
    ) -> Result<bool, TaskError> {
        if let Some(origins) = self.origins.get() {
            return Ok(origins.contains(origin));
        }
        let origins = self.sign_in.origins(environment)?;
        Ok(self.origins.get_or_init(|| origins).contains(origin))
    }

    /// The user signs in as long as what is returned lives.
    pub(crate) fn begin(self: &Rc<Self>) -> Signing {
        self.signing.set(true);
        Signing(Rc::clone(self))
    }

    /// A server has refused a request: what it carried is not used again. Of what has come just
    /// now another one would be refused as well; so a server that refuses everything is not
    /// asked for tokens all the time.
    pub(crate) fn refused(&self, request: &Request) {
        let is_old = |credential: &mut Rc<Credential>| {
            credential.is_in(request) && credential.age() >= PAUSE
        };
        if self.sign_in.can_be_renewed() && !self.is_signing() {
            self.slot.credential.borrow_mut().take_if(is_old);
        }
    }
}

/// Somebody signs in; also an end in between ends it.
pub(crate) struct Signing(Rc<Access>);

impl Drop for Signing {
    fn drop(&mut self) {
        self.0.signing.set(false);
    }
}

impl Slot {
    /// The credential, due or not.
    pub(crate) fn current(&self) -> Option<Rc<Credential>> {
        self.credential.borrow().clone()
    }

    /// The credential, if it need not be renewed.
    pub(crate) fn fresh(&self) -> Option<Rc<Credential>> {
        self.current().filter(|credential| !credential.is_due())
    }

    /// The credential, if it is still taken.
    pub(crate) fn valid(&self) -> Option<Rc<Credential>> {
        self.current().filter(|credential| credential.is_valid())
    }

    /// How many sign-ins have ended.
    pub(crate) fn flights(&self) -> u64 {
        self.flights.get()
    }

    /// The right to sign in, if nobody has it.
    pub(crate) fn try_board(&self) -> Option<MutexGuard<'_, ()>> {
        self.flight.try_lock().ok()
    }

    /// The right to sign in, once nobody else has it.
    pub(crate) async fn board(&self) -> MutexGuard<'_, ()> {
        self.flight.lock().await
    }

    /// When to try again, if that is not at once.
    pub(crate) fn not_before(&self) -> Option<Instant> {
        self.not_before.get().filter(|at| *at > Instant::now())
    }

    /// Somebody who has the right to begins to sign in.
    pub(crate) fn take_off<'a>(&'a self, alone: MutexGuard<'a, ()>) -> Flight<'a> {
        Flight { slot: self, _alone: alone, landed: false }
    }
}

/// Somebody signs in.
pub(crate) struct Flight<'a> {
    slot: &'a Slot,
    _alone: MutexGuard<'a, ()>,
    landed: bool,
}

impl Flight<'_> {
    /// That has succeeded.
    pub(crate) fn land(mut self, credential: Credential) -> Rc<Credential> {
        self.landed = true;
        let credential = Rc::new(credential);
        *self.slot.credential.borrow_mut() = Some(Rc::clone(&credential));
        credential
    }
}

/// What does not land has failed, however that came: by a panic as well.
impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.slot.flights.update(|flights| flights + 1);
        self.slot.not_before.set((!self.landed).then(|| Instant::now() + PAUSE));
    }
}
