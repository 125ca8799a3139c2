//! Requests that failed, told one by one to whoever wants to know.

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Instant, SystemTime},
};

use percent_encoding::percent_decode_str;

use super::{
    User,
    recording::{End, What},
};
use crate::{
    expected::Check,
    http::{Exchange, Request, Response},
    listener::{FailedRequest, Failures, Unmet},
    secret::{CUT, MASK, fields_masked, is_secret_name},
};

/// Where all threads of a generator tell of requests that failed: of the first ones in each
/// second, as many as are wanted.
#[derive(Clone)]
pub(crate) struct Telling {
    failures: Failures,
    since: Instant,
    told: Arc<Told>,
}

/// The current second, and how many were told in it, in half the bits each.
#[derive(Default)]
struct Told(AtomicU64);

impl Telling {
    /// Begins to tell.
    pub(crate) fn new(failures: Failures) -> Self {
        Self { failures, since: Instant::now(), told: Arc::default() }
    }

    /// How many bytes of a body are wanted.
    pub(crate) fn body(&self) -> usize {
        self.failures.wanted.body
    }

    /// Tells of a request, if there were not enough in this second, and there is room. Only then
    /// it is written out, with so many bytes of its body. Where everything fails, all threads come
    /// here: that there were enough is read without a lock, and without writing.
    pub(super) fn tell(&self, request: impl FnOnce(usize) -> FailedRequest) {
        let wanted = self.failures.wanted;
        if self.told.one_more(self.since.elapsed().as_secs(), wanted.per_second)
            && let Ok(room) = self.failures.to.try_reserve()
        {
            room.send(request(wanted.body));
        }
    }
}

impl Told {
    const BITS: u32 = u64::BITS / 2;

    /// Counts one more in a second, if there were fewer than `most`.
    fn one_more(&self, second: u64, most: u32) -> bool {
        let counted = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |told| {
            let (current, count) = (told >> Self::BITS, told & u64::from(u32::MAX));
            // Another thread may be a moment ahead.
            let second = second.max(current);
            let count = if second > current { 0 } else { count };
            (count < u64::from(most)).then_some((second << Self::BITS) | (count + 1))
        });
        counted.is_ok()
    }
}

impl User {
    /// A request that failed, for a reason without secrets, with so many bytes of its body.
    pub(super) fn failed_request(
        &self,
        request: &Request,
        exchange: &Exchange,
        reason: &str,
        body: usize,
    ) -> FailedRequest {
        let response = exchange.result.as_ref().ok();
        let elapsed =
            response.map_or_else(|| exchange.begun.elapsed(), |response| response.elapsed);
        let checks = response.map(|response| request.expected.checks(response));
        FailedRequest {
            at: SystemTime::now() - exchange.begun.elapsed(),
            user: self.id,
            class: self.class().to_owned(),
            method: request.method.to_string(),
            name: request.name.to_string(),
            url: Some(self.shown_url(&request.url)),
            status: exchange.status.map(|status| status.as_u16()),
            reason: reason.to_owned(),
            unmet: checks.into_iter().flatten().filter_map(|check| self.unmet(check)).collect(),
            body: response.and_then(|response| self.beginning(response, body)),
            elapsed,
            phases: exchange.phases,
            trace: exchange.trace,
        }
    }

    /// Anything else that failed, for a reason without secrets.
    pub(super) fn failed_measure(
        &self,
        what: What<'_>,
        end: &End<'_>,
        reason: &str,
    ) -> FailedRequest {
        FailedRequest {
            at: SystemTime::now() - end.elapsed,
            user: self.id,
            class: self.class().to_owned(),
            method: what.kind.to_owned(),
            name: what.name.to_owned(),
            url: None,
            status: None,
            reason: reason.to_owned(),
            unmet: Vec::new(),
            body: None,
            elapsed: end.elapsed,
            phases: end.phases,
            trace: None,
        }
    }

    fn unmet(&self, check: Check) -> Option<Unmet> {
        let found = check.actual?;
        Some(Unmet {
            expected: self.masked(&check.expected),
            found: self.masked(&fields_masked(&found)),
        })
    }

    /// The beginning of a body without secrets; none if nothing of it was kept.
    fn beginning(&self, response: &Response, most: usize) -> Option<String> {
        let kept = response.body.bytes();
        let start = &kept[..kept.len().min(most)];
        if start.is_empty() {
            return None;
        }
        let is_cut = start.len() < kept.len() || response.body.is_truncated();
        let text = String::from_utf8_lossy(start);
        let text = if is_cut {
            // Half a character is none.
            Cow::Owned(format!("{}{CUT}", text.trim_end_matches(char::REPLACEMENT_CHARACTER)))
        } else {
            text
        };
        Some(self.masked(&fields_masked(&text)))
    }

    /// Where a request went, without secrets: parameters whose names say so, and known secrets
    /// however they are written there.
    fn shown_url(&self, url: &str) -> String {
        let target = self.http.target(url).map(|target| target.to_string());
        let url = target.unwrap_or_else(|_| without_userinfo(url));
        let (path, query) = match url.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (&*url, None),
        };
        let path: Vec<_> = path.split('/').map(|part| self.shown_part(part)).collect();
        let path = path.join("/");
        let Some(query) = query else { return path };
        let query: Vec<_> = query.split('&').map(|pair| self.shown_pair(pair)).collect();
        format!("{path}?{}", query.join("&"))
    }

    fn shown_pair(&self, pair: &str) -> String {
        match pair.split_once('=') {
            Some((name, _)) if is_secret_parameter(name) => format!("{name}={MASK}"),
            Some((name, value)) => format!("{name}={}", self.shown_part(value)),
            None => self.shown_part(pair),
        }
    }

    fn shown_part(&self, part: &str) -> String {
        let plain = part.replace('+', " ");
        let plain = percent_decode_str(&plain).decode_utf8_lossy();
        if self.masked(&plain) == plain { self.masked(part) } else { MASK.to_owned() }
    }
}

/// Whether a URL's parameter of this name holds a secret, or what is as good as one: whoever has a
/// signed URL may use it.
fn is_secret_parameter(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy().to_ascii_lowercase();
    is_secret_name(&name)
        || ["signature", "api_key", "api-key"].iter().any(|word| name.contains(word))
        || ["key", "sig", "code", "pwd", "auth"].contains(&&*name)
}

/// A URL that is none, without what may stand before its host.
fn without_userinfo(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", &rest[host..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_each_second_are_told_whichever_thread_they_are_of() {
        let told = Told::default();
        let admitted = |second| (0..7).filter(|_| told.one_more(second, 3)).count();
        assert_eq!([admitted(0), admitted(0), admitted(1), admitted(5)], [3, 0, 3, 3]);
        // A thread that is behind takes nothing of the seconds before.
        assert_eq!(admitted(4), 0);
        assert!(!told.one_more(9, 0));
        let told = Told::default();
        let count = || (0..1000).filter(|_| told.one_more(7, 100)).count();
        let all: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(all, 100);
    }

    #[test]
    fn parameters_that_are_as_good_as_a_secret_are_known() {
        for name in ["X-Amz-Signature", "sig", "access%5Ftoken", "api_key", "KEY", "code"] {
            assert!(is_secret_parameter(name), "{name}");
        }
        for name in ["page", "keyword", "design", "zipcode"] {
            assert!(!is_secret_parameter(name), "{name}");
        }
    }

    #[test]
    fn nobody_signs_in_by_a_url_that_is_shown() {
        assert_eq!(without_userinfo("ftp://me:hidden@a.example/x@y"), "ftp://a.example/x@y");
        assert_eq!(without_userinfo("/x@y"), "/x@y");
    }
}
