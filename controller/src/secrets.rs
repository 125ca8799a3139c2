//! The listeners' secrets that are kept in AWS: whether they can be read by whoever needs them.

use std::{fmt, sync::Arc};

use cloud::{hello::Access, vault::AwsVault};
use listeners::{Kind, Listening, Reference};

use crate::{aws::Account, shown::shown};

/// A secret that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unreadable {
    /// Who needs it.
    pub listener: Kind,
    /// Where it is kept.
    pub reference: Reference,
    /// Why it cannot be read.
    pub reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { listener, reference, reason } = self;
        write!(f, "{listener} cannot read {reference}: {}", shown(reason))
    }
}

impl Unreadable {
    /// Of those that somebody looked for, the ones that were not found.
    pub(crate) fn of<'a>(
        wanted: &[(Kind, Reference)],
        looked: impl IntoIterator<Item = (&'a Reference, &'a Access)>,
    ) -> Vec<Self> {
        let failed = |(reference, access): (&'a Reference, &'a Access)| match access {
            Access::Granted => None,
            Access::Failed(reason) => Some((reference, reason)),
        };
        let failed = looked.into_iter().filter_map(failed).flat_map(|(reference, reason)| {
            let needed = wanted.iter().filter(move |(_, wanted)| wanted == reference);
            needed.map(move |(listener, reference)| Self {
                listener: *listener,
                reference: reference.clone(),
                reason: reason.clone(),
            })
        });
        failed.collect()
    }
}

/// What functions are to be able to read; nothing, if only the controller tells listeners.
pub(crate) fn of_functions(listening: &Listening) -> Vec<(Kind, Reference)> {
    listening.of_generators().references()
}

/// Each of them once.
pub(crate) fn distinct(wanted: &[(Kind, Reference)]) -> Vec<Reference> {
    let mut references: Vec<_> = wanted.iter().map(|(_, reference)| reference.clone()).collect();
    references.sort();
    references.dedup();
    references
}

/// Reads, on this machine, all that its listeners need; none if they need nothing. AWS is only
/// asked if they do.
///
/// # Errors
///
/// Tells of all that cannot be read.
pub(crate) async fn read_here(
    listening: &Listening,
) -> Result<Option<Arc<AwsVault>>, Vec<Unreadable>> {
    let wanted = listening.clone().outside_functions().references();
    if wanted.is_empty() {
        return Ok(None);
    }
    let vault = Arc::new(Account::load().await.vault());
    let mut looked = Vec::new();
    for reference in distinct(&wanted) {
        let access = vault.look(&reference).await;
        looked.push((reference, access));
    }
    let looked = looked.iter().map(|(reference, access)| (reference, access));
    let unreadable = Unreadable::of(&wanted, looked);
    if unreadable.is_empty() { Ok(Some(vault)) } else { Err(unreadable) }
}
