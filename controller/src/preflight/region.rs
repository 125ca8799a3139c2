//! A look at one region.

use cloud::{
    ask::Reply,
    hello::{Access, Hello},
    lease::PROBE,
    names,
    store::Store,
};
use listeners::{Kind, Reference};
use serde::{Deserialize, Serialize};

use super::{Trouble, prepare, trouble::grant};
use crate::{
    aws::Account,
    invoke::lambda::{Offset, PingError, Region},
    plan::FunctionPlan,
    secrets::{Unreadable, distinct},
};

/// How often a clock is read; the quickest answer tells it best.
const READINGS: usize = 5;

/// What was seen of a function that can be used.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Ready {
    /// Whether the first answer came from an environment that was made for it.
    pub cold: bool,
    /// Its clock.
    pub clock: Offset,
    /// How its answers travel.
    pub reply: Reply,
    /// How many may run at once, if that could be asked.
    pub quota: Option<u32>,
    /// Why there is no lease, if there is none.
    pub no_lease: Option<String>,
}

impl Ready {
    pub(super) fn warnings(&self, region: &str, longest: &str) -> Vec<String> {
        let no_lease = self.no_lease.iter().map(|why| {
            format!(
                "functions in {region} cannot be told to stop, which may take up to {longest}: {why}"
            )
        });
        let whole = (self.reply == Reply::Whole).then(|| {
            format!("answers from {region} come as a whole, so its results show only at the end")
        });
        no_lease.chain(whole).collect()
    }
}

/// A look at one region.
pub(super) struct Errand {
    pub(super) account: Account,
    pub(super) number: String,
    pub(super) region: String,
    pub(super) most: u32,
    pub(super) functions: FunctionPlan,
    pub(super) build: String,
    pub(super) secrets: Vec<(Kind, Reference)>,
}

impl Errand {
    pub(super) async fn run(self) -> (String, Result<(Ready, Region), Trouble>) {
        let looked = self.look().await;
        (self.region, looked)
    }

    async fn look(&self) -> Result<(Ready, Region), Trouble> {
        let aws = |error| Trouble::aws(&self.region, &error);
        let bucket = names::bucket(&self.number, &self.region);
        let store = self.account.store(&bucket, &self.region).map_err(aws)?;
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let make = || Region::new(&self.account, &self.region, &self.functions.name, most);
        let unwritable = probe(&store).await;
        let region = make().map_err(aws)?.replying(self.functions.reply);
        let region = region.with_store(&bucket, store).with_secrets(distinct(&self.secrets));
        let (region, first) = region.greeted().await.map_err(|error| self.unanswered(&error))?;
        self.check(&first.hello)?;
        self.check_secrets(&first.hello)?;
        let quota = self.quota().await?;
        let mut clock = first.offset;
        for _ in 1..READINGS {
            let pong = region.ping().await.map_err(|error| self.unanswered(&error))?;
            clock = Offset::surest([clock, pong.offset]).unwrap_or(clock);
        }
        let no_lease = unwritable.or_else(|| match &first.hello.bucket {
            Some(Access::Granted) => None,
            Some(Access::Failed(why)) => Some(format!("they cannot use {bucket}: {why}")),
            None => Some("they know of no bucket".into()),
        });
        let (cold, reply) = (first.hello.cold, region.reply());
        let region = if no_lease.is_none() { region } else { region.without_store() };
        Ok((Ready { cold, clock, reply, quota, no_lease }, region))
    }

    fn unanswered(&self, error: &PingError) -> Trouble {
        Trouble::ping(&self.region, &self.functions.name, error)
    }

    fn check(&self, hello: &Hello) -> Result<(), Trouble> {
        let FunctionPlan { name, memory_mb, .. } = &self.functions;
        if hello.build != self.build {
            let message = format!("the function `{name}` was built from other sources");
            let hint = format!("{} brings it up to date", prepare(name, "--build --upload"));
            return Err(Trouble::new(&self.region, message, &hint));
        }
        if hello.memory_mb != *memory_mb {
            let found = hello.memory_mb;
            let message = format!("`{name}` has {found} MB, and the profile says {memory_mb} MB");
            let hint = format!("{} brings it up to date", prepare(name, "--upload"));
            return Err(Trouble::new(&self.region, message, &hint));
        }
        Ok(())
    }

    fn check_secrets(&self, hello: &Hello) -> Result<(), Trouble> {
        let looked = hello.secrets.iter().map(|secret| (&secret.reference, &secret.access));
        let unreadable = Unreadable::of(&self.secrets, looked);
        if unreadable.is_empty() {
            return Ok(());
        }
        let texts: Vec<_> = unreadable.iter().map(ToString::to_string).collect();
        let hint = grant(&self.functions.name);
        Err(Trouble::new(&self.region, texts.join("; "), &hint))
    }

    /// How many functions may run at once. Whoever may not ask is not kept from running.
    async fn quota(&self) -> Result<Option<u32>, Trouble> {
        let quota = match self.functions.reserved_concurrency {
            Some(reserved) => reserved,
            None => match self.account.quota(&self.region).await {
                Ok(quota) => quota,
                Err(_) => return Ok(None),
            },
        };
        if quota < self.most {
            let message =
                format!("the run needs {} functions at once, and {quota} may run", self.most);
            let hint = "raise users_per_function or the profile's regions, or ask AWS for a higher \
                        quota of concurrent executions";
            return Err(Trouble::new(&self.region, message, hint));
        }
        Ok(Some(quota))
    }
}

/// Why nothing can be written into a bucket; none if it can.
async fn probe(store: &Store) -> Option<String> {
    let written = store.put(PROBE, b"{}".to_vec()).await;
    written.err().map(|error| format!("the lease cannot be written: {error}"))
}
