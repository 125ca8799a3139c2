//! `load-test init`: a first profile and scenario.

mod registration;
mod templates;

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use engine::document::{Setting, Source, parse_value};

use super::{Error, print};
use crate::{
    cli,
    config::{DEMO_HOST, Host, Project, Registry, TestName, is_environment_name, reason},
    exit_code::ExitCode,
};

/// A file to write: its path in the project, and its text.
struct Draft {
    path: String,
    text: String,
}

pub(super) fn run(project: &Project, arguments: &cli::Init) -> Result<ExitCode, Error> {
    let name = checked_name(&arguments.name)?;
    let host = arguments.host.as_deref().map(checked_host).transpose()?;
    let (drafts, registry) = drafts(project, name.as_str(), host.as_ref())?;
    refuse_existing(project, &drafts)?;
    for draft in &drafts {
        write_new(project, draft)?;
    }
    // Last: a name is registered only when its files are there.
    let path = project.path(Registry::FILE);
    write_registry(project, &registry).map_err(|error| cannot_write(&path, &error))?;
    print(&next_steps(name.as_str(), &drafts))?;
    Ok(ExitCode::PASSED)
}

fn checked_name(name: &str) -> Result<TestName, Error> {
    TestName::try_new(name).map_err(|_| {
        let message = format!("found the name `{name}`, expected {}", TestName::EXPECTED);
        Error::new(ExitCode::INVALID, message)
    })
}

fn checked_host(host: &str) -> Result<Host, Error> {
    Host::read(&parse_value(&Source::option("--host"), host)).map_err(|_| {
        let message = format!("--host: found `{host}`, expected {}", Host::EXPECTED);
        Error::new(ExitCode::INVALID, message)
    })
}

/// The new files, and the registry's new text.
fn drafts(
    project: &Project,
    name: &str,
    host: Option<&Host>,
) -> Result<(Vec<Draft>, String), Error> {
    let mut drafts = Vec::new();
    let mut env = None;
    if !project.path(COMMON).exists() {
        let text = templates::common(host.map_or(DEMO_HOST, Host::as_str));
        drafts.push(Draft { path: COMMON.into(), text });
    } else if let Some(host) = host {
        if !is_environment_name(name) {
            let message = format!("config/{name}.yml cannot be an environment");
            return Err(Error::new(ExitCode::INVALID, message).with_hint("choose another name"));
        }
        env = Some(name);
        let text = templates::environment(host.as_str());
        drafts.push(Draft { path: format!("config/{name}.yml"), text });
    }
    let profile = templates::profile(name, env);
    drafts.push(Draft { path: format!("profiles/{name}.yml"), text: profile });
    let scenario = templates::scenario();
    drafts.push(Draft { path: format!("tests/{name}/scenario.yml"), text: scenario });
    Ok((drafts, registration::registry_with(project, name)?))
}

const COMMON: &str = "config/common.yml";

fn refuse_existing(project: &Project, drafts: &[Draft]) -> Result<(), Error> {
    let there: Vec<_> = drafts.iter().filter(|draft| project.path(&draft.path).exists()).collect();
    if there.is_empty() {
        return Ok(());
    }
    let paths: Vec<_> = there.iter().map(|draft| draft.path.as_str()).collect();
    let message = format!("there is already {}", paths.join(" and "));
    Err(Error::new(ExitCode::INVALID, message)
        .with_hint("choose another name; nothing was changed"))
}

fn write_new(project: &Project, draft: &Draft) -> Result<(), Error> {
    let path = project.path(&draft.path);
    let write = || {
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        File::create_new(&path)?.write_all(draft.text.as_bytes())
    };
    write().map_err(|error| cannot_write(&path, &error))
}

/// Replaces the registry at once, so that it is never half written.
fn write_registry(project: &Project, text: &str) -> std::io::Result<()> {
    let path = project.path(Registry::FILE);
    let next = path.with_extension("yml.new");
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(&next, text)?;
    fs::rename(&next, &path)
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("cannot write {}: {}", path.display(), reason(error));
    Error::new(ExitCode::INVALID, message)
}

fn next_steps(name: &str, drafts: &[Draft]) -> String {
    let written: Vec<_> = drafts.iter().map(|draft| format!("wrote {}\n", draft.path)).collect();
    let plan = format!("load-test plan {name}");
    let debug = format!("load-test debug {name}");
    let width = debug.len();
    format!(
        "registered {name} in {registry}\n{written}\nNext:\n  \
         1. say what a user does in tests/{name}/scenario.yml\n  \
         2. say how many there are in profiles/{name}.yml\n  \
         3. {plan:width$}   see what a run would do\n  \
         4. {debug}   watch one user do it once\n  \
         5. load-test run {name}\n",
        registry = Registry::FILE,
        written = written.concat(),
    )
}
