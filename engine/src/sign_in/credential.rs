//! What somebody who has signed in shows.

use std::time::{Duration, Instant};

use http::{HeaderName, HeaderValue, header::AUTHORIZATION};

use super::aws::Signer;
use crate::{
    http::{Request, Target},
    scenario::TaskError,
};

/// What came of signing in.
pub(crate) struct Credential {
    proof: Proof,
    /// What of it must not be shown.
    secrets: Vec<String>,
    obtained: Instant,
    life: Option<Duration>,
    refresh: Option<String>,
}

/// What requests carry.
pub(crate) enum Proof {
    /// A header.
    Header(HeaderName, HeaderValue),
    /// Cookies, which the client has.
    Cookies,
    /// A signature.
    Aws(Signer),
}

impl Proof {
    /// A header whose value is a secret.
    pub(super) fn header(name: HeaderName, value: &str) -> Result<Self, TaskError> {
        let Ok(mut value) = HeaderValue::try_from(value) else {
            let what = "cannot hold what was obtained by signing in";
            return Err(TaskError::exception(format!("the header {name} {what}")));
        };
        value.set_sensitive(true);
        Ok(Self::Header(name, value))
    }
}

impl Credential {
    /// One that does not expire.
    pub(super) fn new(proof: Proof, secrets: impl IntoIterator<Item = String>) -> Self {
        let secrets = secrets.into_iter().collect();
        Self { proof, secrets, obtained: Instant::now(), life: None, refresh: None }
    }

    /// One that was asked for at an instant and expires, and what renews it.
    pub(super) fn expiring(
        mut self,
        asked: Instant,
        life: Option<Duration>,
        refresh: Option<String>,
    ) -> Self {
        self.secrets.extend(refresh.clone());
        Self { obtained: asked, life, refresh, ..self }
    }

    /// What must not be shown.
    pub(crate) fn secrets(&self) -> &[String] {
        &self.secrets
    }

    /// What renews it.
    pub(super) fn refresh(&self) -> Option<&str> {
        self.refresh.as_deref()
    }

    pub(super) fn age(&self) -> Duration {
        self.obtained.elapsed()
    }

    /// Whether it is to be renewed: it expires soon.
    pub(super) fn is_due(&self) -> bool {
        self.life.is_some_and(|life| self.age() >= life - margin(life))
    }

    /// Whether a server still takes it, as far as is known.
    pub(super) fn is_valid(&self) -> bool {
        self.life.is_none_or(|life| self.age() < life)
    }

    /// Whether a request carries it.
    pub(super) fn is_in(&self, request: &Request) -> bool {
        match &self.proof {
            Proof::Header(name, value) => request.headers.get(name) == Some(value),
            Proof::Cookies => true,
            Proof::Aws(_) => false,
        }
    }

    /// The request that carries it; none if it is to go as it is, which it does where it carries
    /// something else in its place.
    pub(crate) fn attach(
        &self,
        request: &Request,
        target: &Target,
    ) -> Result<Option<Box<Request>>, TaskError> {
        match &self.proof {
            Proof::Header(name, value) if !request.headers.contains_key(name) => {
                let mut signed = Box::new(request.clone());
                signed.headers.insert(name.clone(), value.clone());
                Ok(Some(signed))
            }
            Proof::Aws(signer) if !request.headers.contains_key(AUTHORIZATION) => {
                signer.sign(request, target).map(|signed| Some(Box::new(signed)))
            }
            Proof::Header(..) | Proof::Cookies | Proof::Aws(_) => Ok(None),
        }
    }
}

/// How long before its end something is renewed: half a minute, or a tenth of a short life.
fn margin(life: Duration) -> Duration {
    (life / 10).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn expiring(life: Duration, age: Duration) -> Credential {
        let asked = Instant::now() - age;
        Credential::new(Proof::Cookies, []).expiring(asked, Some(life), None)
    }

    #[test]
    fn it_is_renewed_shortly_before_its_end() {
        let second = Duration::from_secs;
        for (life, age, due, valid) in [
            (3600, 3569, false, true),
            (3600, 3571, true, true),
            (3600, 3601, true, false),
            (10, 8, false, true),
            (10, 9, true, true),
            (0, 0, true, false),
        ] {
            let credential = expiring(second(life), second(age));
            assert_eq!((credential.is_due(), credential.is_valid()), (due, valid), "{life} {age}");
        }
        let forever = Credential::new(Proof::Cookies, []);
        assert!(!forever.is_due() && forever.is_valid());
    }

    #[test]
    fn a_request_keeps_a_header_of_its_own() {
        let proof = Proof::header(AUTHORIZATION, "Bearer ours").unwrap();
        let credential = Credential::new(proof, []);
        let target = Target::parse("http://a.example").unwrap();
        let mut request = Request::new(Method::GET, "/");
        let signed = credential.attach(&request, &target).unwrap().unwrap();
        assert_eq!(signed.headers[AUTHORIZATION], "Bearer ours");
        assert!(signed.headers[AUTHORIZATION].is_sensitive());
        assert!(credential.is_in(&signed) && !credential.is_in(&request));
        request.headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer theirs"));
        assert!(credential.attach(&request, &target).unwrap().is_none());
    }

    #[test]
    fn what_no_header_can_hold_is_not_quoted() {
        let error = Proof::header(AUTHORIZATION, "to\nken").err();
        assert!(matches!(error, Some(TaskError::Exception(text)) if !text.contains("ken")));
    }
}
