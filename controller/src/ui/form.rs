//! The body of a request, which comes soon and is short.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use tokio::time::timeout;

use super::{connections::PATIENCE, refusal::Refusal};

/// What was sent.
pub(super) struct Form(pub(super) Bytes);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let late = |_| Refusal::new(StatusCode::REQUEST_TIMEOUT, "the body did not come in time");
        let body = timeout(PATIENCE, Bytes::from_request(request, state)).await.map_err(late)?;
        body.map(Self).map_err(|error| Refusal::new(error.status(), error.body_text()))
    }
}

#[cfg(test)]
mod tests {
    use std::{convert::Infallible, future::pending};

    use axum::{body::Body, response::IntoResponse};
    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_never_comes_is_not_waited_for() {
        let never = stream::once(pending::<Result<Bytes, Infallible>>());
        let request = Request::new(Body::from_stream(never));
        let refusal = Form::from_request(request, &()).await.err().unwrap();
        assert_eq!(refusal.into_response().status(), StatusCode::REQUEST_TIMEOUT);
    }
}
