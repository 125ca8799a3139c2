//! Options of the live page, and the command that is nothing but the page.

use std::net::IpAddr;

use clap::Args;

/// Arguments of `ui`.
#[derive(Args, Debug)]
#[command(after_help = "\
A page to start load tests from, to see them run, to change and to stop them, and to take their
results along. The tests are those of the registry, and the built-in demo. One runs at a time, here or
in AWS Lambda, just as `load-test run` runs it: with its progress, summary and results here as well.

Only this machine can reach the page, unless --ui-bind says otherwise: then the address that is printed
holds a token, and whoever has it can start and stop tests. There is no encryption.

Examples:
  load-test ui                                   try the demo, or start what is registered
  load-test ui --open shop                       in the browser, with `shop` chosen
  load-test ui --ui-bind 0.0.0.0 --ui-port 9000  for others, too

Ctrl-C ends it; if a test runs, that is stopped first, and its exit code told (see `load-test --help`).")]
pub struct Ui {
    /// The test that is chosen at first [default: the registry's `current`]
    pub name: Option<String>,
    /// Where.
    #[command(flatten)]
    pub page: Page,
}

/// Where the live page is.
#[derive(Args, Clone, Copy, Debug)]
pub struct Page {
    /// Open the page in the browser
    #[arg(long, help_heading = "Live page")]
    pub open: bool,
    /// The page's port, 0 for any [default: 8089, or the next that is free]
    #[arg(long, value_name = "N", help_heading = "Live page")]
    pub ui_port: Option<u16>,
    /// The address the page listens on; others than loopback need a token [default: 127.0.0.1]
    #[arg(long, value_name = "ADDR", help_heading = "Live page")]
    pub ui_bind: Option<IpAddr>,
}
