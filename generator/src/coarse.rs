//! Fewer frames that say the same of longer stretches of time.

use engine::frame::{Body, Frame, Health, Second};

/// Joins the seconds of a job into stretches of `factor` seconds, and numbers the frames anew.
/// Everything that was measured is in exactly one of them; what is lost is when, within a stretch.
///
/// The frames must be of one job and in order.
///
/// # Panics
///
/// If the factor is 0.
pub fn coarsen(frames: Vec<Frame>, factor: u32) -> Vec<Frame> {
    let mut coarse: Vec<Frame> = Vec::new();
    for mut frame in frames {
        let last = coarse.last_mut().map(|last| &mut last.body);
        match (last, &frame.body) {
            (Some(Body::Second(last)), Body::Second(next))
                if last.second / factor == next.second / factor =>
            {
                join(last, next);
            }
            _ => {
                frame.sequence = coarse.len() as u64;
                coarse.push(frame);
            }
        }
    }
    coarse
}

fn join(stretch: &mut Second, next: &Second) {
    stretch.seconds = next.second + next.seconds - stretch.second;
    stretch.users = next.users;
    stretch.stats.merge(&next.stats);
    join_health(&mut stretch.health, &next.health);
}

/// The same threads a while later: their times add up, unlike those of other threads.
fn join_health(health: &mut Health, next: &Health) {
    let threads = health.thread_cpu_us.len().max(next.thread_cpu_us.len());
    health.thread_cpu_us.resize(threads, 0);
    for (sum, more) in health.thread_cpu_us.iter_mut().zip(&next.thread_cpu_us) {
        *sum = sum.saturating_add(*more);
    }
    health.over_us = health.over_us.saturating_add(next.over_us);
    health.delay.merge(&next.delay);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::{
        job_id::JobId,
        stats::{Latency, Outcome, Phases, Sample, Stats},
    };
    use proptest::prelude::*;

    use super::*;

    /// Requests in each second, by name and microseconds.
    type Requests = Vec<Vec<(u8, u64)>>;

    fn frame(sequence: u64, body: Body) -> Frame {
        let (run, region) = ("run".into(), "local".into());
        Frame { job: JobId { run, interval: 0, region, share: 0, attempt: 0 }, sequence, body }
    }

    fn frames(from: u32, requests: &Requests) -> Vec<Frame> {
        let seconds = (from..).zip(requests).zip(0..);
        seconds
            .map(|((second, requests), sequence)| frame(sequence, body(second, requests)))
            .collect()
    }

    fn body(second: u32, requests: &[(u8, u64)]) -> Body {
        let mut stats = Stats::default();
        let mut delay = Latency::default();
        for (name, micros) in requests {
            stats.record(&Sample {
                method: "GET",
                name: &format!("/{name}"),
                status: Some(200),
                elapsed: Duration::from_micros(*micros),
                from_intended: None,
                phases: Phases::default(),
                bytes: *micros,
                outcome: Outcome::Passed,
                met: None,
            });
            delay.record(Duration::from_micros(*micros));
        }
        let busy: u64 = requests.iter().map(|(_, micros)| micros).sum();
        let health = Health { thread_cpu_us: vec![busy, 1], over_us: 1_000_000, delay };
        Body::Second(Second { second, seconds: 1, users: second, stats, health })
    }

    fn seconds(frames: &[Frame]) -> Vec<&Second> {
        let bodies = frames.iter().map(|frame| &frame.body);
        bodies
            .filter_map(|body| if let Body::Second(second) = body { Some(second) } else { None })
            .collect()
    }

    fn sum(frames: &[Frame]) -> (Stats, Health, u32) {
        let (mut stats, mut health, mut length) = (Stats::default(), Health::default(), 0);
        for second in seconds(frames) {
            stats.merge(&second.stats);
            join_health(&mut health, &second.health);
            length += second.seconds;
        }
        (stats, health, length)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sums_stay_as_they_are(
            requests in prop::collection::vec(
                prop::collection::vec((0_u8..3, 1_u64..1_000_000), 0..4), 1..12),
            from in 0_u32..50,
            factor in 1_u32..9,
        ) {
            let fine = frames(from, &requests);
            let coarse = coarsen(fine.clone(), factor);
            prop_assert_eq!(sum(&coarse), sum(&fine));
            for (frame, sequence) in coarse.iter().zip(0..) {
                prop_assert_eq!(frame.sequence, sequence);
            }
            for stretch in seconds(&coarse) {
                prop_assert!(stretch.seconds <= factor);
                prop_assert_eq!(stretch.users, stretch.second + stretch.seconds - 1);
            }
            let most = requests.len() / factor as usize + 2;
            prop_assert!(coarse.len() <= most, "{} of {}", coarse.len(), most);
            prop_assert_eq!(coarsen(coarse.clone(), factor), coarse);
        }

        #[test]
        fn steps_lead_to_the_same(
            requests in prop::collection::vec(
                prop::collection::vec((0_u8..3, 1_u64..1_000_000), 0..4), 1..12),
            from in 0_u32..50,
        ) {
            let fine = frames(from, &requests);
            prop_assert_eq!(coarsen(coarsen(fine.clone(), 2), 8), coarsen(fine, 8));
        }
    }
}
