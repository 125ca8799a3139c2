//! What the account's owner has asked for, as policies call it.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use http::{HeaderMap, Method};

/// The key that functions sign with.
pub(crate) const FUNCTION_KEY: &str = "AKIDFUNCTION";

/// Whether a function signed a request.
pub(crate) fn by_function(headers: &HeaderMap) -> bool {
    let authorization = headers.get("authorization").and_then(|value| value.to_str().ok());
    authorization.is_some_and(|text| text.contains(&format!("Credential={FUNCTION_KEY}/")))
}

/// The actions that someone must be allowed to do what was asked for.
#[derive(Default)]
pub(crate) struct Actions(Mutex<BTreeSet<&'static str>>);

impl Actions {
    /// Notes a request.
    pub(crate) fn note(&self, method: &Method, steps: &[&str]) {
        let action = match *steps {
            [_, "functions", _, "invocations" | "response-streaming-invocations"] => {
                "lambda:InvokeFunction"
            }
            [_, "functions", _, "configuration"] => "lambda:GetFunctionConfiguration",
            [_, "functions", ..] => "lambda:GetFunction",
            [_, "account-settings"] => "lambda:GetAccountSettings",
            [""] => "sts:GetCallerIdentity",
            _ if method == Method::PUT => "s3:PutObject",
            _ if method == Method::DELETE => "s3:DeleteObject",
            _ => "s3:GetObject",
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(action);
    }

    /// All so far.
    pub(crate) fn all(&self) -> BTreeSet<&'static str> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
