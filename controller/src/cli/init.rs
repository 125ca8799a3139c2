//! The arguments of `load-test init`.

use clap::Args;

/// Arguments of `init`.
#[derive(Args, Debug)]
#[command(after_help = "\
Writes profiles/NAME.yml and tests/NAME/scenario.yml, and adds NAME to the registry. Nothing that is
there already is overwritten: another name is asked for instead. In an empty directory it also writes
the registry and config/common.yml; elsewhere --host is kept in config/NAME.yml.

Example:
  load-test init shop --host https://shop.example.org")]
pub struct Init {
    /// The test's name: at most 64 letters, digits, - and _
    pub name: String,
    /// Where the system under test is [default in a new project: the demo API]
    #[arg(long, value_name = "URL")]
    pub host: Option<String>,
}
