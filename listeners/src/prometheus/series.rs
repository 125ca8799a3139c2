//! How Prometheus calls the metrics, and what it knows them by.

use crate::{
    Origin,
    metric::{Metric, Point, Value},
};

/// A label's name and value.
pub(super) type Label = (String, String);

/// What all series of an origin have, in no order.
pub(super) fn identity(origin: &Origin) -> Vec<Label> {
    let generator = origin.generator.map(|generator| generator.to_string());
    let labels = [
        ("job", "loadtest"),
        ("instance", &origin.instance),
        ("test", &origin.header.test),
        ("env", &origin.header.env),
        ("region", origin.region.as_deref().unwrap_or_default()),
        ("generator", generator.as_deref().unwrap_or_default()),
    ];
    owned(&labels)
}

/// What the series of a point has beside its origin's labels.
pub(super) fn of_point(point: &Point<'_>) -> Vec<Label> {
    let labels = [
        ("error_type", point.error_kind.unwrap_or_default()),
        ("method", point.method.unwrap_or_default()),
        ("transaction", point.transaction.unwrap_or_default()),
    ];
    owned(&labels)
}

/// What a run is, as the labels of `target_info`: so OpenTelemetry tells it, too.
pub(super) fn of_run(origin: &Origin) -> Vec<Label> {
    let mut labels = owned(&[("loadtest_run", &*origin.run)]);
    for api in &origin.header.apis {
        let name: String =
            api.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let version = api.version.as_deref().unwrap_or("unknown");
        labels.push((format!("loadtest_api_{name}_version"), version.to_owned()));
    }
    // Names that differ in other characters only.
    labels.sort_unstable();
    labels.dedup_by(|a, b| a.0 == b.0);
    labels
}

/// A label without a value is none.
fn owned(labels: &[(&str, &str)]) -> Vec<Label> {
    let labels = labels.iter().filter(|(_, value)| !value.is_empty());
    labels.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A metric's name, as OpenTelemetry's is put into Prometheus's words: with its unit, and `total`
/// if it only rises.
pub(super) fn name(metric: &Metric<'_>) -> String {
    let unit = match metric.unit {
        "s" => "_seconds",
        "By" => "_bytes",
        _ => "",
    };
    let rises = metric.points.iter().any(|point| matches!(point.value, Value::Sum(_)));
    let total = if rises { "_total" } else { "" };
    format!("{}{unit}{total}", metric.name.replace('.', "_"))
}
