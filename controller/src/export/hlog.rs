//! `HdrHistogram`'s interval log, as `HistogramLogReader` and its ports read it.

use std::{collections::BTreeMap, fmt::Write as _, io::Write, sync::Arc, time::Duration};

use engine::stats::{Latency, SEVERAL};

use super::{ExportError, Exporter, Moment};
use crate::{
    millis::millis,
    report::Distribution,
    run_folder::{Run, rfc3339},
};

/// Writes an interval for each second and transaction, and before them one without a tag for all.
pub(super) struct Hlog<W> {
    sink: W,
    /// What timestamps count from, milliseconds since the Unix epoch.
    base_ms: u64,
}

/// What readers skip, and people read.
const NOTES: &str = "\
#[Histogram log format version 1.3]
#[Values are microseconds: HistogramLogProcessor prints milliseconds with -outputValueUnitRatio 1000]
#[Interval_Max is in milliseconds]
#[A line without a tag is the sum of all transactions but those of type TRANSACTION]
#[Tags are METHOD:NAME, percent-encoded]
";

const LEGEND: &str =
    "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n";

impl<W: Write> Hlog<W> {
    pub(super) fn begin(runs: &[Arc<Run>], mut sink: W) -> Result<Self, ExportError> {
        let base_ms = runs.iter().map(|run| run.started_epoch_ms).min().unwrap_or(0);
        let (seconds, ms) = (base_ms / 1000, base_ms % 1000);
        let started = rfc3339(Duration::from_millis(base_ms));
        sink.write_all(NOTES.as_bytes())?;
        writeln!(sink, "#[BaseTime: {seconds}.{ms:03} (seconds since epoch)]")?;
        writeln!(sink, "#[StartTime: {seconds}.{ms:03} (seconds since epoch), {started}]")?;
        sink.write_all(LEGEND.as_bytes())?;
        Ok(Self { sink, base_ms })
    }

    fn interval(&mut self, moment: &Moment, tag: &str, times: &Latency) -> Result<(), ExportError> {
        let Some(max) = times.max() else { return Ok(()) };
        let begun = moment.started_epoch_ms() - self.base_ms;
        let (seconds, ms) = (begun / 1000, begun % 1000);
        let hdr = Distribution::new(times).hdr;
        writeln!(self.sink, "{tag}{seconds}.{ms:03},1.000,{:.3},{hdr}", millis(max))?;
        Ok(())
    }
}

impl<W: Write> Exporter for Hlog<W> {
    fn moment(&mut self, moment: &Moment) -> Result<(), ExportError> {
        let mut all = Latency::default();
        let mut tagged: BTreeMap<String, Latency> = BTreeMap::new();
        for row in &moment.rows {
            if row.method != SEVERAL {
                all.merge(&row.latency);
            }
            // A transaction is one, wherever it was measured from.
            tagged.entry(tag(&row.method, &row.name)).or_default().merge(&row.latency);
        }
        self.interval(moment, "", &all)?;
        tagged.iter().try_for_each(|(tag, times)| self.interval(moment, tag, times))
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        Ok(self.sink.flush()?)
    }
}

/// `Tag=METHOD:NAME,`. Readers end a tag at a comma or white space, and know more ends of a line
/// than one, so all that is not plain is percent-encoded, as in URLs; so is a colon of the method.
fn tag(method: &str, name: &str) -> String {
    let mut tag = String::from("Tag=");
    encode(method, ":", &mut tag);
    tag.push(':');
    encode(name, "", &mut tag);
    tag.push(',');
    tag
}

fn encode(text: &str, besides: &str, to: &mut String) {
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_graphic() && !"%,\"'`<>\\".contains(c) && !besides.contains(c) {
            to.push(c);
        } else {
            // Nothing can go wrong with a text in memory.
            let _ = write!(to, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_one_word() {
        assert_eq!(tag("GET", "/cart?a=1&b={id}"), "Tag=GET:/cart?a=1&b={id},");
        assert_eq!(tag("a:b", "100 %, <ü>\u{85}"), "Tag=a%3Ab:100%20%25%2C%20%3C%C3%BC%3E%C2%85,");
    }
}
