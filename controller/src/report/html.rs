//! `report.html`: one file to send, which needs nothing else.

mod curve;

use serde::Serialize;

use self::curve::DistributionCurve;
use super::{GeneratorReport, Report};
use crate::{
    plan::Plan,
    totals::Totals,
    view::{Chart, Charts, Heat, ThresholdView},
};

/// The file's name.
pub const FILE: &str = "report.html";

/// The page, with a mark where its data go.
const PAGE: &str = include_str!("../../../page/dist/report.html");
const MARK: &str = "<!--DATA-->";

/// How many points its charts have at most: enough to look at a part of them.
const POINTS: usize = 1500;

/// How many generators are listed, and of how many transactions the whole distribution is drawn: a
/// long run in many functions has very many.
const MOST_GENERATORS: usize = 500;
const MOST_CURVES: usize = 100;

/// What the page shows.
#[derive(Serialize)]
struct Data {
    report: Report,
    more_generators: usize,
    chart: Chart,
    heat: Heat,
    distributions: Vec<DistributionCurve>,
    curve: Vec<(f64, f64)>,
    thresholds: Vec<ThresholdView>,
}

/// The report as a page.
///
/// # Errors
///
/// The serializer's own; none is known.
pub fn text(report: &Report, plan: &Plan, totals: &Totals) -> Result<String, serde_json::Error> {
    let load = plan.load_changed(&report.changes);
    let points = load.points().iter();
    let data = Data {
        more_generators: report.generators.len().saturating_sub(MOST_GENERATORS),
        report: light(report),
        chart: Charts::whole(plan, &load, totals, POINTS),
        heat: Heat::of(totals),
        distributions: curve::of(totals, MOST_CURVES),
        curve: points.map(|point| (point.at.as_secs_f64(), point.level)).collect(),
        thresholds: report.thresholds.iter().map(ThresholdView::from).collect(),
    };
    let script = format!(
        "<script id=\"data\" type=\"application/json\">{}</script>",
        harmless(&serde_json::to_string(&data)?)
    );
    Ok(PAGE.replacen(MARK, &script, 1))
}

/// The report without what is in the charts, and without what nobody reads: its size does not
/// depend on how long the run was.
fn light(report: &Report) -> Report {
    let mut light = Report {
        schema: report.schema,
        tool: report.tool.clone(),
        run: report.run.clone(),
        runs: report.runs.clone(),
        plan: report.plan.clone(),
        changes: report.changes.clone(),
        end: report.end.clone(),
        summary: report.summary.clone(),
        transactions: report.transactions.clone(),
        failures: report.failures.clone(),
        exceptions: report.exceptions.clone(),
        thresholds: Vec::new(),
        series: Vec::new(),
        regions: report.regions.clone(),
        cuts: report.cuts.clone(),
        coverage: report.coverage.clone(),
        generators: worst(&report.generators),
        functions: report.functions.clone(),
        listeners: report.listeners.clone(),
        verdict: report.verdict.clone(),
    };
    light.summary.latency.hdr.clear();
    light.regions.iter_mut().for_each(|region| region.latency.hdr.clear());
    for transaction in &mut light.transactions {
        let distributions = [Some(&mut transaction.latency), transaction.from_intended.as_mut()];
        distributions.into_iter().flatten().for_each(|distribution| distribution.hdr.clear());
    }
    light
}

/// Those that need looking at first, in their order.
fn worst(generators: &[GeneratorReport]) -> Vec<GeneratorReport> {
    let mut places: Vec<usize> = (0..generators.len()).collect();
    let trouble = |place: &usize| {
        let generator = &generators[*place];
        let busiest = generator.cpu.busiest_max;
        (generator.complete && generator.totals_equal == Some(true), busiest)
    };
    places.sort_by(|a, b| {
        let (a, b) = (trouble(a), trouble(b));
        a.0.cmp(&b.0).then(b.1.total_cmp(&a.1))
    });
    places.truncate(MOST_GENERATORS);
    places.sort_unstable();
    places.into_iter().map(|place| generators[place].clone()).collect()
}

/// JSON that ends no script, begins no comment and breaks no line, whatever is in it.
fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' => text.push_str("\\u003c"),
            '>' => text.push_str("\\u003e"),
            '&' => text.push_str("\\u0026"),
            '\u{2028}' => text.push_str("\\u2028"),
            '\u{2029}' => text.push_str("\\u2029"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn harmless_json_is_the_same_json(text in any::<String>()) {
            let text = format!("{text}</script><!--\u{2028}");
            let json = harmless(&serde_json::to_string(&text).unwrap());
            let harmful = json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
            prop_assert!(!harmful);
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
