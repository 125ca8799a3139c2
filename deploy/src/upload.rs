//! Puts a function into its regions.

use futures_util::future::join_all;

use crate::{
    account::Account,
    bucket::Bucket,
    build::zip::Package,
    change::{Changes, Mode},
    clients::Clients,
    deployment::Deployment,
    error::Error,
    function::{Code, Function, State},
    logs::LogGroup,
    pace::Pace,
    progress::{Line, Progress},
    role::Role,
};

/// What came of one place.
#[derive(Debug)]
pub struct Outcome {
    /// `role`, or a region.
    pub place: String,
    /// What was done there, or would be.
    pub changes: Changes,
    /// Why not all of it.
    pub error: Option<Error>,
}

/// Puts a function into all of its regions at once. A region that fails leaves the others alone.
///
/// # Errors
///
/// The account is not known, or its role could not be made: then no region was begun with.
pub async fn upload(
    clients: &Clients,
    deployment: &Deployment,
    package: &Package,
    mode: Mode,
    pace: Pace,
    progress: &Progress,
) -> Result<Vec<Outcome>, Error> {
    let Some(home) = deployment.regions.first() else { return Ok(Vec::new()) };
    let account = Account::of(clients, home).await?;
    let mut outcomes = Vec::new();
    let role = if let Some(given) = &deployment.role {
        given.clone()
    } else {
        let line = progress.line("role");
        line.step("looking");
        let role = Role::new(clients, &account, home, &deployment.function);
        let mut changes = Changes::new(mode);
        role.ensure(&account, deployment, &mut changes).await?;
        outcomes.push(Outcome { place: "role".into(), changes, error: None });
        account.role(&deployment.function)
    };
    let wanted = State::wanted(deployment, &role, package);
    let regions = deployment.regions.iter().map(async |region| {
        let line = progress.line(region);
        let upload = Upload { clients, account: &account, deployment, package, pace };
        let mut changes = Changes::new(mode);
        let error = upload.ensure(&line, &wanted, &mut changes).await.err();
        Outcome { place: region.clone(), changes, error }
    });
    outcomes.append(&mut join_all(regions).await);
    Ok(outcomes)
}

/// What is to be in every region.
struct Upload<'a> {
    clients: &'a Clients,
    account: &'a Account,
    deployment: &'a Deployment,
    package: &'a Package,
    pace: Pace,
}

impl Upload<'_> {
    async fn ensure(
        &self,
        line: &Line,
        wanted: &State,
        changes: &mut Changes,
    ) -> Result<(), Error> {
        let Self { clients, account, deployment, package, pace } = self;
        let (region, test) = (line.name(), &deployment.function);
        line.step("looking");
        let bucket = Bucket::new(clients, account, region, *pace);
        bucket.ensure(changes).await?;
        LogGroup::new(clients, account, region, test).ensure(deployment, changes).await?;
        let code = Code { package, bucket: &bucket };
        let function = Function::new(clients, account, test, *pace, line);
        function.ensure(wanted, &code, changes).await
    }
}
