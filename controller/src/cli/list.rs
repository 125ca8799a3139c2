//! The arguments of `load-test list`.

use clap::Args;

/// Arguments of `list`.
#[derive(Args, Debug)]
pub struct List {
    /// The list as JSON
    #[arg(long)]
    pub json: bool,
}
