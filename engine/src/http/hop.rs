//! A request on its way from one redirect to the next.

use http::{Method, header::LOCATION};

use super::{Headers, Redirects, Request, Target, TargetError, wire::Head};

/// A request as it goes to one of the places it is redirected to.
pub(super) struct Hop {
    pub(super) method: Method,
    pub(super) target: Target,
    pub(super) with_body: bool,
    pub(super) with_credentials: bool,
}

impl Hop {
    /// A request as it begins.
    pub(super) fn first(request: &Request, target: Target) -> Self {
        Self {
            method: request.method.clone(),
            target,
            with_body: request.has_body(),
            with_credentials: true,
        }
    }

    /// Where a response redirects to, if it does and the scenario lets it.
    pub(super) fn next(
        &self,
        head: &Head,
        redirects: Redirects,
    ) -> Option<Result<Self, TargetError>> {
        let status = head.status.as_u16();
        if redirects == Redirects::None || !matches!(status, 301..=303 | 307 | 308) {
            return None;
        }
        let headers = Headers::of_head(head.lines.clone());
        match self.target.redirect(headers.get(LOCATION.as_str())?) {
            Ok(to) if redirects == Redirects::SameHost && to.origin != self.target.origin => None,
            Ok(to) => Some(Ok(self.redirected(to, status))),
            Err(error) => Some(Err(error)),
        }
    }

    /// The request that follows a redirect, as browsers make it: 303, and 301 or 302 to a POST,
    /// become a GET without a body; credentials stay with the host they were meant for.
    fn redirected(&self, target: Target, status: u16) -> Self {
        let becomes_get = match status {
            303 => self.method != Method::HEAD,
            301 | 302 => self.method == Method::POST,
            _ => false,
        };
        Self {
            method: if becomes_get { Method::GET } else { self.method.clone() },
            with_body: self.with_body && !becomes_get,
            with_credentials: self.with_credentials && target.origin == self.target.origin,
            target,
        }
    }
}
