//! Removes what was made for a test, and looks whether anything is left.

use std::{fmt, iter, time::Duration};

use futures_util::future::join_all;
use tokio::time::sleep;

use crate::{
    account::Account,
    bucket::{self, Bucket},
    clients::Clients,
    error::Error,
    function::{self, Function},
    logs::LogGroup,
    pace::Pace,
    progress::Progress,
    regions,
    role::Role,
};

/// How long AWS may still show what was removed.
const FORGETTING: Duration = Duration::from_secs(30);

/// What there is of a test in an account.
#[derive(Debug, Default)]
pub struct Found {
    /// Its role.
    pub role: Option<String>,
    /// The regions in which there is something.
    pub regions: Vec<FoundIn>,
    /// How many regions were looked into.
    pub looked: usize,
    /// The regions that whoever asks cannot look into, though the profile does not name them.
    pub closed: Vec<String>,
    /// Why there may be more.
    pub errors: Vec<Error>,
}

/// What there is in a region.
#[derive(Debug, Default)]
pub struct FoundIn {
    /// Which.
    pub region: String,
    /// The function.
    pub function: Option<String>,
    /// Its log group.
    pub log_group: Option<String>,
    /// The bucket, if no other test needs it.
    pub bucket: Option<String>,
}

/// Looks for, and removes, all that was made for a test in an account.
pub struct Destroy {
    clients: Clients,
    account: Account,
    test: String,
    /// Where it is now, or was when it was deployed last.
    named: Vec<String>,
    pace: Pace,
    progress: Progress,
}

impl Destroy {
    /// Of a test whose profile names these regions.
    ///
    /// # Errors
    ///
    /// The account is not known.
    pub async fn new(
        clients: Clients,
        test: &str,
        named: &[String],
        pace: Pace,
        progress: Progress,
    ) -> Result<Self, Error> {
        let home = named.first().map_or("us-east-1", String::as_str);
        let account = Account::of(&clients, home).await?;
        Ok(Self { clients, account, test: test.into(), named: named.to_vec(), pace, progress })
    }

    /// Looks into all regions that there are.
    ///
    /// # Errors
    ///
    /// Whether there is a role cannot be told.
    pub async fn look(&self) -> Result<Found, Error> {
        let line = self.progress.line("all regions");
        line.step("looking");
        let mut found = Found::default();
        match self.role().read().await {
            Ok(role) => found.role = role.map(|_| self.test.clone()),
            // One that is not ours is not in the way.
            Err(Error::Foreign { .. }) => {}
            Err(error) => return Err(error),
        }
        let regions = regions::all(&self.account.partition, &self.named);
        let all = regions.len();
        let results = join_all(regions.iter().map(|region| self.look_into(region))).await;
        for (region, result) in regions.into_iter().map(str::to_owned).zip(results) {
            match result {
                Ok(some) if some.is_some() => found.regions.push(some),
                Ok(_) => {}
                Err(error) if error.is_closed_region() && !self.named.contains(&region) => {
                    found.closed.push(region);
                }
                Err(error) => found.errors.push(error),
            }
        }
        found.looked = all - found.closed.len() - found.errors.len();
        found.regions.sort_by(|one, other| one.region.cmp(&other.region));
        found.closed.sort();
        Ok(found)
    }

    /// Removes what was found; what it could not remove it tells.
    pub async fn remove(&self, found: &Found) -> Vec<Error> {
        let results = join_all(found.regions.iter().map(|found| self.remove_from(found))).await;
        let mut errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
        // Functions that are left, or may be, still need it.
        if found.role.is_some() && errors.is_empty() && found.errors.is_empty() {
            let line = self.progress.line("role");
            line.step("removing");
            errors.extend(self.role().remove().await.err());
        }
        errors
    }

    /// Looks again until nothing is left, as some of AWS forgets slowly.
    ///
    /// # Errors
    ///
    /// Whether there is a role cannot be told.
    pub async fn look_again(&self) -> Result<Found, Error> {
        let mut waits = self.pace.at_most(FORGETTING).waits();
        loop {
            let found = self.look().await?;
            match waits.next() {
                Some(wait) if found.is_some() => sleep(wait).await,
                _ => return Ok(found),
            }
        }
    }

    async fn look_into(&self, region: &str) -> Result<FoundIn, Error> {
        let Self { clients, account, test, .. } = self;
        let line = Progress::none().line(region);
        let function = Function::new(clients, account, test, self.pace, &line);
        let log_group = LogGroup::new(clients, account, region, test);
        let bucket = Bucket::new(clients, account, region, self.pace);
        let has_function = match function.read().await {
            Err(Error::Foreign { .. }) => false,
            read => read?.is_some(),
        };
        let has_bucket = match bucket.read().await {
            Err(Error::Foreign { .. }) => false,
            read => read? == bucket::Found::Ours,
        };
        // It is every test's: it goes with the last one.
        let is_last = has_bucket && !function::any_other(clients, account, region, test).await?;
        Ok(FoundIn {
            region: region.into(),
            function: has_function.then(|| test.clone()),
            log_group: log_group.exists().await?.then(|| log_group.name().to_owned()),
            bucket: is_last.then(|| bucket.name().to_owned()),
        })
    }

    async fn remove_from(&self, found: &FoundIn) -> Result<(), Error> {
        let Self { clients, account, test, .. } = self;
        let line = self.progress.line(&found.region);
        if found.function.is_some() {
            line.step("removing the function");
            Function::new(clients, account, test, self.pace, &line).remove().await?;
        }
        if found.log_group.is_some() {
            line.step("removing the log group");
            LogGroup::new(clients, account, &found.region, test).remove().await?;
        }
        if found.bucket.is_some() {
            line.step("emptying and removing the bucket");
            Bucket::new(clients, account, &found.region, self.pace).remove().await?;
        }
        Ok(())
    }

    fn role(&self) -> Role {
        let home = self.named.first().map_or("us-east-1", String::as_str);
        Role::new(&self.clients, &self.account, home, &self.test)
    }
}

impl Found {
    /// Whether there is anything.
    pub fn is_some(&self) -> bool {
        self.role.is_some() || !self.regions.is_empty()
    }
}

impl FoundIn {
    fn is_some(&self) -> bool {
        self.things().next().is_some()
    }

    /// Each of them, with what it is.
    fn things(&self) -> impl Iterator<Item = String> {
        let things = [
            ("function", &self.function),
            ("log group", &self.log_group),
            ("bucket", &self.bucket),
        ];
        let named = |(kind, name): (&str, &Option<String>)| {
            name.as_ref().map(|name| format!("{kind} {name}"))
        };
        things.into_iter().filter_map(named)
    }
}

/// A line per thing.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for found in &self.regions {
            let places = iter::once(found.region.as_str()).chain(iter::repeat(""));
            for (place, thing) in places.zip(found.things()) {
                writeln!(f, "  {place:<14}  {thing}")?;
            }
        }
        match &self.role {
            Some(role) => writeln!(f, "  {:<14}  role {role}", "all regions"),
            None => Ok(()),
        }
    }
}
