//! What is said of all that is told of a test: which test it is, and who measured.

use engine::{api::ApiVersion, job_id::JobId};
use serde::{Deserialize, Serialize};

/// What a test is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Header {
    /// Its name.
    pub test: String,
    /// What it is for, in a person's words; may be empty.
    pub description: String,
    /// The environment in which it runs.
    pub env: String,
    /// The APIs under test, and their versions.
    pub apis: Vec<ApiVersion>,
}

/// A test's run, and who of it measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Origin {
    /// What the test is.
    pub header: Header,
    /// The run.
    pub run: String,
    /// Where the generator runs; none if what is told is of all of them.
    pub region: Option<String>,
    /// Which of the region's and interval's generators it is, by its share of the users; none if
    /// what is told is of all of them. The next interval's generator with the same share goes on
    /// with its series.
    pub generator: Option<u32>,
    /// Which of the test's intervals it generates; none if what is told is of all of them. The
    /// next one's generator begins, and gets its users ready, before this one has ended.
    pub interval: Option<u32>,
    /// Who measures, unlike any other: the job's name, or the run's.
    pub instance: String,
}

impl Origin {
    /// Of what one generator measures.
    pub fn of_job(header: Header, job: &JobId) -> Self {
        Self {
            header,
            run: job.run.clone(),
            region: Some(job.region.clone()),
            generator: Some(job.share),
            interval: Some(job.interval),
            instance: job.to_string(),
        }
    }

    /// Of what all generators of a run measure.
    pub fn of_run(header: Header, run: &str) -> Self {
        let (run, instance) = (run.to_owned(), run.to_owned());
        Self { header, run, region: None, generator: None, interval: None, instance }
    }
}
