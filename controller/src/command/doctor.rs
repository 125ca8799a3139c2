//! `load-test doctor`: whether a run in functions could start.

use std::{collections::BTreeSet, fmt::Write, io};

use tokio::runtime::Builder;

use super::{Error, configuration, print};
use crate::{
    aws::Account,
    cli,
    config::Project,
    doctor::{self, Finding, Health},
    exit_code::ExitCode,
    plan::Backend,
    shown::shown,
    style::Style,
};

pub(super) fn run(project: &Project, arguments: &cli::Doctor) -> Result<ExitCode, Error> {
    let mut select = arguments.select.clone();
    select.overrides.push("backend", Backend::Lambda.name());
    let plan = configuration(project, &select)?.plan();
    let Some(functions) = plan.functions.clone() else { return Ok(ExitCode::PASSED) };
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::failed)?;
    let findings = runtime.block_on(async {
        let account = Account::load().await;
        doctor::examine(&account, &plan, &functions, scenarios::BUILD).await
    });
    print(&render(&findings, Style::of(&io::stdout())))?;
    let worst = findings.iter().map(|finding| finding.health).max();
    Ok(if worst == Some(Health::Bad) { ExitCode::DEBUG } else { ExitCode::PASSED })
}

/// A line for each finding, what to do below it, and what it all comes to.
fn render(findings: &[Finding], style: Style) -> String {
    let place = |finding: &Finding| finding.region.clone().unwrap_or_else(|| "account".into());
    let widest = findings.iter().map(|finding| place(finding).len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut hints = BTreeSet::new();
    for finding in findings {
        let word = coloured(finding.health, &format!("{:<4}", finding.health), style);
        let (place, subject) = (place(finding), finding.subject);
        let _ =
            writeln!(text, "{word}  {place:<widest$}  {subject:<11}  {}", shown(&finding.message));
        // Regions are often wrong alike.
        if let Some(hint) = finding.hint.as_ref().filter(|hint| hints.insert(*hint)) {
            let _ = writeln!(text, "      {:<widest$}  {} {hint}", "", style.hint("hint:"));
        }
    }
    text + "\n" + &summary(findings, style) + "\n"
}

fn summary(findings: &[Finding], style: Style) -> String {
    let count = |health| findings.iter().filter(|finding| finding.health == health).count();
    let some = |count, what| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    match (count(Health::Bad), count(Health::Poor)) {
        (0, 0) => coloured(Health::Good, "A run can start.", style),
        (0, poor) => {
            let text = format!("A run can start, with {}.", some(poor, "warning"));
            coloured(Health::Poor, &text, style)
        }
        (bad, _) => {
            let (failures, all) = (some(bad, "failure"), some(findings.len(), "check"));
            let text = format!("No run can start: {failures} in {all}.");
            coloured(Health::Bad, &text, style)
        }
    }
}

fn coloured(health: Health, text: &str, style: Style) -> String {
    match health {
        Health::Good => style.good(text),
        Health::Poor => style.warning(text),
        Health::Bad => style.error(text),
    }
}
