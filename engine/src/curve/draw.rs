//! Curves from what a person says.

use std::time::Duration;

use super::{LoadCurve, LoadPoint, Stages, Steps};
use crate::{clients::Clients, hatch_rate::HatchRate};

impl LoadCurve {
    /// From 0 to `clients` at `rate`, then flat until `duration`.
    ///
    /// If `duration` ends first, so does the ramp.
    pub fn plain(clients: Clients, rate: HatchRate, duration: Duration) -> Self {
        let mut pen = Pen::at(0.0);
        pen.rise_until(rate, f64::from(clients.get()), duration);
        Self { points: pen.finish(duration) }
    }

    /// The target rises by `steps.clients` every `steps.duration`, beginning at 0 s; the level
    /// follows its target at `rate`.
    pub fn stepped(clients: Clients, rate: HatchRate, duration: Duration, steps: Steps) -> Self {
        let mut pen = Pen::at(0.0);
        let mut target = 0;
        let mut end = Duration::ZERO;
        while target < clients.get() && end < duration {
            target = target.saturating_add(steps.clients.get()).min(clients.get());
            end = if target == clients.get() {
                duration
            } else {
                end.saturating_add(steps.duration).min(duration)
            };
            pen.rise_until(rate, f64::from(target), end);
        }
        Self { points: pen.finish(duration) }
    }

    /// From 0 through all stages, which follow each other: within each the level goes evenly from
    /// where it was to its clients, and at once if the stage takes no time.
    pub fn staged(stages: &Stages) -> Self {
        let mut pen = Pen::at(0.0);
        let mut at = Duration::ZERO;
        for stage in stages.iter() {
            at = at.saturating_add(stage.duration);
            pen.draw_to(at, f64::from(stage.clients));
        }
        Self { points: pen.finish(at) }
    }
}

/// Draws a curve from left to right.
pub(super) struct Pen {
    points: Vec<LoadPoint>,
}

impl Pen {
    /// At a level, at the start.
    pub(super) fn at(level: f64) -> Self {
        Self { points: vec![LoadPoint { at: Duration::ZERO, level }] }
    }

    fn last(&self) -> LoadPoint {
        self.points[self.points.len() - 1]
    }

    /// Rises at the rate towards `target`, and stays there until `end`.
    fn rise_until(&mut self, rate: HatchRate, target: f64, end: Duration) {
        let (from, rate) = (self.last(), rate.per_second());
        let seconds = (target - from.level) / rate;
        let reached = Duration::try_from_secs_f64(seconds)
            .ok()
            .and_then(|rise| from.at.checked_add(rise))
            .unwrap_or(Duration::MAX);
        if reached < end {
            self.push(reached, target);
            self.push(end, target);
        } else {
            let level = from.level + (end - from.at).as_secs_f64() * rate;
            self.push(end, level.min(target));
        }
    }

    /// Goes evenly to a level, or jumps to it. Of several jumps at an instant the last one counts,
    /// and a curve that begins with one begins at that level.
    pub(super) fn draw_to(&mut self, at: Duration, level: f64) {
        let before = self.points.len().checked_sub(2).map(|index| self.points[index].at);
        if self.last().at == at && before.is_none_or(|before| before == at) {
            self.points.pop();
        }
        self.points.push(LoadPoint { at, level });
    }

    /// Adds a point that is after the last one.
    fn push(&mut self, at: Duration, level: f64) {
        if self.last().at < at {
            self.points.push(LoadPoint { at, level });
        }
    }

    /// Stays at its level until the end.
    pub(super) fn finish(mut self, duration: Duration) -> Vec<LoadPoint> {
        self.push(duration, self.last().level);
        self.points
    }
}
