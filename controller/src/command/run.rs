//! `load-test run`: a load test from its plan to its reports.

use std::io::{self, Write};

use engine::{api::listed, scenario::Linked};

use super::{
    Error, configuration, debug,
    desk::plain,
    launch::{Launch, Prepared},
    page::Page,
    print,
    watch::Watch,
};
use crate::{
    cli::{self, Format},
    config::Project,
    exit_code::ExitCode,
    grouped::{counted, grouped},
    plan::Plan,
    report::{Written, console, github},
    run_folder::RunFolder,
    shown::shown,
    style::Style,
    ui::Session,
};

pub(super) fn run(
    project: &Project,
    arguments: &cli::Run,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let watch = Watch::new(arguments)?;
    let select = arguments.select();
    let configuration = configuration(project, &select)?;
    if configuration.profile.debug {
        return debug::run_configured(project, &select, configuration, linked);
    }
    let page = arguments.has_page().then(|| Page::open(&arguments.page, Session::of_one()));
    let page = page.transpose()?;
    let tell = |what: &str| match &page {
        Some(page) => page.tell(what),
        None => super::tell(what),
    };
    let launch = Prepared::new(project, &select, configuration, linked, &tell)?.begin(project)?;
    let session = page.as_ref().map(|page| &*page.session);
    let code = see_through(&launch, watch, session, arguments.format)?;
    page.map_or(Ok(()), |page| page.stay())?;
    Ok(code)
}

/// Runs it to its end, and shows on the terminal and on the page what comes of it.
pub(super) fn see_through(
    launch: &Launch,
    watch: Watch,
    page: Option<&Session>,
    format: Format,
) -> Result<ExitCode, Error> {
    let refused = |error: &Error| page.iter().for_each(|page| page.refused(&plain(error)));
    announce(launch.plan(), launch.folder(), format).inspect_err(refused)?;
    let finished = watch.drive(launch, page)?;
    show(&finished.written, format)?;
    Ok(finished.code)
}

fn announce(plan: &Plan, folder: &RunFolder, format: Format) -> Result<(), Error> {
    if format == Format::Github {
        // The result is the summary alone. Whoever does not see the rest misses nothing.
        let text = announcement(plan, folder, Style::of(&io::stderr()));
        let _ = io::stderr().write_all(text.as_bytes());
        return Ok(());
    }
    print(&announcement(plan, folder, Style::of(&io::stdout())))
}

fn announcement(plan: &Plan, folder: &RunFolder, style: Style) -> String {
    let host = plan.host.as_deref().unwrap_or("the hosts of its scenario");
    let intervals = match plan.intervals.len() {
        1 => String::new(),
        count => format!(" in {count} intervals"),
    };
    let warnings = plan.warnings.iter();
    let warnings: String =
        warnings.map(|warning| format!("{} {warning}\n", style.warning("warning:"))).collect();
    let only = if plan.only.is_all() { String::new() } else { format!("only {}\n", plan.only) };
    let apis = match &*folder.run().apis {
        [] => String::new(),
        apis => shown(&format!("APIs: {}", listed(apis))) + "\n",
    };
    let listeners = match &*plan.listeners {
        [] => String::new(),
        listeners => format!("listeners: {}\n", listeners.join(", ")),
    };
    let rate = plan.load.arrivals().map_or(String::new(), |arrivals| {
        format!("up to {} arrivals per second by ", arrivals.rate.fastest())
    });
    format!(
        "{}: {rate}up to {} users for {}{intervals} against {host}\n{only}{apis}{listeners}{}results in {}\n{warnings}",
        style.bold(&plan.test),
        grouped(plan.peak),
        engine::duration::format(plan.duration),
        functions(plan).unwrap_or_default(),
        folder.path().display(),
    )
}

/// What a run in functions is going to take.
fn functions(plan: &Plan) -> Option<String> {
    let cost = plan.cost.as_ref()?;
    let functions: usize = plan.intervals.iter().map(|interval| interval.shares.len()).sum();
    Some(format!(
        "{} in {}: about {}, at most {}\n",
        counted(functions as u64, "function"),
        plan.concurrency.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        cost.expected.total_usd,
        cost.at_most.total_usd,
    ))
}

/// Shows a report.
pub(super) fn show(written: &Written, format: Format) -> Result<(), Error> {
    if format == Format::Github {
        return print(&github::text(&written.report));
    }
    let look = console::Look { width: super::terminal_width(), style: Style::of(&io::stdout()) };
    print(&format!("\n{}", console::text(&written.report, &written.files, look)))
}
