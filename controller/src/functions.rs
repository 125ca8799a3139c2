//! What a load test's functions are like.

use std::{collections::BTreeMap, env::consts::ARCH, fmt};

use clap::ValueEnum;
use cloud::ask::Reply;
use serde::{Deserialize, Serialize};

use crate::price::Usd;

/// The memory that comes with one whole core, megabytes.
pub const ONE_CORE_MB: u32 = 1769;

/// The validated `lambda` section of a profile: how its functions are made, and how they are used.
#[derive(Clone, Debug, PartialEq)]
pub struct Functions {
    /// Their memory, megabytes; processor time comes in proportion.
    pub memory_mb: u32,
    /// What they are built for.
    pub architecture: Architecture,
    /// The most users of one function.
    pub users_per_function: u32,
    /// The ARN of the role they run as; none for one that is made for them.
    pub role: Option<String>,
    /// How many days their logs are kept; AWS takes only some numbers.
    pub log_retention_days: u32,
    /// What everything that is made for them is tagged with, besides the test's own tag.
    pub tags: BTreeMap<String, String>,
    /// How much of a region's concurrency is theirs alone.
    pub reserved_concurrency: Option<u32>,
    /// The private network they are in; none for the internet.
    pub vpc: Option<Vpc>,
    /// How their answers travel.
    pub reply: Reply,
    /// The part of the function-seconds that must arrive, 0 to 1; a run that falls below it is
    /// ended. None to carry on whatever is lost.
    pub min_coverage: Option<f64>,
    /// What a run may cost.
    pub max_cost: Option<Usd>,
}

/// A private network.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Vpc {
    /// The subnets; at least one.
    pub subnets: Vec<String>,
    /// The security groups; at least one.
    pub security_groups: Vec<String>,
}

/// A processor's instruction set, in AWS's words.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, ValueEnum)]
pub enum Architecture {
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    #[value(name = "x86_64")]
    X86_64,
    /// Graviton.
    #[serde(rename = "arm64")]
    Arm64,
}

impl Default for Functions {
    fn default() -> Self {
        Self {
            memory_mb: ONE_CORE_MB,
            architecture: Architecture::HERE,
            users_per_function: 500,
            role: None,
            log_retention_days: 7,
            tags: BTreeMap::new(),
            reserved_concurrency: None,
            vpc: None,
            reply: Reply::Stream,
            min_coverage: None,
            max_cost: None,
        }
    }
}

impl Architecture {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::X86_64, Self::Arm64];

    /// This machine's, for which a build needs nothing more.
    pub const HERE: Self =
        if matches!(ARCH.as_bytes(), b"aarch64") { Self::Arm64 } else { Self::X86_64 };

    /// What the compiler calls it.
    pub fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
