//! `junit.xml`: thresholds as tests, for what shows tests.
//!
//! It is what the schemas of Ant and of Jenkins both take: a suite for each subject, a case for each
//! threshold, and a suite that fails if the numbers cannot be trusted.

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};

use super::{How, Report};
use crate::{shown::shown, threshold::Judged, verdict::Status};

/// The file's name.
pub const FILE: &str = "junit.xml";

/// The suite about the run itself.
const RUN: &str = "run";

/// The XML of a run with thresholds; none without.
///
/// # Errors
///
/// The XML writer's own; none is known.
pub fn text(report: &Report) -> io::Result<Option<Vec<u8>>> {
    if report.thresholds.is_empty() {
        return Ok(None);
    }
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer.create_element("testsuites").write_inner_content(|writer| {
        for (id, suite) in suites(report).iter().enumerate() {
            write_suite(writer, report, id, suite)?;
        }
        Ok(())
    })?;
    let mut text = writer.into_inner();
    text.push(b'\n');
    Ok(Some(text))
}

/// Tests with the same subject.
struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    problem: Option<Problem>,
}

/// Why a test did not pass.
struct Problem {
    /// `failure`: a limit was crossed; `error`: nothing can be said.
    element: &'static str,
    /// A word for it.
    kind: &'static str,
    message: String,
}

/// The suites, in the order in which their subjects first come.
fn suites(report: &Report) -> Vec<Suite> {
    let mut suites = vec![Suite { name: RUN.into(), cases: vec![verdict(report)] }];
    for judged in &report.thresholds {
        let name = judged.subject();
        let case = Case { name: judged.threshold.rule(), problem: problem(judged) };
        match suites.iter_mut().skip(1).find(|suite| suite.name == name) {
            Some(suite) => suite.add(case),
            None => suites.push(Suite { name, cases: vec![case] }),
        }
    }
    suites
}

impl Suite {
    /// Adds a case under a name of its own: of two with the same, readers keep one. Patterns may
    /// overlap, and of several runs each has its own.
    fn add(&mut self, case: Case) {
        let again = |case: &Case, number: usize| match number {
            1 => case.name.clone(),
            _ => format!("{} ({number})", case.name),
        };
        let is_free = |name: &String| self.cases.iter().all(|other| other.name != *name);
        let mut names = (1..=self.cases.len() + 1).map(|number| again(&case, number));
        let name = names.find(is_free);
        self.cases.push(Case { name: name.unwrap_or_default(), ..case });
    }
}

fn problem(judged: &Judged) -> Option<Problem> {
    let hint = judged.hint.as_ref().map_or(String::new(), |hint| format!("; {hint}"));
    let rule = judged.threshold.rule();
    let message = match judged.measured {
        Some(_) => format!("{rule}, but it was {}{hint}", judged.value()),
        None => format!("{rule}, but nothing was measured{hint}"),
    };
    (!judged.is_passed()).then(|| Problem {
        element: "failure",
        kind: judged.status.name(),
        message,
    })
}

/// Whether the run came to its end, and its numbers can be trusted.
fn verdict(report: &Report) -> Case {
    let invalid = report.verdict.status == Status::Invalid;
    let broken = [How::Interrupted, How::Failed, How::Killed].contains(&report.end.how);
    let problem = (invalid || broken).then(|| {
        let how = report.end.how.name();
        let sentences: Vec<_> = report.verdict.reasons.iter().map(String::as_str).collect();
        let kind = if broken { how } else { "invalid" };
        Problem { element: "error", kind, message: sentences.join("; ") }
    });
    Case { name: "the numbers can be trusted".into(), problem }
}

fn write_suite(
    writer: &mut Writer<Vec<u8>>,
    report: &Report,
    id: usize,
    suite: &Suite,
) -> io::Result<()> {
    let count = |element: &str| {
        let problems = suite.cases.iter().filter_map(|case| case.problem.as_ref());
        problems.filter(|problem| problem.element == element).count().to_string()
    };
    let attributes = [
        ("id", id.to_string()),
        ("package", named(&report.run.test)),
        ("name", named(&suite.name)),
        ("timestamp", report.run.started.chars().take("2026-11-21T07:53:00".len()).collect()),
        ("hostname", named(&report.run.machine)),
        ("tests", suite.cases.len().to_string()),
        ("failures", count("failure")),
        ("errors", count("error")),
        ("time", seconds(report)),
    ];
    let attributes = attributes.each_ref().map(|(name, value)| (*name, value.as_str()));
    let element = writer.create_element("testsuite").with_attributes(attributes);
    element.write_inner_content(|writer| {
        writer.create_element("properties").write_empty()?;
        for case in &suite.cases {
            write_case(writer, report, suite, case)?;
        }
        writer.create_element("system-out").write_empty()?;
        writer.create_element("system-err").write_empty()?;
        Ok(())
    })?;
    Ok(())
}

fn write_case(
    writer: &mut Writer<Vec<u8>>,
    report: &Report,
    suite: &Suite,
    case: &Case,
) -> io::Result<()> {
    let class = named(&format!("{}.{}", report.run.test, suite.name));
    let (name, time) = (named(&case.name), seconds(report));
    let attributes =
        [("name", name.as_str()), ("classname", class.as_str()), ("time", time.as_str())];
    let element = writer.create_element("testcase").with_attributes(attributes);
    let Some(Problem { element: problem, kind, message }) = &case.problem else {
        element.write_empty()?;
        return Ok(());
    };
    let message = plain(message);
    element.write_inner_content(|writer| {
        let problem = writer.create_element(*problem);
        let problem = problem.with_attributes([("type", *kind), ("message", &*message)]);
        problem.write_text_content(BytesText::new(&message))?;
        Ok(())
    })?;
    Ok(())
}

/// How long there was load: a threshold takes as long as its run.
fn seconds(report: &Report) -> String {
    format!("{:.3}", report.summary.duration_s)
}

/// A text that is not empty.
fn named(text: &str) -> String {
    let text = plain(text);
    if text.trim().is_empty() { "(empty)".into() } else { text }
}

/// Without what XML 1.0 cannot hold, and what controls a terminal.
fn plain(text: &str) -> String {
    let allowed = |c| matches!(c, ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    shown(text).chars().map(|c| if allowed(c) { c } else { '\u{fffd}' }).collect()
}
