//! What a plan says of functions.

use cloud::ask::Reply;

use super::{section, tenths};
use crate::{
    grouped::grouped,
    plan::{Backend, DEFAULT_QUOTA, FunctionPlan, Plan},
    price::Cost,
    style::Style,
    table::{Column, Table},
};

/// The lines of a plan's heading that are about functions.
pub(super) fn heading(plan: &Plan) -> Vec<(&'static str, String)> {
    let Some(functions) = &plan.functions else { return Vec::new() };
    let FunctionPlan { name, memory_mb, architecture, users_per_function, .. } = functions;
    let what = format!(
        "{name}, {} MB, {}, up to {} users each",
        grouped(*memory_mb),
        architecture.name(),
        grouped(*users_per_function),
    );
    let results = match functions.reply {
        Reply::Stream => "as they are measured",
        Reply::Whole => "at the end of each interval",
    };
    let mut lines = vec![
        ("backend", Backend::Lambda.name().to_owned()),
        ("function", what),
        ("results", results.to_owned()),
    ];
    lines.extend(functions.min_coverage.map(|part| {
        ("coverage", format!("ends the run if less than {}% arrives", tenths(part * 100.0)))
    }));
    lines
}

/// The sections of a plan that are about functions.
pub(super) fn sections(plan: &Plan, style: Style) -> String {
    let (Some(functions), Some(cost)) = (&plan.functions, &plan.cost) else { return String::new() };
    [
        section("Functions at once", &concurrency(plan, functions).listed(style), style),
        section("Cost", &amounts(cost).listed(style), style),
        format!("  {}\n", style.dim(&basis(cost))),
    ]
    .concat()
}

fn concurrency(plan: &Plan, functions: &FunctionPlan) -> Table {
    let (heading, limit) = match functions.reserved_concurrency {
        Some(reserved) => ("reserved", reserved),
        None => ("AWS's default quota", DEFAULT_QUOTA),
    };
    let columns = [Column::text("region"), Column::number("at most"), Column::number(heading)];
    let mut table = Table::new(columns.into());
    for (region, functions) in &plan.concurrency {
        table.push(vec![region.clone(), grouped(*functions), grouped(limit)]);
    }
    table
}

fn amounts(cost: &Cost) -> Table {
    let columns = [Column::text(""), Column::number("expected"), Column::number("at most")];
    let mut table = Table::new(columns.into());
    let Cost { expected, at_most, .. } = cost;
    let bills = [expected, at_most];
    let mut push = |name: &str, [expected, at_most]: [String; 2]| {
        table.push(vec![name.into(), expected, at_most]);
    };
    push("GB-seconds", bills.map(|bill| tenths(bill.gb_seconds)));
    push("compute", bills.map(|bill| bill.compute_usd.to_string()));
    push("requests", bills.map(|bill| bill.requests_usd.to_string()));
    push("S3", bills.map(|bill| bill.storage_usd.to_string()));
    push("total", bills.map(|bill| bill.total_usd.to_string()));
    table
}

fn basis(cost: &Cost) -> String {
    let missing = "without the free tier, data transfer and logs";
    let regions: Vec<_> = cost.estimated_regions.iter().map(String::as_str).collect();
    match &regions[..] {
        [] => missing.into(),
        regions => {
            let regions = regions.join(", ");
            format!("{missing}; an estimate for {regions}, at us-east-1's prices")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use engine::{clients::Clients, hatch_rate::HatchRate};

    use super::{super::render, *};
    use crate::{
        functions::{Architecture, Functions},
        location::Location,
        plan::{Header, Ramp, Runner, Shape},
        price::Usd,
    };

    fn plan(second_region: &str, functions: &Functions) -> Plan {
        let header = Header { test: "shop".into(), environment: "cs1".into(), ..Header::default() };
        let runner = Runner {
            shape: Shape::Ramp(Ramp {
                clients: Clients::try_new(3_000).unwrap(),
                hatch_rate: HatchRate::try_new(20.0).unwrap(),
                duration: Duration::from_mins(20),
                steps: None,
            }),
            interval: Some(Duration::from_mins(10)),
            stop_timeout: Duration::from_secs(10),
            seed: 0,
        };
        let location = |region: &str, weight| Location { region: region.into(), weight };
        let locations = [location("us-west-2", 3), location(second_region, 1)];
        Plan::on_lambda(header, &runner, &locations, functions)
    }

    fn functions() -> Functions {
        let architecture = Architecture::Arm64;
        Functions { architecture, min_coverage: Some(0.95), ..Functions::default() }
    }

    #[test]
    fn a_plan_of_functions_is_readable() {
        assert_eq!(render(&plan("eu-west-1", &functions()), Style::Plain), PLAN);
    }

    #[test]
    fn what_is_special_is_told() {
        let functions =
            Functions { reserved_concurrency: Some(20), max_cost: Some(Usd(0.2)), ..functions() };
        let text = render(&plan("xx-north-9", &functions), Style::Plain);
        for expected in [
            "  region      at most  reserved\n  us-west-2        10        20\n",
            "logs; an estimate for xx-north-9, at us-east-1's prices\n",
            "\nwarning: `run` refuses: the run may cost up to $0.2",
        ] {
            assert!(text.contains(expected), "{text}");
        }
    }

    const PLAN: &str = "\
shop

  environment  cs1
  host         none, so scenarios must name whole addresses
  load         3,000 users at most, for 20m
  at the end   up to 10s for requests in flight
  seed         0
  backend      lambda
  function     shop, 1,769 MB, arm64, up to 500 users each
  results      as they are measured
  coverage     ends the run if less than 95% arrives

Load level points
     at  users
     0s      0
  2m30s  3,000  ########################################
    20m  3,000  ########################################

Intervals
  #  from   to  warm-up  longest life  users            generators
  1    0s  10m       0s        10m20s      1  .. 3,000  5 in us-west-2 (2,143 users), 2 in eu-west-1 (857 users)
  2   10m  20m      30s        10m50s  3,000  .. 3,000  5 in us-west-2 (2,143 users), 2 in eu-west-1 (857 users)

Functions at once
  region     at most  AWS's default quota
  eu-west-1        4                1,000
  us-west-2       10                1,000

Cost
              expected   at most
  GB-seconds  15,019.2  15,357.8
  compute      $0.2003   $0.2048
  requests    <$0.0001  <$0.0001
  S3           $0.0060   $0.0061
  total        $0.2063   $0.2109
  without the free tier, data transfer and logs

2 intervals, 14 generators, at most 2h28m10s of generator time
";
}
