//! The person's own browser.

use std::{
    io,
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    thread,
};

/// What opens an address as its user likes it.
const OPENER: &str = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };

/// Opens an address in the browser. Does not wait for it.
///
/// # Errors
///
/// There is nothing that opens addresses.
pub fn open_in_browser(url: &str) -> io::Result<()> {
    let mut opener = Command::new(OPENER)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A browser that it starts shall not hear the Ctrl-C that is meant for the test.
        .process_group(0)
        .spawn()?;
    thread::Builder::new().name("browser".into()).spawn(move || opener.wait())?;
    Ok(())
}
