//! Why an invocation does nothing.

use cloud::{ask::refusal, store::StoreError};
use engine::{generator::JobError, job_id::JobId};
use lambda_runtime::Diagnostic;
use thiserror::Error;

/// Why an invocation does nothing, or ends without an answer.
#[derive(Debug, Error)]
pub(crate) enum Refusal {
    /// The values of what is not understood may be secrets, so none of them is said.
    #[error(
        "build {build} of the function does not understand this: put the build of the laptop \
         into the region",
        build = scenarios::BUILD
    )]
    Unreadable,
    #[error("job {0} arrived after the instant by which it must begin")]
    Late(JobId),
    #[error("job {0} was begun by another invocation")]
    Claimed(JobId),
    #[error("job {0} cannot be claimed, so another invocation may run it: {1}")]
    Unclaimed(JobId, #[source] StoreError),
    #[error("job {0} cannot run: {1}")]
    Job(JobId, #[source] JobError),
    #[error("job {0} did not come to its end: {1}")]
    Failed(JobId, #[source] JobError),
    #[error("the lines of job {0} are larger than what an answer may be, even as one frame")]
    TooLarge(JobId),
}

impl Refusal {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable => refusal::UNREADABLE,
            Self::Late(_) => refusal::LATE,
            Self::Claimed(_) => refusal::CLAIMED,
            Self::Unclaimed(..) => refusal::UNCLAIMED,
            Self::Job(..) => refusal::JOB,
            Self::Failed(..) => refusal::FAILED,
            Self::TooLarge(_) => refusal::TOO_LARGE,
        }
    }
}

impl From<Refusal> for Diagnostic {
    fn from(refused: Refusal) -> Self {
        Self { error_type: refused.kind().into(), error_message: refused.to_string() }
    }
}
