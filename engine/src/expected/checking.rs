//! Whether a response is as expected.

use std::{cell::LazyCell, time::Duration};

use http::StatusCode;
use serde_json::Value;

use super::{Check, Comparison, Expected, Mismatch, quote, shorten, subset};
use crate::{duration, http::Response, secret::is_secret_name};

/// Hears of each check whether it passed, and how to write it out; says whether to go on.
type Visit<'a> = &'a mut dyn FnMut(bool, &dyn Fn() -> Check) -> bool;

/// A body as JSON, or why it is none; read when the first check needs it.
type LazyJson<F> = LazyCell<Result<Value, String>, F>;

impl Expected {
    /// Why a response is not as expected: the first thing that is not.
    pub fn failure(&self, response: &Response) -> Option<String> {
        let mut failure = None;
        self.check(response, &mut |passed, check| {
            if !passed {
                failure = check().failure();
            }
            passed
        });
        failure
    }

    /// Everything that was checked of a response.
    pub fn checks(&self, response: &Response) -> Vec<Check> {
        let mut checks = Vec::new();
        self.check(response, &mut |_, check| {
            checks.push(check());
            true
        });
        checks
    }

    /// Hands each check that matters to `visit`, until it says to stop. Checks that passed are
    /// only written out if the visitor wants them: this runs for each response.
    fn check(&self, response: &Response, visit: Visit<'_>) {
        let json = LazyCell::new(|| response.json());
        let _ = self.check_status(response.status, visit)
            && self.check_headers(response, visit)
            && self.check_text(response, visit)
            && self.check_json(&json, visit)
            && self.check_json_path(&json, visit)
            && self.check_size(response.body.received(), visit)
            && self.check_duration(response.elapsed, visit);
    }

    /// Whether a status is one of those that are expected.
    pub fn takes(&self, status: StatusCode) -> bool {
        if self.status.is_empty() {
            status.as_u16() < 400
        } else {
            self.status.iter().any(|expected| expected.matches(status))
        }
    }

    fn check_status(&self, status: StatusCode, visit: Visit<'_>) -> bool {
        let passed = self.takes(status);
        visit(passed, &|| {
            let actual = (!passed).then(|| status.as_u16().to_string());
            Check::quoting(self.describe_status(), actual)
        })
    }

    fn describe_status(&self) -> String {
        if self.status.is_empty() {
            return "status below 400".into();
        }
        let statuses: Vec<_> = self.status.iter().map(ToString::to_string).collect();
        format!("status {}", statuses.join(" or "))
    }

    fn check_headers(&self, response: &Response, visit: Visit<'_>) -> bool {
        self.headers.iter().all(|(name, comparison)| {
            let values: Vec<_> = response.headers.get_all(name.as_str()).collect();
            let compared = comparison.of_texts(&values);
            visit(compared.is_ok(), &|| describe(comparison, "header ", name.as_str(), &compared))
        })
    }

    fn check_text(&self, response: &Response, visit: Visit<'_>) -> bool {
        if self.text.is_empty() && self.not_text.is_empty() && self.regex.is_empty() {
            return true;
        }
        let text = response.text();
        let kept = Kept { text: &text, is_all: !response.body.is_truncated() };
        self.text.iter().all(|text| {
            let found = kept.text.contains(text.as_str());
            visit(found, &|| kept.has(format!("text {}", quote(text)), found))
        }) && self.not_text.iter().all(|text| {
            let found = kept.text.contains(text.as_str());
            visit(kept.is_all && !found, &|| kept.lacks(format!("no text {}", quote(text)), found))
        }) && self.regex.iter().all(|regex| {
            let found = regex.is_match(kept.text);
            let expected = || format!("a match of {}", quote(regex.as_str()));
            visit(found, &|| kept.has(expected(), found))
        })
    }

    fn check_json<F>(&self, json: &LazyJson<F>, visit: Visit<'_>) -> bool
    where
        F: FnOnce() -> Result<Value, String>,
    {
        let Some(expected) = &self.json else { return true };
        let mismatch = match &**json {
            Ok(actual) => subset(&expected.value, actual, expected.camel_case).err(),
            Err(why) => Some(Mismatch::whole(&expected.value, why.clone())),
        };
        visit(mismatch.is_none(), &|| match &mismatch {
            None => Check::quoting(format!("JSON {}", shorten(&expected.value.to_string())), None),
            Some(Mismatch { expected, actual }) => {
                Check::quoting(expected.clone(), Some(actual.clone()))
            }
        })
    }

    fn check_json_path<F>(&self, json: &LazyJson<F>, visit: Visit<'_>) -> bool
    where
        F: FnOnce() -> Result<Value, String>,
    {
        self.json_path.iter().all(|(path, comparison)| {
            let compared = match &**json {
                Ok(actual) => comparison.of_values(&path.query(actual).all()),
                Err(why) => Err(why.clone()),
            };
            visit(compared.is_ok(), &|| describe(comparison, "JSON ", &path.to_string(), &compared))
        })
    }

    fn check_size(&self, size: u64, visit: Visit<'_>) -> bool {
        let Some(range) = &self.size else { return true };
        let passed = range.contains(&size);
        let (least, most) = (*range.start(), *range.end());
        visit(passed, &|| Check {
            expected: match (least, most) {
                _ if least == most => format!("a body of {least} bytes"),
                (_, u64::MAX) => format!("a body of at least {least} bytes"),
                (0, _) => format!("a body of at most {most} bytes"),
                _ => format!("a body of {least} to {most} bytes"),
            },
            actual: (!passed).then(|| size.to_string()),
            reported: Some(if size < least { "got fewer" } else { "got more" }),
        })
    }

    fn check_duration(&self, elapsed: Duration, visit: Visit<'_>) -> bool {
        let Some(most) = self.duration else { return true };
        let passed = elapsed <= most;
        visit(passed, &|| Check {
            expected: format!("the whole response within {}", duration::format(most)),
            actual: (!passed).then(|| format!("it after {:.1} ms", elapsed.as_secs_f64() * 1e3)),
            reported: Some("it took longer"),
        })
    }
}

/// As much of a body as is kept.
struct Kept<'a> {
    text: &'a str,
    is_all: bool,
}

impl Kept<'_> {
    fn has(&self, expected: String, found: bool) -> Check {
        let reported = if self.is_all {
            "which is not in the body"
        } else {
            "which is not in as much of the body as `body_limit` keeps"
        };
        let actual = (!found).then(|| quote(self.text));
        Check { expected, actual, reported: Some(reported) }
    }

    /// What is not kept may be anything.
    fn lacks(&self, expected: String, found: bool) -> Check {
        let reported = if found {
            "but it is in the body"
        } else {
            "but the body is longer than `body_limit` keeps"
        };
        let actual = (found || !self.is_all).then(|| quote(self.text));
        Check { expected, actual, reported: Some(reported) }
    }
}

/// A comparison of something whose name tells whether it is a secret.
fn describe(
    comparison: &Comparison,
    kind: &str,
    name: &str,
    compared: &Result<(), String>,
) -> Check {
    let secret = is_secret_name(name);
    let shown = |actual: &String| if secret { "another value".into() } else { actual.clone() };
    let expected = comparison.describe(&format!("{kind}{name}"), secret);
    Check::quoting(expected, compared.as_ref().err().map(shown))
}
