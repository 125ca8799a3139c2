//! Users that sign in.

use std::{mem, rc::Rc, sync::Arc, time::Instant};

use tokio::select;

use super::{Context, Phase, User};
use crate::{
    http::{Request, Target},
    scenario::{TaskError, TaskResult, UserClass},
    sign_in::{Access, Credential, Flight, Slot, transaction},
};

impl User {
    /// The hold on a credential of a new user of a class.
    pub(super) fn access(class: &Arc<UserClass>, context: &Context) -> Option<Rc<Access>> {
        let sign_in = class.sign_in.as_ref()?;
        let slot = if sign_in.shared { context.slot(class) } else { Rc::default() };
        Some(Rc::new(Access::new(Arc::clone(sign_in), slot)))
    }

    /// Signs in, if its class says so and it has not.
    ///
    /// # Errors
    ///
    /// [`TaskError::InterruptFlow`] if that fails; it is not tried again for a second.
    /// [`TaskError::Stopped`] if the load has ended.
    pub async fn sign_in(&mut self) -> TaskResult {
        match self.access.clone() {
            Some(access) if !access.is_signing() => self.credential(&access).await.map(drop),
            _ => Ok(()),
        }
    }

    /// The request with the user's credential, if it is to carry one.
    pub(super) async fn signed(
        &mut self,
        request: &Request,
    ) -> Result<Option<Box<Request>>, TaskError> {
        let Some(access) = self.access.clone() else { return Ok(None) };
        match self.http.target(&request.url) {
            Ok(target) if !access.is_signing() && self.is_for(&access, &target)? => {
                self.credential(&access).await?.attach(request, &target)
            }
            // What is no target is told when it is sent.
            _ => Ok(None),
        }
    }

    /// Credentials are for the user's own host, and for those that the sign-in names.
    fn is_for(&self, access: &Access, target: &Target) -> Result<bool, TaskError> {
        Ok(self.http.is_own(target) || access.is_for(&target.origin, &self.context.environment)?)
    }

    /// The same for several requests.
    pub(super) async fn all_signed(
        &mut self,
        requests: &[Request],
    ) -> Result<Vec<Option<Box<Request>>>, TaskError> {
        let mut all = Vec::with_capacity(requests.len());
        for request in requests {
            all.push(Box::pin(self.signed(request)).await?);
        }
        Ok(all)
    }

    /// Whether the user is just signing in: then every failure ends what it does.
    pub(super) fn is_signing_in(&self) -> bool {
        self.access.as_ref().is_some_and(|access| access.is_signing())
    }

    /// A request came back as not authorized: the next one signs in again, unless that is what
    /// was expected.
    pub(super) fn refused(&self, request: &Request) {
        let Some(access) = &self.access else { return };
        let refused = http::StatusCode::UNAUTHORIZED;
        let expected = request.expected.status.iter().any(|status| status.matches(refused));
        let target = self.http.target(&request.url);
        let carried = target.is_ok_and(|target| self.is_for(access, &target).unwrap_or(false));
        if !expected && carried {
            access.refused(request);
        }
    }

    /// A credential that need not be renewed, or is still taken while somebody renews it.
    async fn credential(&mut self, access: &Rc<Access>) -> Result<Rc<Credential>, TaskError> {
        let slot = &access.slot;
        if let Some(credential) = slot.fresh() {
            return Ok(credential);
        }
        self.check_stop()?;
        let flights = slot.flights();
        let alone = match slot.try_board() {
            Some(alone) => alone,
            None if let Some(credential) = slot.valid() => return Ok(credential),
            None => self.unless_stopped(slot.board()).await?,
        };
        if let Some(credential) = slot.fresh() {
            return Ok(credential);
        }
        if slot.flights() != flights {
            // The one that was waited for has failed: this one need not try.
            return slot.valid().ok_or(TaskError::InterruptFlow);
        }
        if let Some(at) = slot.not_before()
            && self.context.observer.is_none()
        {
            if let Some(credential) = slot.valid() {
                return Ok(credential);
            }
            self.stop.sleep_until(at).await.map_err(|_| TaskError::Stopped)?;
        }
        let flight = slot.take_off(alone);
        self.obtain(access, flight).await
    }

    /// Signs in, apart from what the user is about to do: neither the time from its intended
    /// start nor the transactions that it is in are those of signing in.
    async fn obtain(
        &mut self,
        access: &Rc<Access>,
        flight: Flight<'_>,
    ) -> Result<Rc<Credential>, TaskError> {
        let before = access.slot.current();
        let (intended, begun) = (self.intended.take(), Instant::now());
        let transactions = mem::take(&mut self.transactions);
        let signing = access.begin();
        let obtained = access.sign_in.obtain(self, before.as_deref()).await;
        drop(signing);
        self.intended = intended;
        self.transactions = transactions;
        self.transactions.wait(begun.elapsed());
        match obtained {
            Ok(credential) => {
                if let Some(observer) = &self.context.observer {
                    credential.secrets().iter().for_each(|secret| observer.secret(secret));
                }
                Ok(flight.land(credential))
            }
            Err(end @ (TaskError::Stopped | TaskError::StopUser)) => Err(end),
            Err(error) => access.slot.valid().ok_or_else(|| {
                self.transactions.fail(&transaction(&access.sign_in.name), "failed");
                error
            }),
        }
    }

    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, TaskError> {
        if self.phase == Phase::Stopping {
            return Ok(work.await);
        }
        select! {
            biased;
            () = self.stop.stopped() => Err(TaskError::Stopped),
            done = work => Ok(done),
        }
    }
}

impl Context {
    /// What all users of a class on this thread share.
    fn slot(&self, class: &Arc<UserClass>) -> Rc<Slot> {
        let mut slots = self.slots.borrow_mut();
        if let Some((_, slot)) = slots.iter().find(|(other, _)| Arc::ptr_eq(other, class)) {
            return Rc::clone(slot);
        }
        let slot = Rc::<Slot>::default();
        slots.push((Arc::clone(class), Rc::clone(&slot)));
        slot
    }
}
