//! What keeps functions running: an object that the laptop renews and the functions watch.
//!
//! A function cannot be told anything once it was invoked, and runs on when its caller is gone.
//! So it looks at an object each second: it obeys its orders, and stops by itself when the object
//! was not renewed for too long.

use std::time::Duration;

use engine::{job_id::JobId, run::Orders};
use serde::{Deserialize, Serialize};

/// The object's content.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Lease {
    /// Rises with each renewal.
    pub renewal: u64,
    /// What all functions of the run are told.
    #[serde(flatten)]
    pub orders: Orders,
}

/// Where a job finds its run's objects, and how it watches them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Leased {
    /// The bucket.
    pub bucket: String,
    /// How often the lease is looked at.
    #[serde(with = "engine::duration::seconds")]
    pub every: Duration,
    /// How long it may stay without a renewal, or unreadable, until the job stops by itself.
    #[serde(with = "engine::duration::seconds")]
    pub patience: Duration,
}

/// The key of an object that tells whether there is a bucket that can be written and read.
pub const PROBE: &str = "runs/probe";

/// The key of a run's lease.
pub fn lease_key(run: &str) -> String {
    format!("runs/{run}/lease.json")
}

/// The key under which a job's first invocation claims it.
pub fn claim_key(job: &JobId) -> String {
    job_key(job, "claim")
}

/// The key under which a job hands in its lines when it ends, whether they have arrived or not:
/// whoever misses them may notice that too late to ask. They are packed by [`reply::pack`](crate::reply::pack).
pub fn hand_in_key(job: &JobId) -> String {
    job_key(job, "lines")
}

fn job_key(job: &JobId, what: &str) -> String {
    let JobId { run, interval, region, share, attempt } = job;
    format!("runs/{run}/jobs/{interval}-{region}-{share}-{attempt}.{what}")
}

#[cfg(test)]
mod tests {
    use engine::{clients::Clients, curve::Change, hatch_rate::HatchRate, run::Signal};

    use super::*;

    #[test]
    fn orders_travel_unchanged() {
        let change = Change {
            at: Duration::from_millis(72_500),
            clients: Clients::try_new(500).expect("a number"),
            hatch_rate: HatchRate::try_new(12.5).expect("a rate"),
        };
        let lease =
            Lease { renewal: 7, orders: Orders { signal: Signal::Stop, changes: vec![change] } };
        let text = serde_json::to_string(&lease).expect("JSON");
        let expected = r#"{"renewal":7,"signal":"stop","changes":[{"at_s":72.5,"clients":500,"hatch_rate":12.5}]}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Lease>(&text).ok(), Some(lease));
    }

    #[test]
    fn a_lease_without_changes_is_read() {
        let lease: Option<Lease> = serde_json::from_str(r#"{"renewal": 3, "signal": "run"}"#).ok();
        assert_eq!(lease, Some(Lease { renewal: 3, orders: Orders::default() }));
    }

    #[test]
    fn what_is_no_change_is_not_obeyed() {
        for change in [
            r#"{"at_s": -1, "clients": 1, "hatch_rate": 1}"#,
            r#"{"at_s": 1, "clients": 0, "hatch_rate": 1}"#,
            r#"{"at_s": 1, "clients": 10000001, "hatch_rate": 1}"#,
            r#"{"at_s": 1, "clients": 1, "hatch_rate": 0}"#,
        ] {
            let text = format!(r#"{{"renewal": 3, "signal": "run", "changes": [{change}]}}"#);
            assert!(serde_json::from_str::<Lease>(&text).is_err(), "{change}");
        }
    }
}
