//! Who made the load of each planned share: its generator, and one that replaced it.

use std::collections::HashMap;

use engine::{frame::LoadTimes, job_id::JobId};

use crate::{
    plan::{Plan, PlannedShare},
    totals::{Generator, Totals},
};

/// The generators that sent anything, by the share they were to cover.
pub(crate) struct Attempts<'a>(HashMap<Place<'a>, Vec<Attempt<'a>>>);

/// One generator.
pub(crate) type Attempt<'a> = (&'a JobId, &'a Generator);

/// Interval, region and share.
type Place<'a> = (u32, &'a str, u32);

/// The shares of a plan, each with its interval.
pub(crate) fn planned(plan: &Plan) -> impl Iterator<Item = (u32, &PlannedShare)> {
    plan.intervals
        .iter()
        .flat_map(|interval| interval.shares.iter().map(|share| (interval.index, share)))
}

impl<'a> Attempts<'a> {
    pub(crate) fn of(totals: &'a Totals) -> Self {
        let mut places: HashMap<Place<'a>, Vec<Attempt<'a>>> = HashMap::new();
        // In their order, in which attempts at the same share follow each other.
        for (job, generator) in totals.generators() {
            let place = (job.interval, job.region.as_str(), job.share);
            places.entry(place).or_default().push((job, generator));
        }
        Self(places)
    }

    /// Those at a planned share, the first one first; none if nothing was heard of it.
    pub(crate) fn at(&self, interval: u32, share: &'a PlannedShare) -> &[Attempt<'a>] {
        let place = (interval, share.region.as_str(), share.share.index());
        self.0.get(&place).map_or(&[], Vec::as_slice)
    }

    /// When a share's load began, as the first one that was heard of measured it.
    pub(crate) fn begin(&self, interval: u32, share: &'a PlannedShare) -> Option<LoadTimes> {
        self.at(interval, share).first().and_then(load)
    }

    /// When a share's load ended, as the last one that was heard of measured it.
    pub(crate) fn end(&self, interval: u32, share: &'a PlannedShare) -> Option<LoadTimes> {
        self.at(interval, share).last().and_then(load)
    }

    /// Those that no plan tells of, in order.
    pub(crate) fn unplanned(&self, plan: &'a Plan) -> Vec<Attempt<'a>> {
        let mut others = self.0.clone();
        for (interval, share) in planned(plan) {
            others.remove(&(interval, share.region.as_str(), share.share.index()));
        }
        let mut others: Vec<_> = others.into_values().flatten().collect();
        others.sort_by_key(|(job, _)| *job);
        others
    }
}

fn load((_, generator): &Attempt<'_>) -> Option<LoadTimes> {
    generator.ending().and_then(|ending| ending.load)
}
