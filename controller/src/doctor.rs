//! A check-up of everything that a run in functions needs.

mod examination;

use std::fmt;

use listeners::Listening;
use tokio::task::JoinSet;

use self::examination::Examination;
use crate::{
    aws::{Account, AwsError},
    plan::{FunctionPlan, Plan},
    secrets,
};

/// How bad something is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Health {
    /// It is as it should be.
    Good,
    /// A run can start, but with less than it could have.
    Poor,
    /// No run can start.
    Bad,
}

/// What one check found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub health: Health,
    /// In which region; none for the account as a whole.
    pub region: Option<String>,
    /// What was looked at.
    pub subject: &'static str,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Finding {
    fn new(region: Option<&str>, subject: &'static str, health: Health, message: String) -> Self {
        Self { health, region: region.map(str::to_owned), subject, message, hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, but not as bad or worse.
    fn but(self, health: Health) -> Self {
        Self { health, ..self }
    }

    fn aws(region: Option<&str>, subject: &'static str, error: &AwsError) -> Self {
        let finding = Self::new(region, subject, Health::Bad, error.to_string());
        Self { hint: error.hint().map(str::to_owned), ..finding }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Good => "ok",
            Self::Poor => "warn",
            Self::Bad => "FAIL",
        })
    }
}

/// Looks at everything that a run of `plan` needs, and those who hear of it; `build` names this binary's sources.
pub async fn examine(
    account: &Account,
    plan: &Plan,
    functions: &FunctionPlan,
    build: &str,
    listening: &Listening,
) -> Vec<Finding> {
    let subject = "credentials";
    if let Err(error) = account.check_credentials().await {
        return vec![Finding::aws(None, subject, &error)];
    }
    let number = match account.number().await {
        Err(error) => return vec![Finding::aws(None, subject, &error)],
        Ok(number) => number,
    };
    let mut findings =
        vec![Finding::new(None, subject, Health::Good, format!("those of account {number}"))];
    let longest = plan.intervals.iter().map(|interval| interval.life).max().unwrap_or_default();
    let mut regions = JoinSet::new();
    for (region, most) in &plan.concurrency {
        let examination = Examination {
            account: account.clone(),
            number: number.clone(),
            region: region.clone(),
            most: *most,
            longest,
            functions: functions.clone(),
            build: build.into(),
            secrets: secrets::of_functions(listening),
        };
        regions.spawn(examination.run());
    }
    let mut regions = regions.join_all().await;
    regions.sort_by(|a, b| a.first().map(|f| &f.region).cmp(&b.first().map(|f| &f.region)));
    findings.extend(regions.into_iter().flatten());
    findings
}
