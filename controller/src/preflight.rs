//! A look at each region's function before anything starts: whether it is there, whether it was
//! built from the same sources, whether it can read the listeners' secrets, and what its clock shows.
//! It also wakes the functions.

mod region;
mod trouble;

use std::collections::BTreeMap;

use cloud::ask::Reply;
use listeners::Listening;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

pub(crate) use self::trouble::{grant, prepare};
pub use self::{region::Ready, trouble::Trouble};
use crate::{
    aws::Account,
    invoke::lambda::{Lambda, Offset, Region},
    plan::{FunctionPlan, Plan},
    secrets,
};

/// What was seen.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Preflight {
    /// The number of the account.
    pub account: String,
    /// By how much the functions' clocks are ahead of this machine's.
    pub clock: Offset,
    /// What was seen in each region.
    pub regions: BTreeMap<String, Ready>,
}

/// What is needed to look.
pub struct Look<'a> {
    /// Where.
    pub account: &'a Account,
    /// The account's number.
    pub number: &'a str,
    /// What is going to run.
    pub plan: &'a Plan,
    /// The functions of the plan.
    pub functions: &'a FunctionPlan,
    /// Which sources this binary was built from.
    pub build: &'a str,
    /// Who hears of it.
    pub listening: &'a Listening,
}

/// Regions that are ready to be used.
pub struct Clearance {
    /// What was seen.
    pub preflight: Preflight,
    regions: BTreeMap<String, Region>,
}

impl Look<'_> {
    /// Looks at all regions at once.
    ///
    /// # Errors
    ///
    /// All that keeps the run from starting.
    pub async fn at_all(&self) -> Result<Clearance, Vec<Trouble>> {
        let mut looks = JoinSet::new();
        for (name, most) in &self.plan.concurrency {
            looks.spawn(self.errand(name, *most).run());
        }
        let (mut regions, mut seen, mut troubles) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for (name, looked) in looks.join_all().await {
            match looked {
                Ok((ready, region)) => {
                    seen.insert(name.clone(), ready);
                    regions.insert(name, region);
                }
                Err(trouble) => troubles.push(trouble),
            }
        }
        if !troubles.is_empty() {
            return Err(trouble::merged(troubles));
        }
        // They keep the same time; the one that answered quickest tells it best.
        let clock = Offset::surest(seen.values().map(|ready| ready.clock)).unwrap_or(Offset::NONE);
        let preflight = Preflight { account: self.number.into(), clock, regions: seen };
        Ok(Clearance { preflight, regions })
    }

    fn errand(&self, region: &str, most: u32) -> region::Errand {
        region::Errand {
            account: self.account.clone(),
            number: self.number.into(),
            region: region.into(),
            most,
            functions: self.functions.clone(),
            build: self.build.into(),
            secrets: secrets::of_functions(self.listening),
        }
    }
}

impl Clearance {
    /// What a person should know before the start.
    pub fn warnings(&self, plan: &Plan) -> Vec<String> {
        let longest = plan.intervals.iter().map(|interval| interval.life).max().unwrap_or_default();
        let longest = engine::duration::format(longest);
        let regions = self.preflight.regions.iter();
        let warn = |(name, ready): (&String, &Ready)| ready.warnings(name, &longest);
        regions.flat_map(warn).collect()
    }

    /// How the slowest answers travel.
    pub fn reply(&self) -> Reply {
        let whole = |ready: &Ready| ready.reply == Reply::Whole;
        let any = self.preflight.regions.values().any(whole);
        if any { Reply::Whole } else { Reply::Stream }
    }

    /// The functions, for one run.
    pub fn lambda(self, run: &str, listening: &Listening) -> Lambda {
        Lambda::new(run, self.regions, self.preflight.clock, listening)
    }
}
