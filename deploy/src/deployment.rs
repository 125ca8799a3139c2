//! What is to be in an account.

use std::collections::BTreeMap;

use cloud::names;
pub use controller::functions::{Architecture, Vpc};
use controller::{config::Profile, functions::Functions};
use listeners::Reference;

/// A load test's function as it is to be in each region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Deployment {
    /// The function's name: that of the test.
    pub function: String,
    /// Where it is to be.
    pub regions: Vec<String>,
    /// Its memory, and with it its share of the processors: 1,769 MB are one of them.
    pub memory_mb: u32,
    /// What it is built for.
    pub architecture: Architecture,
    /// The ARN of a role to use as it is; none for one of our own.
    pub role: Option<String>,
    /// After how many days its logs expire; none for never.
    pub log_retention_days: Option<i32>,
    /// What its things are tagged with, beside our own tag.
    pub tags: BTreeMap<String, String>,
    /// How much of the account's concurrency is kept for it.
    pub reserved_concurrency: Option<i32>,
    /// The network it is attached to.
    pub vpc: Option<Vpc>,
    /// What it may read of what is kept in AWS, for its listeners.
    pub secrets: Vec<Reference>,
}

impl Deployment {
    /// What a profile asks for. Which secrets its listeners need is not in it.
    pub fn of(profile: &Profile) -> Self {
        let Functions { log_retention_days, reserved_concurrency, .. } = profile.functions;
        let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            function: profile.name.clone(),
            regions: profile.locations.iter().map(|location| location.region.clone()).collect(),
            memory_mb: profile.functions.memory_mb,
            architecture: profile.functions.architecture,
            role: profile.functions.role.clone(),
            log_retention_days: Some(number(log_retention_days)),
            tags: profile.functions.tags.clone(),
            reserved_concurrency: reserved_concurrency.map(number),
            vpc: profile.functions.vpc.clone(),
            secrets: Vec::new(),
        }
    }

    /// The tags of everything that is made for it.
    pub fn all_tags(&self) -> BTreeMap<String, String> {
        let mut tags = self.tags.clone();
        tags.insert(names::TAG.into(), self.function.clone());
        tags
    }
}
