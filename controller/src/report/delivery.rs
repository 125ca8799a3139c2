//! What became of what listeners were told.

use std::collections::BTreeMap;

use engine::listener::Delivery;

use crate::{run_folder::End, totals::Totals};

/// What became of what each listener was told by a run's generators and its controller. A generator
/// of which the end is not known has said nothing of it.
pub(super) fn deliveries(end: Option<&End>, totals: &Totals) -> Vec<Delivery> {
    let of_generators = totals.generators().flat_map(|(_, generator)| generator.deliveries());
    merged(of_generators.chain(end.into_iter().flat_map(|end| &end.deliveries)))
}

/// Those of each listener as one, by name.
pub(super) fn merged<'a>(deliveries: impl Iterator<Item = &'a Delivery>) -> Vec<Delivery> {
    let mut all: BTreeMap<&str, Delivery> = BTreeMap::new();
    for delivery in deliveries {
        match all.get_mut(&*delivery.listener) {
            Some(known) => known.merge(delivery),
            None => {
                all.insert(&delivery.listener, delivery.clone());
            }
        }
    }
    let was_told =
        |delivery: &Delivery| delivery.sent + delivery.lost > 0 || delivery.trouble.is_some();
    all.into_values().filter(was_told).collect()
}
