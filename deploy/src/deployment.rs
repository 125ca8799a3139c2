//! What is to be in an account.

use std::{collections::BTreeMap, fmt};

use clap::ValueEnum;
use cloud::names;
use controller::config::Profile;

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
}

/// A processor architecture that functions run on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Architecture {
    /// Intel and AMD.
    #[value(name = "x86_64")]
    X86_64,
    /// AWS Graviton.
    Arm64,
}

/// A private network.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Vpc {
    /// The ids of its subnets.
    pub subnets: Vec<String>,
    /// The ids of the security groups.
    pub security_groups: Vec<String>,
}

impl Deployment {
    /// What a profile asks for.
    pub fn of(profile: &Profile) -> Self {
        Self {
            function: profile.name.clone(),
            regions: profile.locations.clone(),
            memory_mb: 1769,
            architecture: Architecture::of_this_machine(),
            role: None,
            log_retention_days: Some(7),
            tags: BTreeMap::new(),
            reserved_concurrency: None,
            vpc: None,
        }
    }

    /// The tags of everything that is made for it.
    pub fn all_tags(&self) -> BTreeMap<String, String> {
        let mut tags = self.tags.clone();
        tags.insert(names::TAG.into(), self.function.clone());
        tags
    }
}

impl Architecture {
    /// That of the machine this runs on.
    pub fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 }
    }

    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// What the compiler calls it.
    pub fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
