//! What plans come to.

use engine::{
    arrival_rate::ArrivalRate,
    curve::{RateCurve, Stage, Stages, Steps},
    hatch_rate::HatchRate,
    load::Arrivals,
};
use proptest::prelude::*;

use super::*;

fn runner(clients: u32, rate: f64, seconds: u64) -> Runner {
    Runner {
        shape: Shape::Ramp(Ramp {
            clients: Clients::try_new(clients).unwrap(),
            hatch_rate: HatchRate::try_new(rate).unwrap(),
            duration: Duration::from_secs(seconds),
            steps: None,
        }),
        interval: None,
        stop_timeout: Duration::from_secs(10),
        seed: 0,
    }
}

#[test]
fn a_long_test_is_cut_into_lives_of_a_function() {
    let plan = Plan::new(Header::default(), &runner(1200, 1.0, 3600));
    assert_eq!(plan.intervals.len(), 5);
    assert!(plan.intervals.iter().all(|interval| interval.life <= LONGEST_LIFE));
    let edges: Vec<_> = plan.intervals.iter().map(|i| (i.users_from, i.users_to)).collect();
    assert_eq!(edges, [(1, 850), (851, 1200), (1200, 1200), (1200, 1200), (1200, 1200)]);
    assert!(plan.warnings.is_empty());
}

#[test]
fn a_duration_that_is_too_short_is_told() {
    let plan = Plan::new(Header::default(), &runner(1200, 5.0, 120));
    assert_eq!(plan.peak, 600);
    assert!(plan.warnings[0].contains("it reaches 600 of 1,200 clients in 2m"));
}

#[test]
fn steps_that_outrun_the_hatch_rate_are_told() {
    let steps =
        Steps { duration: Duration::from_secs(10), clients: Clients::try_new(100).unwrap() };
    let mut runner = runner(300, 1.0, 1000);
    let Shape::Ramp(ramp) = &mut runner.shape else { unreachable!() };
    ramp.steps = Some(steps);
    let plan = Plan::new(Header::default(), &runner);
    assert!(plan.warnings[0].contains("a step ends before its clients are hatched"));
}

#[test]
fn functions_are_for_the_most_users_of_an_interval() {
    let stage = |seconds, clients| Stage { duration: Duration::from_secs(seconds), clients };
    let stages = [stage(60, 100), stage(30, 20), stage(30, 20), stage(40, 0)];
    let runner = Runner {
        shape: Shape::Stages(Stages::try_new(stages.to_vec()).unwrap()),
        interval: Some(Duration::from_secs(70)),
        ..runner(1, 1.0, 1)
    };
    let plan = on_lambda(&runner, &[location("us-west-2", 1)], &functions(10));
    let users = plan.intervals.iter().map(|i| (i.users_from, i.users_most, i.users_to));
    assert_eq!(users.collect::<Vec<_>>(), [(1, 100, 74), (74, 74, 11), (10, 10, 1)]);
    let shares: Vec<_> = plan.intervals.iter().map(|interval| interval.shares.len()).collect();
    assert_eq!(shares, [10, 8, 1]);
    assert_eq!((plan.clients.get(), plan.peak, plan.intervals.len()), (100, 100, 3));
    // They sign in as fast as the load rises, or within half a minute.
    assert_eq!(plan.intervals[1].warm_up, Duration::from_secs(30));
    assert_eq!(plan.intervals[2].warm_up, Duration::from_secs(6));
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn a_pool_that_may_be_too_small_or_in_a_hurry_is_told() {
    let runner = |clients, per_second, hatch_rate: f64| {
        let rate = ArrivalRate::try_new(per_second).unwrap();
        let rate = RateCurve::constant(rate, Duration::from_mins(2)).unwrap();
        let arrivals = Arrivals { rate, pool: Clients::try_new(clients).unwrap() };
        let hatch_rate = Some(HatchRate::try_new(hatch_rate).unwrap());
        Runner { shape: Shape::Arrivals(arrivals, hatch_rate), ..self::runner(1, 1.0, 1) }
    };
    let told = |clients, per_second, hatch_rate| {
        Plan::new(Header::default(), &runner(clients, per_second, hatch_rate)).warnings
    };
    assert!(told(100, 1000.0, 10.0).is_empty());
    let expected = "if a task takes more than 20ms at 500 arrivals per second, all 10 clients are \
                    busy, and arrivals are dropped: raise clients";
    assert_eq!(told(10, 500.0, 10.0), [expected]);
    let expected = "the 100 clients get ready in the 30s before their interval, which is faster than \
                    a hatch_rate of 2";
    assert_eq!(told(100, 10.0, 2.0), [expected]);
    // All intervals have the whole pool, and no function is without users.
    let runner = Runner { interval: Some(Duration::from_mins(1)), ..runner(25, 10.0, 5.0) };
    let plan = on_lambda(&runner, &[location("us-west-2", 1)], &functions(10));
    let users = plan.intervals.iter().map(|i| (i.users_from, i.users_most, i.users_to));
    assert_eq!(users.collect::<Vec<_>>(), [(25, 25, 25); 2]);
    assert!(plan.intervals.iter().all(|i| i.warm_up == Duration::from_secs(5)));
    assert!(plan.intervals.iter().all(|i| i.shares.len() == 3));
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(serde_json::from_value::<Plan>(json).unwrap(), plan);
}

fn location(region: &str, weight: u32) -> Location {
    Location { region: region.into(), weight }
}

fn functions(users_per_function: u32) -> Functions {
    let architecture = Architecture::X86_64;
    Functions { users_per_function, architecture, memory_mb: 2048, ..Functions::default() }
}

fn on_lambda(runner: &Runner, locations: &[Location], functions: &Functions) -> Plan {
    Plan::on_lambda(Header::default(), runner, locations, functions)
}

#[test]
fn a_run_that_leaves_much_says_so() {
    let runner = runner(500_000, 500_000.0, 4 * 3600);
    let plan = on_lambda(&runner, &[location("eu-west-1", 1)], &functions(500));
    let told = "what the functions report takes about 43 GB in the run's folder";
    assert!(plan.warnings.iter().any(|warning| warning == told), "{:?}", plan.warnings);
    let plan = on_lambda(&runner, &[location("eu-west-1", 1)], &functions(900));
    assert!(plan.warnings.iter().any(|warning| warning.contains("about 24 GB")));
}

#[test]
fn each_interval_has_the_functions_that_its_users_need() {
    let runner = Runner { interval: Some(Duration::from_mins(1)), ..runner(100, 1.0, 180) };
    let locations = [location("us-west-2", 3), location("eu-west-1", 1)];
    let plan = on_lambda(&runner, &locations, &functions(10));
    let functions: Vec<_> = plan
        .intervals
        .iter()
        .map(|interval| {
            let of = |region| {
                let shares = interval.shares.iter().filter(|share| share.region == region);
                (shares.clone().count(), shares.map(|share| share.users).sum::<u32>())
            };
            (interval.users_to, of("us-west-2"), of("eu-west-1"))
        })
        .collect();
    // Six functions are enough for 60 users, but five and one of them are off the weights.
    let expected = [(60, (5, 43), (2, 17)), (100, (8, 80), (2, 20)), (100, (8, 80), (2, 20))];
    assert_eq!(functions, expected);
    // Two intervals overlap at a cut, and the last two have most.
    let expected = [("us-west-2".to_owned(), 16), ("eu-west-1".to_owned(), 4)];
    assert_eq!(plan.concurrency, expected.into());
    assert!(plan.warnings.is_empty(), "{:?}", plan.warnings);
}

#[test]
fn short_intervals_overlap_with_several() {
    // Alive from 9 s before a window (4 s of warm-up) to 15 s after it.
    let runner = Runner { interval: Some(Duration::from_secs(8)), ..runner(5, 100.0, 80) };
    let mut plan = on_lambda(&runner, &[location("us-west-2", 1)], &functions(500));
    for interval in plan.intervals.iter_mut().skip(1) {
        interval.life += Duration::from_secs(4) - interval.warm_up;
        interval.warm_up = Duration::from_secs(4);
    }
    let alive = plan.intervals[2].alive();
    assert_eq!(alive, (Duration::from_secs(7), Duration::from_secs(39)));
    let concurrency = concurrency::by_region(&plan.intervals);
    assert_eq!(concurrency, [("us-west-2".to_owned(), 4)].into());
}

#[test]
fn a_function_may_live_as_long_as_its_alive_says() {
    let plan = on_lambda(&runner(1200, 1.0, 3600), &[location("us-west-2", 1)], &functions(500));
    for interval in &plan.intervals[1..] {
        let (from, to) = interval.alive();
        assert_eq!(to - from, interval.life);
        assert_eq!(interval.window.from() - interval.warm_up - from, LEAD);
    }
}

#[test]
fn a_run_must_keep_to_what_it_may_cost() {
    let locations = [location("us-west-2", 1)];
    let runner = runner(1200, 10.0, 600);
    let plan = on_lambda(&runner, &locations, &functions(500));
    assert_eq!(plan.check_cost(), Ok(()));
    let Some(cost) = plan.cost else { panic!("no cost") };
    let at_most = cost.at_most.total_usd;
    let with = |max| {
        let functions = Functions { max_cost: Some(max), ..functions(500) };
        on_lambda(&runner, &locations, &functions)
    };
    assert_eq!(with(at_most).check_cost(), Ok(()));
    let plan = with(Usd(0.05));
    let error = plan.check_cost().unwrap_err();
    let expected = "the run may cost up to $0.0634 (about $0.0620 is expected), which is more than \
                    the $0.0500 of max_cost";
    assert_eq!(error.to_string(), expected);
    assert_eq!(plan.warnings, [format!("`run` refuses: {expected}; {}", error.advice())]);
}

#[test]
fn what_is_known_to_be_too_little_is_told() {
    let locations = ["us-west-2", "eu-west-1", "eu-west-2"].map(|region| location(region, 1));
    let told = |clients, functions: Functions| {
        on_lambda(&runner(clients, 10_000.0, 60), &locations, &functions).warnings
    };
    let small = Functions { memory_mb: 128, users_per_function: 900, ..Functions::default() };
    let expected = [
        "a function with 128 MB of memory has less than one core (1,769 MB): it may send late; the \
         verdict tells whether it did",
        "a function has up to 900 users, and its 128 MB of memory hold about 704: raise memory or \
         lower users_per_function",
    ];
    assert_eq!(told(2700 * 10, small.clone()), expected);
    assert_eq!(told(600, small).len(), 1);
    let header = Header { host: Some("http://127.0.0.1:8088".into()), ..Header::default() };
    let plan = Plan::on_lambda(header, &runner(60, 1.0, 60), &locations, &functions(500));
    let expected =
        "for a function, http://127.0.0.1:8088 is the function itself, and not this machine";
    assert_eq!(plan.warnings, [expected]);
    let expected = "2 users are fewer than the 3 regions: none in eu-west-2";
    assert_eq!(told(2, functions(500)), [expected]);
    let reserved = Functions { reserved_concurrency: Some(1), ..functions(1) };
    let expected = "us-west-2 needs 2 functions at once, and reserved_concurrency is 1: the others \
                    cannot start";
    assert_eq!(told(4, reserved), [expected]);
    let expected = "us-west-2 needs 1,001 functions at once, and AWS's default quota is 1,000";
    assert_eq!(told(3001, functions(1)), [expected]);
}

#[test]
fn a_plan_is_read_back_and_so_are_those_of_before() {
    let locations = [location("us-west-2", 3), location("ap-east-1", 1)];
    let functions = Functions { min_coverage: Some(0.9), max_cost: Some(Usd(9.5)), ..functions(9) };
    let plan = on_lambda(&runner(100, 1.0, 180), &locations, &functions);
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(json["backend"], "lambda");
    assert_eq!(json["functions"]["max_cost_usd"], 9.5);
    assert_eq!(serde_json::from_value::<Plan>(json).unwrap(), plan);
    let plan = Plan::new(Header::default(), &runner(100, 1.0, 180));
    let mut json = serde_json::to_value(&plan).unwrap();
    let before = json.as_object_mut().unwrap();
    assert_eq!(before.remove("backend"), Some("local".into()));
    for key in ["functions", "concurrency", "cost"] {
        assert_eq!(before.remove(key), None);
    }
    assert_eq!(serde_json::from_value::<Plan>(json).unwrap(), plan);
}

proptest! {
    #[test]
    fn no_instant_has_more_functions_than_told(
        clients in 1_u32..2_000,
        rate in 0.5_f64..100.0,
        seconds in 1_u64..600,
        interval in 1_u64..200,
        instants in prop::collection::vec(0_u64..700_000, 20),
    ) {
        let runner =
            Runner { interval: Some(Duration::from_secs(interval)), ..runner(clients, rate, seconds) };
        let locations = [location("us-west-2", 2), location("eu-west-1", 1)];
        let plan = on_lambda(&runner, &locations, &functions(100));
        let alive = |region: &str, at: Duration| {
            let alive = plan.intervals.iter().filter(|interval| {
                let (from, to) = interval.alive();
                (from..to).contains(&at)
            });
            let shares = alive.flat_map(|interval| &interval.shares);
            shares.filter(|share| share.region == region).count()
        };
        for (region, most) in &plan.concurrency {
            let most = usize::try_from(*most).unwrap();
            // It is highest at one of the beginnings.
            let begin = plan.intervals.iter().map(|interval| alive(region, interval.alive().0));
            prop_assert_eq!(begin.max(), Some(most));
            for at in &instants {
                prop_assert!(alive(region, Duration::from_millis(*at)) <= most);
            }
        }
    }

    #[test]
    fn more_load_never_costs_less(
        clients in 1_u32..5_000,
        rate in 0.5_f64..100.0,
        seconds in 1_u64..7_200,
        more_clients in 0_u32..1_000,
        more_seconds in 0_u64..1_000,
    ) {
        let locations = [location("us-west-2", 2), location("eu-west-1", 1)];
        let cost = |clients, seconds| {
            on_lambda(&runner(clients, rate, seconds), &locations, &functions(500)).cost.unwrap()
        };
        let (less, more) =
            (cost(clients, seconds), cost(clients + more_clients, seconds + more_seconds));
        // Sums in another order differ in their last digits.
        let at_most = |a: Usd, b: Usd| a.0 <= b.0 * (1.0 + 1e-9);
        prop_assert!(at_most(less.expected.total_usd, more.expected.total_usd));
        prop_assert!(at_most(less.at_most.total_usd, more.at_most.total_usd));
        prop_assert!(less.expected.total_usd < less.at_most.total_usd);
    }
}
