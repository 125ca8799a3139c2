//! `load-test doctor`: whether a run in functions could start.

use std::{fmt::Write, io};

use tokio::runtime::Builder;

use super::{Error, configuration, print};
use crate::{
    aws::Account,
    cli,
    config::Project,
    doctor::{self, Finding, Health},
    exit_code::ExitCode,
    plan::Backend,
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

/// A line for each finding, and what to do below it.
fn render(findings: &[Finding], style: Style) -> String {
    let place = |finding: &Finding| finding.region.clone().unwrap_or_else(|| "account".into());
    let widest = findings.iter().map(|finding| place(finding).len()).max().unwrap_or(0);
    let mut text = String::new();
    for finding in findings {
        let word = format!("{:<4}", finding.health);
        let word = match finding.health {
            Health::Good => style.good(&word),
            Health::Poor => style.warning(&word),
            Health::Bad => style.error(&word),
        };
        let (place, subject) = (place(finding), finding.subject);
        let _ = writeln!(text, "{word}  {place:<widest$}  {subject:<11}  {}", finding.message);
        if let Some(hint) = &finding.hint {
            let _ = writeln!(text, "      {:<widest$}  {} {hint}", "", style.hint("hint:"));
        }
    }
    text
}
