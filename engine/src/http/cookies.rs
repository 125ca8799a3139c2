//! A user's cookies.

use cookie_store::CookieStore;
use http::HeaderValue;

use super::{Headers, Target};

/// The cookies of one user; costs nothing until one is set.
#[derive(Default)]
pub(super) struct Cookies {
    store: Option<Box<CookieStore>>,
}

impl Cookies {
    /// Takes in the cookies that a response sets.
    pub(super) fn take(&mut self, target: &Target, headers: &Headers) {
        let mut set = headers.get_all("set-cookie").peekable();
        if set.peek().is_none() {
            return;
        }
        let Ok(url) = target.url() else { return };
        let store = self.store.get_or_insert_default();
        for text in set {
            if let Err(error) = store.parse(text, &url) {
                log::debug!(target: "hyperclient", "{target}: cookie refused: {error}");
            }
        }
    }

    /// The `Cookie` header for a request, if there are any.
    pub(super) fn header(&self, target: &Target) -> Option<HeaderValue> {
        let store = self.store.as_ref()?;
        let url = target.url().ok()?;
        let pairs: Vec<_> =
            store.get_request_values(&url).map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { None } else { HeaderValue::try_from(pairs.join("; ")).ok() }
    }

    /// Forgets all of them.
    pub(super) fn clear(&mut self) {
        self.store = None;
    }
}
