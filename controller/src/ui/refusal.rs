//! An answer that says why not.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// Why a request is not answered as asked: `{"problems": text}`.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    problems: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, problems: impl Into<String>) -> Self {
        Self { status, problems: problems.into() }
    }

    /// The request is not one.
    pub(super) fn malformed(problems: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, problems)
    }

    /// What is asked for is not valid.
    pub(super) fn invalid(problems: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, problems)
    }

    /// It does not fit what goes on.
    pub(super) fn conflict(problems: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, problems)
    }

    /// Who asks may not.
    pub(super) fn forbidden(problems: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, problems)
    }

    /// There is no such thing.
    pub(super) fn absent(problems: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, problems)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({"problems": self.problems}))).into_response()
    }
}
