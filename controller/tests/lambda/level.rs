//! How many users there are at each instant, by the log of the server they use.

use std::{
    collections::BTreeMap, net::SocketAddr, ops::RangeInclusive, path::Path, time::Duration,
};

use controller::run_folder::RunFolder;
use engine::{clients::Clients, curve::LoadCurve, hatch_rate::HatchRate, load::Load};
use serde_json::Value;

use crate::{
    account::{REGIONS, account, project},
    support::recorder::{Recorder, Request},
};

pub(crate) const SCENARIO: &str = "
users:
  User:
    wait_time: {constant_pacing: 100ms}
    tasks:
      look: [get: {path: '/user/${user.id}', name: /user}]
";

const USERS: u32 = 12;
const PACE: Duration = Duration::from_millis(100);
const CUTS: [Duration; 2] = [Duration::from_secs(3), Duration::from_secs(6)];
const END: Duration = Duration::from_secs(9);

/// How late a request may be seen on a busy machine.
const NOISE: Duration = Duration::from_millis(150);

/// What the server saw; all times since the test's start.
pub(crate) struct Seen {
    /// The requests of each user, in order.
    pub(crate) users: BTreeMap<u32, Vec<Request>>,
    curve: LoadCurve,
}

impl Seen {
    /// Of the run that a folder tells of.
    pub(crate) fn new(requests: Vec<Request>, folder: &Path) -> Self {
        let folder = RunFolder::open(folder).unwrap();
        let load = folder.plan().unwrap().load_changed(&folder.changes().unwrap());
        let Load::Users(curve) = load else { panic!("{load:?}") };
        let start = folder.run().started_since_epoch();
        let mut users: BTreeMap<u32, Vec<Request>> = BTreeMap::new();
        for request in requests {
            let at = request.at.checked_sub(start);
            let at = at.unwrap_or_else(|| panic!("before the start: {request:?}"));
            users.entry(request.user).or_default().push(Request { at, ..request });
        }
        Self { users, curve }
    }

    /// Users that had begun by then, and go on.
    fn active(&self, at: Duration) -> u32 {
        let is_active = |requests: &&Vec<Request>| {
            let (first, last) = (requests[0].at, requests[requests.len() - 1].at);
            (first..=last + PACE).contains(&at)
        };
        u32::try_from(self.users.values().filter(is_active).count()).unwrap()
    }

    /// What the plan says of about that instant.
    fn planned(&self, at: Duration) -> RangeInclusive<u32> {
        let step = Duration::from_millis(10);
        let about = (0..=30).map(|n| (at + n * step).saturating_sub(NOISE));
        let levels: Vec<_> = about.map(|at| self.curve.users(at)).collect();
        *levels.iter().min().unwrap()..=*levels.iter().max().unwrap()
    }

    #[track_caller]
    pub(crate) fn follows_the_plan(&self) {
        for instant in (0..950).map(|n| n * Duration::from_millis(10)) {
            let (active, planned) = (self.active(instant), self.planned(instant));
            let allowed = planned.start().saturating_sub(1)..=planned.end() + 1;
            assert!(allowed.contains(&active), "{active} of {planned:?} users at {instant:?}");
        }
    }

    /// Neither at a cut nor elsewhere anybody pauses.
    #[track_caller]
    pub(crate) fn nobody_pauses(&self) {
        for (user, requests) in &self.users {
            for pair in requests.windows(2) {
                let gap = pair[1].at - pair[0].at;
                assert!(gap <= 2 * PACE + NOISE, "user {user}: {gap:?} after {:?}", pair[0].at);
            }
        }
    }

    /// One function after the other has a user, and they change places at the cuts.
    #[track_caller]
    pub(crate) fn nobody_is_doubled(&self) {
        for (user, requests) in &self.users {
            let start = start_of(&self.curve, *user);
            let ends = CUTS.into_iter().chain([END]).filter(|end| start < *end);
            let begins = [start].into_iter().chain(CUTS.into_iter().filter(|cut| start < *cut));
            let windows: Vec<_> = begins.zip(ends).collect();
            // By the order in which they came up.
            let mut functions: Vec<Vec<Request>> = Vec::new();
            for request in requests {
                let own = |own: &&mut Vec<Request>| own[0].connection == request.connection;
                match functions.iter_mut().find(own) {
                    Some(own) => own.push(*request),
                    None => functions.push(vec![*request]),
                }
            }
            assert_eq!(functions.len(), windows.len(), "user {user}: {functions:?}");
            for ((from, to), own) in windows.into_iter().zip(functions) {
                let (first, last) = (own[0].at, own[own.len() - 1].at);
                // Instants are known to the millisecond.
                let known = Duration::from_millis(2);
                assert!(first + known >= from && last <= to + NOISE, "user {user}: {own:?}");
            }
        }
        let half = Duration::from_millis(500);
        for cut in CUTS {
            for (user, requests) in &self.users {
                if start_of(&self.curve, *user) + half > cut {
                    continue;
                }
                let around = cut - half..cut + half;
                let count = requests.iter().filter(|request| around.contains(&request.at)).count();
                assert!((8..=12).contains(&count), "user {user} at {cut:?}: {count} requests");
            }
        }
    }
}

#[track_caller]
fn tells_of_it(report: &Value) {
    let number = |value: &Value| value.as_f64().unwrap();
    let cuts = report["cuts"].as_array().unwrap();
    assert_eq!(cuts.len(), CUTS.len());
    for (cut, continuing) in cuts.iter().zip([11, USERS]) {
        assert!(number(&cut["gap_ms"]).abs() < 100.0, "{cut}");
        assert!(number(&cut["least_gap_ms"]) <= number(&cut["gap_ms"]), "{cut}");
        // 120 requests a second at most.
        assert!(number(&cut["gap_requests"]).abs() < 12.0, "{cut}");
        assert_eq!(cut["continuing_users"], continuing, "{cut}");
        assert!(cut["late_users"].as_u64().unwrap() <= 2, "{cut}");
    }
    let regions = report["regions"].as_array().unwrap();
    assert_eq!(regions.len(), REGIONS.len());
    let skews: Vec<_> = regions.iter().map(|region| number(&region["start_skew_ms"])).collect();
    assert!(skews.iter().all(|skew| *skew < 100.0), "{skews:?}");
}

fn start_of(curve: &LoadCurve, user: u32) -> Duration {
    curve.lives_of(user)[0].from
}

/// What a server would see of functions that each begin and end this much later than planned.
fn made(late_begin: Duration, late_end: Duration) -> Seen {
    let clients = Clients::try_new(USERS).unwrap();
    let curve = LoadCurve::plain(clients, HatchRate::try_new(3.5).unwrap(), END);
    let starts = (0..USERS).map(|user| (user, start_of(&curve, user)));
    let windows = [Duration::ZERO, CUTS[0], CUTS[1]].into_iter().zip([CUTS[0], CUTS[1], END]);
    let requests_of = |user: u32, start: Duration| {
        let own = windows.clone().zip(1..).filter(move |((_, to), _)| start < *to);
        own.flat_map(move |((from, to), function)| {
            let port = u16::try_from(10 * user + function).unwrap();
            let connection = SocketAddr::from(([127, 0, 0, 1], port));
            let begin = if start < from { from + late_begin } else { start };
            let instants = (0..).map(move |n| begin + n * PACE);
            let instants = instants.take_while(move |at| *at < to + late_end);
            instants.map(move |at| Request { user, connection, at })
        })
    };
    let sorted = |user, start| {
        let mut requests: Vec<_> = requests_of(user, start).collect();
        requests.sort_by_key(|request| request.at);
        (user, requests)
    };
    let users = starts.map(|(user, start)| sorted(user, start)).collect();
    Seen { users, curve }
}

#[test]
fn what_follows_the_plan_is_taken() {
    let seen = made(Duration::ZERO, Duration::ZERO);
    seen.follows_the_plan();
    seen.nobody_pauses();
    seen.nobody_is_doubled();
}

#[test]
#[should_panic(expected = "users at ")]
fn missing_users_are_noticed() {
    let mut seen = made(Duration::ZERO, Duration::ZERO);
    seen.users.retain(|user, _| *user < USERS - 2);
    seen.follows_the_plan();
}

#[test]
#[should_panic(expected = "user 0: ")]
fn a_gap_at_a_cut_is_noticed() {
    made(3 * PACE, Duration::ZERO).nobody_pauses();
}

#[test]
#[should_panic(expected = "user 0: ")]
fn an_overlap_at_a_cut_is_noticed() {
    made(Duration::ZERO, 3 * PACE).nobody_is_doubled();
}

#[test]
fn the_load_follows_the_plan_across_cuts() {
    let (recorder, account) = (Recorder::start(), account(&REGIONS));
    let finished = project(&account, &REGIONS, 2)
        .host(recorder.url())
        .scenario(SCENARIO)
        .runner("clients", USERS)
        // 11 users at the first cut, and all of them soon after it.
        .runner("hatch_rate", 3.5)
        .runner("duration", "9s")
        .runner("interval", "3s")
        .run([])
        .expect_code(0);
    let requests = recorder.requests();
    let report = finished.report();
    assert_eq!(report["summary"]["requests"], requests.len());
    assert_eq!(report["generators"].as_array().unwrap().len(), 18);
    let seen = Seen::new(requests, &finished.run_folder());
    assert_eq!(seen.users.len(), USERS as usize);
    seen.follows_the_plan();
    seen.nobody_pauses();
    seen.nobody_is_doubled();
    tells_of_it(&report);
}
