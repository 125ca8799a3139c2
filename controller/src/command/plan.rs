//! `load-test plan`: what a run would do.

mod functions;

use std::{io, time::Duration};

use engine::{duration, load::Load, scenario::Linked};

use super::{Error, configuration, payload, print, scenario};
use crate::{
    cli,
    config::{Project, ScenarioRef},
    exit_code::ExitCode,
    grouped::{counted, grouped},
    plan::{Interval, Plan},
    shown::shown,
    style::Style,
    table::{Column, Table},
    threshold::{Grace, Threshold},
};

pub(super) fn run(
    project: &Project,
    arguments: &cli::Plan,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let configuration = configuration(project, &arguments.select)?;
    let mut plan = configuration.plan();
    if let ScenarioRef::Locustfile { path, .. } = &configuration.profile.scenario {
        let path = path.display();
        plan.warnings.push(format!("{path} is Python and cannot run here; `run` says what can"));
    } else {
        let made = scenario(project, &arguments.select, &configuration, linked)?;
        made.suit(&mut plan)?;
        payload::check(&plan, &made.source, &configuration)?;
    }
    if arguments.json {
        let json = serde_json::to_string_pretty(&plan)
            .map_err(|error| Error::new(ExitCode::GENERATOR, format!("no JSON: {error}")))?;
        print(&(json + "\n"))?;
    } else {
        print(&render(&plan, Style::of(&io::stdout())))?;
    }
    Ok(ExitCode::PASSED)
}

/// A plan for a person to read.
pub fn render(plan: &Plan, style: Style) -> String {
    let warnings =
        plan.warnings.iter().map(|text| format!("\n{} {text}\n", style.warning("warning:")));
    [
        heading(plan, style),
        section("Load level points", &points(plan).listed(style), style),
        section("Intervals", &intervals(plan).listed(style), style),
        functions::sections(plan, style),
        thresholds(plan, style),
        format!("\n{}\n", totals(plan)),
        warnings.collect::<Vec<_>>().concat(),
    ]
    .concat()
}

fn heading(plan: &Plan, style: Style) -> String {
    let colon = if plan.description.is_empty() { "" } else { ": " };
    let title = format!("{}{colon}{}\n\n", style.bold(&plan.test), plan.description);
    let host = plan.host.as_deref().unwrap_or("none, so scenarios must name whole addresses");
    let mut lines = vec![("environment", plan.environment.clone()), ("host", host.to_owned())];
    lines.extend(load(plan));
    lines.extend([
        ("at the end", format!("up to {} for requests in flight", time(plan.stop_timeout))),
        ("seed", plan.seed.to_string()),
    ]);
    if !plan.listeners.is_empty() {
        lines.push(("listeners", plan.listeners.join(", ")));
    }
    if let Some(traces) = plan.traces {
        lines.push(("traces", format!("{} % of the requests are sampled", traces.part() * 100.0)));
    }
    if !plan.only.is_all() {
        lines.push(("only", plan.only.to_string()));
    }
    lines.extend(functions::heading(plan));
    let line = |(name, value)| format!("  {}  {value}\n", style.dim(&format!("{name:<11}")));
    title + &lines.into_iter().map(line).collect::<String>()
}

fn load(plan: &Plan) -> Vec<(&'static str, String)> {
    let length = time(plan.duration);
    match &plan.load {
        Load::Users(_) => {
            vec![("load", format!("{} users at most, for {length}", grouped(plan.peak)))]
        }
        Load::Arrivals(arrivals) => {
            let rate = tenths(arrivals.rate.fastest());
            let all = counted(arrivals.rate.total().into(), "arrival");
            let pool = counted(arrivals.pool.get().into(), "user");
            let longest = time(arrivals.longest_task());
            vec![
                ("load", format!("{rate} arrivals per second at most, {all} in {length}")),
                ("pool", format!("{pool}, enough if a task takes no longer than {longest}")),
            ]
        }
    }
}

fn section(name: &str, body: &str, style: Style) -> String {
    format!("\n{}\n{body}", style.bold(name))
}

fn points(plan: &Plan) -> Table {
    let (what, points) = match &plan.load {
        Load::Users(curve) => ("users", curve.points()),
        Load::Arrivals(arrivals) => ("arrivals/s", arrivals.rate.points()),
    };
    let mut table = Table::new(vec![Column::number("at"), Column::number(what), Column::text("")]);
    let highest = points.iter().map(|point| point.level).fold(0.0, f64::max);
    for point in points {
        let bar = bar(point.level / highest);
        table.push(vec![time(point.at), tenths(point.level), bar]);
    }
    table
}

/// At most 40 marks.
fn bar(part: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 40")]
    let marks = (part.clamp(0.0, 1.0) * 40.0).round() as usize;
    "#".repeat(marks)
}

fn intervals(plan: &Plan) -> Table {
    let numbers = ["#", "from", "to", "warm-up", "longest life", "users"].map(Column::number);
    let texts = ["", "generators"].map(Column::text);
    let mut table = Table::new(numbers.into_iter().chain(texts).collect());
    for interval in &plan.intervals {
        table.push(vec![
            (interval.index + 1).to_string(),
            time(interval.window.from()),
            time(interval.window.to()),
            time(interval.warm_up),
            time(interval.life),
            grouped(interval.users_from),
            users_after(interval),
            generators(interval),
        ]);
    }
    table
}

/// What follows the users at an interval's beginning: those at its end, and before them the most,
/// if those are neither.
fn users_after(interval: &Interval) -> String {
    let Interval { users_from, users_most, users_to, .. } = *interval;
    let to = grouped(users_to);
    if users_most > users_from.max(users_to) {
        format!(".. {} .. {to}", grouped(users_most))
    } else {
        format!(".. {to}")
    }
}

/// Such as `2 in us-west-2 (500 users), 1 in local (40 users)`.
fn generators(interval: &Interval) -> String {
    let mut regions: Vec<(&str, u32, u32)> = Vec::new();
    for share in &interval.shares {
        match regions.iter_mut().find(|(region, ..)| *region == share.region) {
            Some((_, count, users)) => {
                *count += 1;
                *users += share.users;
            }
            None => regions.push((&share.region, 1, share.users)),
        }
    }
    let texts = regions.iter().map(|(region, count, users)| {
        format!("{count} in {region} ({})", counted(u64::from(*users), "user"))
    });
    texts.collect::<Vec<_>>().join(", ")
}

fn totals(plan: &Plan) -> String {
    let generators: usize = plan.intervals.iter().map(|interval| interval.shares.len()).sum();
    let lives = plan.intervals.iter().map(|interval| {
        interval.life.saturating_mul(u32::try_from(interval.shares.len()).unwrap_or(u32::MAX))
    });
    let life = lives.fold(Duration::ZERO, Duration::saturating_add);
    format!(
        "{}, {}, at most {} of generator time",
        counted(plan.intervals.len() as u64, "interval"),
        counted(generators as u64, "generator"),
        time(life),
    )
}

/// What lets a release out, if anything is said about that.
fn thresholds(plan: &Plan, style: Style) -> String {
    let columns =
        [Column::text("of"), Column::text("figure"), Column::text("limit"), Column::text("")];
    let mut table = Table::new(columns.into());
    for threshold in &plan.thresholds {
        let Threshold { metric, limit, abort, .. } = threshold;
        let abort = abort.map(|Grace(grace)| format!("ends the run, after {}", time(grace)));
        let limit = format!("{} {limit}", metric.bound());
        let subject = shown(threshold.subject());
        table.push(vec![subject, metric.to_string(), limit, abort.unwrap_or_default()]);
    }
    if plan.thresholds.is_empty() {
        return String::new();
    }
    section("Thresholds", &table.listed(style), style)
}

/// A time to the millisecond; ramps may end between two.
fn time(duration: Duration) -> String {
    duration::format(duration + Duration::from_micros(500))
}

/// A whole number, or tenths where it is none, as where a ramp is cut off.
fn tenths(number: f64) -> String {
    let (whole, tenths) = (number.floor(), ((number - number.floor()) * 10.0).round());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 10^7")]
    let whole = if tenths >= 10.0 { whole + 1.0 } else { whole } as u64;
    if (1.0..10.0).contains(&tenths) {
        format!("{}.{tenths}", grouped(whole))
    } else {
        grouped(whole)
    }
}

#[cfg(test)]
mod tests {
    use engine::{
        arrival_rate::ArrivalRate,
        clients::Clients,
        curve::{RateCurve, RateStage, Stage, Stages, Steps},
        hatch_rate::HatchRate,
        load::Arrivals,
    };

    use super::*;
    use crate::plan::{Header, Ramp, Runner, Shape};

    fn plan() -> Plan {
        let header = Header {
            test: "shop".into(),
            description: "Browse".into(),
            environment: "cs1".into(),
            host: Some("https://cs1.example.org".into()),
        };
        let clients = |number| Clients::try_new(number).unwrap();
        let runner = Runner {
            shape: Shape::Ramp(Ramp {
                clients: clients(1500),
                hatch_rate: HatchRate::try_new(6.0).unwrap(),
                duration: Duration::from_mins(10),
                steps: Some(Steps { duration: Duration::from_secs(200), clients: clients(1000) }),
            }),
            interval: Some(Duration::from_secs(400)),
            stop_timeout: Duration::from_secs(10),
            seed: 7,
        };
        let mut plan = Plan::new(header, &runner);
        plan.warnings.push("mind the gap".into());
        plan
    }

    #[test]
    fn levels_and_times_are_readable() {
        assert_eq!([tenths(0.96), tenths(12.34), tenths(1e6)], ["1", "12.3", "1,000,000"]);
        assert_eq!(time(Duration::from_micros(1_234_600)), "1s235ms");
    }

    #[test]
    fn the_height_of_an_interval_is_shown() {
        let stage = |seconds, clients| Stage { duration: Duration::from_secs(seconds), clients };
        let stages = Stages::try_new(vec![stage(10, 100), stage(10, 0)]).unwrap();
        let runner = Runner {
            shape: Shape::Stages(stages),
            interval: None,
            stop_timeout: Duration::ZERO,
            seed: 0,
        };
        let text = render(&Plan::new(Header::default(), &runner), Style::Plain);
        let row =
            "  1    0s  20s       0s           30s      1  .. 100 .. 1  1 in local (100 users)";
        assert!(text.contains(row), "{text}");
    }

    #[test]
    fn a_plan_of_arrivals_is_readable() {
        let rate = |per_second| ArrivalRate::try_new(per_second).unwrap();
        let stage = RateStage { duration: Duration::from_mins(2), rate: rate(100.0) };
        let rate = RateCurve::staged(rate(50.5), &[stage]).unwrap();
        let arrivals = Arrivals { rate, pool: Clients::try_new(400).unwrap() };
        let runner = Runner {
            shape: Shape::Arrivals(arrivals, None),
            interval: Some(Duration::from_mins(1)),
            stop_timeout: Duration::from_secs(10),
            seed: 7,
        };
        let header = Header { test: "shop".into(), environment: "cs1".into(), ..Header::default() };
        assert_eq!(render(&Plan::new(header, &runner), Style::Plain), ARRIVALS);
    }

    const ARRIVALS: &str = "\
shop

  environment  cs1
  host         none, so scenarios must name whole addresses
  load         100 arrivals per second at most, 9,030 arrivals in 2m
  pool         400 users, enough if a task takes no longer than 4s
  at the end   up to 10s for requests in flight
  seed         7

Load level points
  at  arrivals/s
  0s        50.5  ####################
  2m         100  ########################################

Intervals
  #  from  to  warm-up  longest life  users          generators
  1    0s  1m       8s         1m28s    400  .. 400  1 in local (400 users)
  2    1m  2m       8s         1m28s    400  .. 400  1 in local (400 users)

2 intervals, 2 generators, at most 2m56s of generator time
";

    #[test]
    fn a_plan_is_readable() {
        assert_eq!(render(&plan(), Style::Plain), PLAN);
    }

    const PLAN: &str = "\
shop: Browse

  environment  cs1
  host         https://cs1.example.org
  load         1,500 users at most, for 10m
  at the end   up to 10s for requests in flight
  seed         7

Load level points
          at  users
          0s      0
  2m46s667ms  1,000  ###########################
       3m20s  1,000  ###########################
  4m43s333ms  1,500  ########################################
         10m  1,500  ########################################

Intervals
  #   from     to  warm-up  longest life  users            generators
  1     0s  6m40s       0s            7m      1  .. 1,500  1 in local (1,500 users)
  2  6m40s    10m      30s         4m10s  1,500  .. 1,500  1 in local (1,500 users)

2 intervals, 2 generators, at most 11m10s of generator time

warning: mind the gap
";
}
