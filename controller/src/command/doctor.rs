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
    grouped::counted,
    plan::Backend,
    shown::shown,
    style::Style,
};

pub(super) fn run(project: &Project, arguments: &cli::Doctor) -> Result<ExitCode, Error> {
    let mut select = arguments.select.clone();
    select.overrides.push("backend", Backend::Lambda.name());
    let configuration = configuration(project, &select)?;
    let plan = configuration.plan();
    let Some(functions) = plan.functions.clone() else { return Ok(ExitCode::PASSED) };
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Error::failed)?;
    let findings = runtime.block_on(async {
        let account = Account::load().await;
        let listening = &configuration.listening;
        doctor::examine(&account, &plan, &functions, scenarios::BUILD, listening).await
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
    let some = |noun, is: fn(Health) -> bool| {
        let such = findings.iter().filter(|finding| is(finding.health));
        counted(such.map(|_| 1).sum(), noun)
    };
    let worst = findings.iter().map(|finding| finding.health).max().unwrap_or(Health::Good);
    let text = match worst {
        Health::Good => "A run can start.".to_owned(),
        Health::Poor => {
            let warnings = some("warning", |health| health == Health::Poor);
            format!("A run can start, with {warnings}.")
        }
        Health::Bad => {
            let (failures, checks) =
                (some("failure", |health| health == Health::Bad), some("check", |_| true));
            format!("No run can start: {failures} in {checks}.")
        }
    };
    coloured(worst, &text, style)
}

fn coloured(health: Health, text: &str, style: Style) -> String {
    match health {
        Health::Good => style.good(text),
        Health::Poor => style.warning(text),
        Health::Bad => style.error(text),
    }
}
