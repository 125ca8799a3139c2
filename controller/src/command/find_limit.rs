//! `load-test find-limit`: raises the load until a threshold is crossed, and closes in on the
//! highest level that holds.

use std::{
    io,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use engine::{duration, scenario::Linked};

use super::{
    Error, configuration,
    launch::{Finished, Prepared},
    print, tell,
    watch::Watch,
};
use crate::{
    cli,
    config::{Configuration, Project},
    exit_code::ExitCode,
    grouped::{counted, grouped},
    interrupt::Interrupted,
    limit::{Held, Levels, Limit, Precision, Search, Trial},
    plan::{Backend, Plan},
    price::Usd,
    report::How,
    run_folder::{self, RESULTS},
    shown::shown,
    style::Style,
    table::{Column, Table},
};

/// Unless another is given, the first level is this part of the height of the test.
const FIRST_PART: u32 = 8;

pub(super) fn run(
    project: &Project,
    arguments: &cli::FindLimit,
    linked: &Linked,
) -> Result<ExitCode, Error> {
    let finding = Finding::new(project, arguments, linked)?;
    finding.announce()?;
    let (limit, ended) = finding.find();
    if !limit.trials.is_empty() {
        finding.conclude(&limit)?;
    }
    ended
}

/// A search that was asked for, and checked.
struct Finding<'a> {
    project: &'a Project,
    arguments: &'a cli::FindLimit,
    linked: &'a Linked,
    levels: Levels,
    search: Search,
    /// The plan of the first level, for what all have in common.
    plan: Plan,
    /// Where everything is kept: apart from the test's runs, as a trial is none.
    folder: PathBuf,
}

/// What a search takes.
struct Takes {
    trials: usize,
    time: Duration,
    /// What the functions cost at most; none on this machine.
    cost: Option<Usd>,
}

impl<'a> Finding<'a> {
    fn new(
        project: &'a Project,
        arguments: &'a cli::FindLimit,
        linked: &'a Linked,
    ) -> Result<Self, Error> {
        let configuration = configuration(project, &arguments.select)?;
        if configuration.profile.thresholds.is_empty() {
            return Err(Error::new(ExitCode::INVALID, "without thresholds no level can break")
                .with_hint(
                    "give the profile `thresholds`, or `--set \
                     profile.thresholds.overall.p95=300ms`",
                ));
        }
        let runner = configuration.profile.runner.clone();
        let levels = Levels::new(runner, arguments.settle, arguments.hold);
        let to = arguments.to.unwrap_or_else(|| levels.height());
        let from = arguments.from.unwrap_or_else(|| to.div_ceil(FIRST_PART));
        let invalid = |error: &dyn std::error::Error| Error::of(ExitCode::INVALID, error);
        let search = Precision::try_new(arguments.precision)
            .and_then(|precision| Search::try_new(from, to, precision))
            .map_err(|error| invalid(&error))?;
        let plan = at_level(configuration, &levels, from)?.plan();
        let folder = project.path(RESULTS).join(run_folder::file_name(&plan.test));
        let folder = folder.join(format!("limit-{}", run_folder::stamp(SystemTime::now())));
        let finding = Self { project, arguments, linked, levels, search, plan, folder };
        finding.check_cost()?;
        Ok(finding)
    }

    fn configuration(&self, level: u32) -> Result<Configuration, Error> {
        at_level(configuration(self.project, &self.arguments.select)?, &self.levels, level)
    }

    /// What a search takes in which these levels are tried.
    fn takes(&self, levels: &[u32]) -> Result<Takes, Error> {
        let length = |level: &u32| self.levels.length(*level);
        let mut cost = None;
        if self.plan.backend == Backend::Lambda {
            let plans = levels.iter().map(|level| Ok(self.configuration(*level)?.plan()));
            let plans = plans.collect::<Result<Vec<_>, Error>>()?;
            cost =
                Some(plans.iter().filter_map(|p| Some(p.cost.as_ref()?.at_most.total_usd)).sum());
        }
        Ok(Takes { trials: levels.len(), time: levels.iter().map(length).sum(), cost })
    }

    /// What may be spent is for the whole search.
    fn check_cost(&self) -> Result<(), Error> {
        let most = self.plan.functions.as_ref().and_then(|functions| functions.max_cost);
        let takes = self.takes(&self.search.longest())?;
        match (takes.cost, most) {
            (Some(cost), Some(most)) if cost > most => {
                let message = format!(
                    "the search may cost up to {cost}, which is more than the {most} of max_cost"
                );
                let hint = "raise --max-cost, lower --to, shorten --hold, or be content with a \
                            coarser --precision";
                Err(Error::new(ExitCode::INVALID, message).with_hint(hint))
            }
            _ => Ok(()),
        }
    }

    fn announce(&self) -> Result<(), Error> {
        let (rising, longest) = (self.search.rising(), self.search.longest());
        let (most, all) = (self.takes(&longest)?, self.takes(&rising)?);
        let unit = self.levels.unit();
        let levels: Vec<_> = rising.iter().map(|level| grouped(*level)).collect();
        let thresholds = self.plan.thresholds.iter();
        let thresholds: String =
            thresholds.map(|threshold| shown(&format!("  {threshold}")) + "\n").collect();
        let cost = |takes: &Takes| takes.cost.map_or(String::new(), |cost| format!(", {cost}"));
        self.say(&format!(
            "{}: the most {unit} that {} takes before a threshold is crossed\n{thresholds}\
             Levels: {}, each held for {}; from the first that breaks halfway back, \
             also below the first\n\
             If all hold: {}{}; at most: {}{}\n",
            shown(&self.plan.test),
            shown(&self.host()),
            levels.join(", "),
            duration::format(self.arguments.hold),
            length(&all),
            cost(&all),
            length(&most),
            cost(&most),
        ))
    }

    /// The system under test. The demo's API is made anew for each trial.
    fn host(&self) -> String {
        let select = &self.arguments.select;
        if select.demo && select.overrides.host().is_none() {
            return "the demo API".into();
        }
        self.plan.host.clone().unwrap_or_else(|| "the hosts of its scenario".into())
    }

    /// The trials, one after the other. What is known by then is worth something, however it ends.
    fn find(&self) -> (Limit, Result<ExitCode, Error>) {
        let (mut search, mut trials) = (self.search, Vec::new());
        let ended = Interrupted::listen()
            .map_err(Error::failed)
            .and_then(|interrupted| self.try_levels(&mut search, &mut trials, &interrupted));
        let complete = matches!(ended, Ok(None));
        let found = if search.held().is_some() { ExitCode::PASSED } else { ExitCode::CROSSED };
        (self.limit(&search, trials, complete), ended.map(|code| code.unwrap_or(found)))
    }

    /// Tries levels until the limit is found, or a trial says nothing: then why, as an exit code.
    fn try_levels(
        &self,
        search: &mut Search,
        trials: &mut Vec<Trial>,
        interrupted: &Interrupted,
    ) -> Result<Option<ExitCode>, Error> {
        while let Some(level) = search.next() {
            self.say(&format!("\n{} {}\n", grouped(level), self.levels.unit()))?;
            let Some((trial, how)) = self.try_level(level, interrupted)? else {
                return Ok(Some(ExitCode::INTERRUPTED));
            };
            let held = trial.held;
            let told = self.say(&format!("  {}\n", sentence(&trial)));
            trials.push(trial);
            told?;
            match (held, how) {
                (Held::Unknown, How::Interrupted) => return Ok(Some(ExitCode::INTERRUPTED)),
                (Held::Unknown, _) => return Ok(Some(ExitCode::GENERATOR)),
                (held, _) => search.note(level, held == Held::Held),
            }
        }
        Ok(None)
    }

    /// None if an interrupt came before the level's run.
    fn try_level(
        &self,
        level: u32,
        interrupted: &Interrupted,
    ) -> Result<Option<(Trial, How)>, Error> {
        let configuration = self.configuration(level)?;
        let select = &self.arguments.select;
        let prepared = Prepared::new(self.project, select, configuration, self.linked, &tell)?;
        if interrupted.is_so() {
            return Ok(None);
        }
        let launch = prepared.begin_in(&self.folder)?;
        let Finished { written, totals, .. } = Watch::Line.drive(&launch, None)?;
        let (report, held) = (&written.report, self.levels.held(level));
        let trial = Trial::of(level, launch.folder(), report, &totals, &held);
        Ok(Some((trial.map_err(Error::failed)?, report.end.how)))
    }

    fn limit(&self, search: &Search, trials: Vec<Trial>, complete: bool) -> Limit {
        let limit = Limit {
            test: self.plan.test.clone(),
            host: self.host(),
            unit: self.levels.unit(),
            highest_held: search.held(),
            lowest_broken: search.broken(),
            complete,
            conclusion: String::new(),
            trials,
        };
        Limit { conclusion: limit.conclude(), ..limit }
    }

    /// Keeps what was found, and shows it.
    fn conclude(&self, limit: &Limit) -> Result<(), Error> {
        let mut json = serde_json::to_string_pretty(limit).map_err(Error::failed)?;
        json.push('\n');
        // Without a trial there is nothing to keep, and nowhere to keep it.
        let keep = |()| run_folder::write(&self.folder, "limit.json", json.as_bytes());
        let file = (!limit.trials.is_empty()).then_some(()).map(keep).transpose();
        let file = file.map_err(Error::failed)?;
        if self.arguments.json {
            return print(&json);
        }
        let style = Style::of(&io::stdout());
        let (lines, _) = table(limit).lines(super::terminal_width());
        let file = file.map_or(String::new(), |file| format!("\n{}\n", file.display()));
        print(&format!(
            "\n{}\n\n{}\n{file}",
            lines.join("\n"),
            style.bold(&shown(&limit.conclusion)),
        ))
    }

    /// With `--json` the standard output has nothing else.
    fn say(&self, text: &str) -> Result<(), Error> {
        if self.arguments.json {
            tell(text.trim_end());
            return Ok(());
        }
        print(text)
    }
}

/// The configuration at a level.
fn at_level(
    mut configuration: Configuration,
    levels: &Levels,
    level: u32,
) -> Result<Configuration, Error> {
    let runner = levels.at(level);
    configuration.profile.runner = runner.map_err(|_| {
        let message = format!("there may not be {} {}", grouped(level), levels.unit());
        Error::new(ExitCode::INVALID, message)
    })?;
    Ok(configuration)
}

fn length(takes: &Takes) -> String {
    let trials = counted(takes.trials as u64, "trial");
    format!("{trials} in {}", duration::format(takes.time))
}

/// What became of a level.
fn sentence(trial: &Trial) -> String {
    let style = Style::of(&io::stdout());
    let word = match trial.held {
        Held::Held => style.good("held"),
        Held::Broken => style.error("broke"),
        Held::Unknown => style.warning("cannot be judged"),
    };
    let why = trial.reasons.first().map_or(String::new(), |why| format!(": {}", shown(why)));
    format!("{word} at {:.1} requests/s{why}", trial.requests_per_s)
}

fn table(limit: &Limit) -> Table {
    let mut table = Table::new(vec![
        Column::number(limit.unit),
        Column::text(""),
        Column::number("req/s"),
        Column::number("failed"),
        Column::number("p50 ms"),
        Column::number("p95 ms"),
        Column::number("p99 ms"),
    ]);
    let ms = |time: Option<f64>| time.map_or("N/A".into(), |ms| format!("{ms:.1}"));
    let mut trials: Vec<_> = limit.trials.iter().collect();
    trials.sort_by_key(|trial| trial.level);
    for trial in trials {
        let failed = trial.failure_ratio;
        let failed = failed.map_or("N/A".into(), |part| format!("{:.2} %", part * 100.0));
        table.push(vec![
            grouped(trial.level),
            trial.held.name().into(),
            format!("{:.1}", trial.requests_per_s),
            failed,
            ms(trial.p50_ms),
            ms(trial.p95_ms),
            ms(trial.p99_ms),
        ]);
    }
    table
}
