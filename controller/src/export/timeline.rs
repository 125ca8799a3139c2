//! The seconds of one run, one after the other.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
    sync::Arc,
};

use engine::{
    frame::{Body, Frame, Second},
    job_id::JobId,
    stats::{Key, Transaction},
};
use serde::{Deserialize, de::IgnoredAny};

use super::{Moment, Row, gathered::Gathered};
use crate::{
    report::Distribution,
    run_folder::{FrameProblem, Lines, Run, RunFolder, RunFolderError},
    totals::{Sequences, even},
};

/// The seconds of a run in order, each once all that is known of it was read.
///
/// Frames are counted as in reports: those that came again are dropped, and of seconds that a
/// generator joined each takes an even part.
pub(super) struct Timeline {
    run: Arc<Run>,
    lines: Lines<Frame>,
    /// After which line nothing more is said of a second; those that have left are taken out.
    complete_after: BTreeMap<u32, u64>,
    /// The last line that was there at the first look.
    end: u64,
    read: u64,
    seen: HashMap<JobId, Sequences>,
    open: BTreeMap<u32, Cells>,
}

type Cells = BTreeMap<Place, Cell>;

/// In the order of an export: region, name, method.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Place {
    region: String,
    name: String,
    method: String,
}

#[derive(Clone, Debug, Default)]
struct Cell {
    requests: u64,
    failures: u64,
    bytes: u64,
    latency: Gathered,
}

impl Timeline {
    /// Looks which seconds there are, and begins to read them.
    pub(super) fn open(folder: &RunFolder) -> Result<Self, RunFolderError> {
        let (mut complete_after, mut end) = (BTreeMap::new(), 0);
        for line in folder.lines::<Outline>()? {
            let (line, outline) = line?;
            complete_after.extend(outline.span().map(|second| (second, line)));
            end = line;
        }
        Ok(Self {
            run: Arc::new(folder.run().clone()),
            lines: folder.lines()?,
            complete_after,
            end,
            read: 0,
            seen: HashMap::new(),
            open: BTreeMap::new(),
        })
    }

    /// Whose seconds they are.
    pub(super) fn run(&self) -> &Arc<Run> {
        &self.run
    }

    /// What was unreadable so far.
    pub(super) fn problems(&self) -> &[FrameProblem] {
        self.lines.problems()
    }

    /// The next second in which anything was measured.
    pub(super) fn next(&mut self) -> Result<Option<Moment>, RunFolderError> {
        while let Some(next) = self.complete_after.first_entry() {
            if *next.get() <= self.read {
                let (second, _) = next.remove_entry();
                if let Some(cells) = self.open.remove(&second) {
                    let rows = cells.into_iter().map(|(place, cell)| cell.row(place)).collect();
                    return Ok(Some(Moment { run: Arc::clone(&self.run), second, rows }));
                }
                continue;
            }
            self.read_on()?;
        }
        // No seconds are left, but there may be lines to tell of.
        while self.read < u64::MAX {
            self.read_on()?;
        }
        Ok(None)
    }

    /// Takes in a line. What came after the first look is not waited for, and left out.
    fn read_on(&mut self) -> Result<(), RunFolderError> {
        match self.lines.next().transpose()? {
            Some((line, frame)) if line <= self.end => {
                self.read = line;
                self.absorb(frame);
            }
            _ => self.read = u64::MAX,
        }
        Ok(())
    }

    fn absorb(&mut self, frame: Frame) {
        let Frame { job, sequence, body } = frame;
        let region = job.region.clone();
        if !self.seen.entry(job).or_default().insert(sequence) {
            return;
        }
        let Body::Second(second) = body else { return };
        for (key, transaction) in second.stats.transactions() {
            let place = Place::new(&region, key);
            for (second, part) in parts(&second, transaction) {
                let cells = self.open.entry(second).or_default();
                cells.entry(place.clone()).or_default().add(part);
            }
        }
    }
}

/// What of a transaction is counted in each second of a report.
fn parts(second: &Second, transaction: &Transaction) -> Vec<(u32, Part)> {
    let span = second.span();
    let Transaction { requests, failures, bytes, latency, .. } = transaction;
    if span.len() == 1 {
        let latency = latency.clone();
        return vec![(span.start, Part { counts: [*requests, *failures, *bytes], latency })];
    }
    let length = span.len();
    let times = latency.deal(length).into_iter();
    let dealt = span.zip(0..).zip(times).map(|((second, at), latency)| {
        let counts = [*requests, *failures, *bytes].map(|count| even(count, length, at));
        (second, Part { counts, latency: latency.pack().unpack() })
    });
    dealt.filter(|(_, part)| part.counts[0] > 0).collect()
}

/// Requests, failures and bytes, and the times of these requests.
struct Part {
    counts: [u64; 3],
    latency: engine::stats::Latency,
}

impl Place {
    fn new(region: &str, key: &Key) -> Self {
        Self { region: region.into(), name: key.name.clone(), method: key.method.clone() }
    }
}

impl Cell {
    fn add(&mut self, part: Part) {
        let [requests, failures, bytes] = part.counts;
        self.requests = self.requests.saturating_add(requests);
        self.failures = self.failures.saturating_add(failures);
        self.bytes = self.bytes.saturating_add(bytes);
        self.latency.add(part.latency);
    }

    fn row(self, place: Place) -> Row {
        let Self { requests, failures, bytes, latency } = self;
        let Place { region, name, method } = place;
        let latency = latency.merged();
        let times = Distribution::new(&latency);
        Row { region, method, name, requests, failures, bytes, latency, times }
    }
}

/// Of a frame, which seconds it speaks of: what is quickly read.
#[derive(Deserialize)]
struct Outline {
    body: OutlineBody,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum OutlineBody {
    Second(Span),
    Final(IgnoredAny),
}

#[derive(Deserialize)]
struct Span {
    second: u32,
    #[serde(default)]
    seconds: u32,
}

impl Outline {
    fn span(&self) -> Range<u32> {
        match &self.body {
            OutlineBody::Second(span) => Second::covered(span.second, span.seconds),
            OutlineBody::Final(_) => 0..0,
        }
    }
}
