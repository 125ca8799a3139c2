//! A user's cookies.

use cookie_store::CookieStore;
use http::{HeaderMap, HeaderValue, header::SET_COOKIE};

use super::Target;

/// The cookies of one user; costs nothing until one is set.
#[derive(Default)]
pub(super) struct Cookies {
    store: Option<Box<CookieStore>>,
}

impl Cookies {
    /// Takes in the cookies that a response sets.
    pub(super) fn take(&mut self, target: &Target, headers: &HeaderMap) {
        if !headers.contains_key(SET_COOKIE) {
            return;
        }
        let Ok(url) = target.url() else { return };
        let store = self.store.get_or_insert_default();
        for header in headers.get_all(SET_COOKIE) {
            let Ok(text) = header.to_str() else { continue };
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
