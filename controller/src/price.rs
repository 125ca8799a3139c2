//! What functions cost.

use std::{
    collections::BTreeSet,
    fmt,
    iter::Sum,
    ops::{Add, AddAssign},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{
    functions::{Architecture, Functions},
    grouped::grouped,
    plan::{FunctionPlan, Interval, LEAD, LEASE_EVERY, RENEW_EVERY},
};

/// An amount of dollars.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Usd(pub f64);

/// The least amount that is shown as a number.
const LEAST_SHOWN: f64 = 0.0001;

/// `$1,250.00`, `$12.40`, `$0.0213`.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(dollars) = *self;
        if dollars == 0.0 {
            return f.pad("$0.00");
        }
        if dollars < LEAST_SHOWN {
            return f.pad("<$0.0001");
        }
        if dollars < 0.99995 {
            return f.pad(&format!("${dollars:.4}"));
        }
        let text = format!("{dollars:.2}");
        let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
        let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), grouped);
        f.pad(&format!("${whole}.{cents}"))
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

/// An invocation, of which a million cost $0.20.
const REQUEST: Usd = Usd(0.20 / 1e6);

/// Reading an object in S3, of which a thousand cost $0.0004.
const GET: Usd = Usd(0.0004 / 1e3);

/// Writing an object in S3, of which a thousand cost $0.005.
const PUT: Usd = Usd(0.005 / 1e3);

/// A gigabyte-second on `x86_64` in most regions.
const GB_SECOND: f64 = 0.000_016_666_7;

/// A gigabyte-second on arm64 in those regions.
const GB_SECOND_ARM: f64 = 0.000_013_333_4;

/// What arm64 costs in the others, in proportion to `x86_64`.
const ARM: f64 = 0.8;

/// Regions that are charged as us-east-1.
const USUAL: [&str; 16] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
];

/// Regions that are charged otherwise: a gigabyte-second on `x86_64`.
const OTHERS: [(&str, f64); 5] = [
    ("af-south-1", 0.000_022_1),
    ("ap-east-1", 0.000_022_92),
    ("eu-south-1", 0.000_019_517_2),
    ("me-central-1", 0.000_020_666_7),
    ("me-south-1", 0.000_020_666_7),
];

/// How long a function takes to hand over its results and end, once its load has.
const HANDING_OVER: Duration = Duration::from_secs(1);

/// What a run costs, without the free tier and data transfer.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Cost {
    /// If all functions are invoked [`LEAD`] ahead, and end as soon as their load does.
    pub expected: Bill,
    /// If all functions live as long as they may.
    pub at_most: Bill,
    /// Regions whose prices are not known, and taken to be those of us-east-1.
    pub estimated_regions: BTreeSet<String>,
}

/// What is charged.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Bill {
    /// Memory times time.
    pub gb_seconds: f64,
    /// What functions take for it.
    pub compute_usd: Usd,
    /// What invocations take.
    pub requests_usd: Usd,
    /// What reading and writing objects takes, which keep functions running.
    pub storage_usd: Usd,
    /// All of it.
    pub total_usd: Usd,
}

impl Cost {
    /// Of all functions of these intervals.
    pub(crate) fn of(intervals: &[Interval], functions: &Functions) -> Self {
        let mut cost = Self::default();
        let mut regions = BTreeSet::new();
        let make = Make { architecture: functions.architecture, memory_mb: functions.memory_mb };
        for interval in intervals {
            let load = interval.warm_up + interval.window.length();
            for share in &interval.shares {
                let region = share.region.as_str();
                regions.insert(region);
                cost.expected.add_function(region, make, LEAD + load + HANDING_OVER);
                cost.at_most.add_function(region, make, interval.life);
            }
        }
        if let Some(last) = intervals.last() {
            let (_, latest) = last.alive();
            cost.expected.add_renewals(regions.len(), LEAD + last.window.to() + HANDING_OVER);
            cost.at_most.add_renewals(regions.len(), LEAD + latest);
        }
        cost.expected.add_up();
        cost.at_most.add_up();
        let unknown = regions.into_iter().filter(|region| !is_known(region));
        cost.estimated_regions = unknown.map(String::from).collect();
        cost
    }
}

/// What the price of a function's time follows from.
#[derive(Clone, Copy, Debug)]
struct Make {
    architecture: Architecture,
    memory_mb: u32,
}

impl Bill {
    /// Of functions that have run: where, and for how long each. Their lease was renewed for as
    /// long as the run took.
    pub(crate) fn of_run<'a>(
        functions: &FunctionPlan,
        lives: impl IntoIterator<Item = (&'a str, Duration)>,
        took: Duration,
    ) -> Self {
        let FunctionPlan { architecture, memory_mb, .. } = *functions;
        let mut bill = Self::default();
        let mut regions = BTreeSet::new();
        for (region, life) in lives {
            regions.insert(region);
            bill.add_function(region, Make { architecture, memory_mb }, life);
        }
        bill.add_renewals(regions.len(), took);
        bill.add_up();
        bill
    }

    /// One function: its time, its invocation, what it claims, hands in and looks at.
    fn add_function(&mut self, region: &str, make: Make, life: Duration) {
        let Make { architecture, memory_mb } = make;
        self.gb_seconds += gb_seconds(memory_mb, life);
        self.compute_usd += compute(region, architecture, memory_mb, life);
        self.requests_usd += REQUEST;
        self.storage_usd += PUT + PUT + times(life, LEASE_EVERY, GET);
    }

    /// What keeps the functions running, for so long.
    fn add_renewals(&mut self, regions: usize, time: Duration) {
        self.storage_usd += (0..regions).map(|_| times(time, RENEW_EVERY, PUT)).sum();
    }

    fn add_up(&mut self) {
        self.total_usd = self.compute_usd + self.requests_usd + self.storage_usd;
    }
}

/// What is charged for one invocation that is billed for so long: its time and the request.
pub fn billed(region: &str, architecture: Architecture, memory_mb: u32, billed: Duration) -> Usd {
    compute(region, architecture, memory_mb, billed) + REQUEST
}

/// Whether a region's prices are known. Those of other regions are taken to be us-east-1's.
pub fn is_known(region: &str) -> bool {
    USUAL.contains(&region) || OTHERS.iter().any(|(other, _)| *other == region)
}

fn compute(region: &str, architecture: Architecture, memory_mb: u32, billed: Duration) -> Usd {
    let other = OTHERS.iter().find(|(other, _)| *other == region).map(|(_, price)| *price);
    let price = match (other, architecture) {
        (None, Architecture::X86_64) => GB_SECOND,
        (None, Architecture::Arm64) => GB_SECOND_ARM,
        (Some(price), Architecture::X86_64) => price,
        (Some(price), Architecture::Arm64) => price * ARM,
    };
    Usd(gb_seconds(memory_mb, billed) * price)
}

/// Time counts in whole milliseconds.
fn gb_seconds(memory_mb: u32, time: Duration) -> f64 {
    let millis = u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    f64::from(memory_mb) / 1024.0 * Duration::from_millis(millis).as_secs_f64()
}

/// The price of something that is done every so often.
fn times(time: Duration, every: Duration, price: Usd) -> Usd {
    Usd((time.as_secs_f64() / every.as_secs_f64()).ceil() * price.0)
}

#[cfg(test)]
mod tests {
    use engine::{clients::Clients, hatch_rate::HatchRate};

    use super::*;
    use crate::{
        location::Location,
        plan::{Header, Plan, Ramp, Runner, Shape},
    };

    fn close(found: Usd, expected: f64) {
        assert!((found.0 - expected).abs() < 1e-12, "{found:?}, expected {expected}");
    }

    /// 100 users for a minute.
    fn cost(region: &str, functions: &Functions) -> Cost {
        let runner = Runner {
            shape: Shape::Ramp(Ramp {
                clients: Clients::try_new(100).unwrap(),
                hatch_rate: HatchRate::try_new(10.0).unwrap(),
                duration: Duration::from_mins(1),
                steps: None,
            }),
            interval: None,
            stop_timeout: Duration::from_secs(10),
            seed: 0,
        };
        let locations = [Location { region: region.into(), weight: 1 }];
        Plan::on_lambda(Header::default(), &runner, &locations, functions).cost.unwrap()
    }

    fn functions() -> Functions {
        let architecture = Architecture::X86_64;
        Functions { memory_mb: 1024, users_per_function: 50, architecture, ..Functions::default() }
    }

    #[test]
    fn a_cost_is_as_computed_by_hand() {
        let cost = cost("us-east-1", &functions());
        // Two functions of 1 GB: 5 s ahead, 60 s of load, 1 s to hand over.
        let Bill { gb_seconds, compute_usd, requests_usd, storage_usd, total_usd } = cost.expected;
        close(Usd(gb_seconds), 132.0);
        close(compute_usd, 0.002_200_004_4);
        close(requests_usd, 0.000_000_4);
        // 2 claims, 2 hand-ins and 14 renewals in 66 s for $0.000005 each, 132 looks for $0.0000004 each.
        close(storage_usd, 0.000_09 + 0.000_052_8);
        close(total_usd, 0.002_343_204_4);
        // 10 s for start-up and handing over, 60 s of load, 10 s for requests in flight.
        let Bill { gb_seconds, compute_usd, requests_usd, storage_usd, total_usd } = cost.at_most;
        close(Usd(gb_seconds), 160.0);
        close(compute_usd, 0.002_666_672);
        close(requests_usd, 0.000_000_4);
        // 2 claims, 2 hand-ins and 16 renewals in 80 s, 160 looks.
        close(storage_usd, 0.000_10 + 0.000_064);
        close(total_usd, 0.002_831_072);
        assert!(cost.estimated_regions.is_empty());
    }

    #[test]
    fn regions_and_architectures_have_their_prices() {
        let compute = |region, architecture| {
            cost(region, &Functions { architecture, ..functions() }).expected.compute_usd
        };
        close(compute("eu-west-1", Architecture::X86_64), 132.0 * 0.000_016_666_7);
        close(compute("eu-west-1", Architecture::Arm64), 132.0 * 0.000_013_333_4);
        close(compute("af-south-1", Architecture::X86_64), 132.0 * 0.000_022_1);
        close(compute("af-south-1", Architecture::Arm64), 132.0 * 0.000_017_68);
        close(compute("xx-north-9", Architecture::X86_64), 132.0 * 0.000_016_666_7);
        let estimated = cost("xx-north-9", &functions()).estimated_regions;
        assert_eq!(estimated, ["xx-north-9".to_owned()].into());
    }

    #[test]
    fn time_is_billed_in_milliseconds() {
        let billed = |time| billed("us-east-1", Architecture::X86_64, 512, time);
        close(billed(Duration::from_millis(3)), 0.0015 * 0.000_016_666_7 + 0.000_000_2);
        assert_eq!(billed(Duration::from_micros(2_001)), billed(Duration::from_millis(3)));
    }

    #[test]
    fn dollars_are_readable() {
        let shown = |dollars| Usd(dollars).to_string();
        assert_eq!(
            [shown(0.0), shown(0.000_02), shown(0.021_34)],
            ["$0.00", "<$0.0001", "$0.0213"]
        );
        assert_eq!(
            [shown(0.999_96), shown(12.4), shown(1_234.567)],
            ["$1.00", "$12.40", "$1,234.57"]
        );
        assert_eq!(format!("{:>8}", Usd(5.0)), "   $5.00");
    }
}
