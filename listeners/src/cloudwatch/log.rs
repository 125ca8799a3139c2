//! The function's log.

use std::{
    future,
    io::{self, Write},
};

use crate::{
    answer::Trouble,
    message::Message,
    words::{Courier, Said},
};

/// The function's log: Lambda takes what a function writes to its standard output. CloudWatch wants
/// the lines as they are, so they do not go through the logger, which would put a time before them.
pub(super) struct Log;

impl Courier for Log {
    fn say<'a>(&'a self, message: &'a Message) -> Said<'a> {
        let mut output = io::stdout().lock();
        let written = output.write_all(&message.body).and_then(|()| output.flush());
        let said = written.map_err(|error| {
            Trouble::fatal(format!("the log cannot be written: {}", error.kind()))
        });
        Box::pin(future::ready(said))
    }
}
