//! CSV that a spreadsheet may open.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use csv::{Terminator, Writer, WriterBuilder};

use super::{
    ExportError, Exporter, Moment,
    columns::{self, Value},
};

/// Writes a record for each row.
pub(super) struct Csv<W: Write>(Writer<W>);

impl<W: Write> Csv<W> {
    pub(super) fn begin(sink: W) -> Result<Self, ExportError> {
        let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(sink);
        writer.write_record(columns::columns().map(|(name, _)| name)).map_err(io::Error::from)?;
        Ok(Self(writer))
    }
}

impl<W: Write> Exporter for Csv<W> {
    fn moment(&mut self, moment: &Moment) -> Result<(), ExportError> {
        for row in &moment.rows {
            let cells = columns::values(moment, row).map(|value| match value {
                Value::Text(text) => guarded(text),
                Value::Count(count) => count.to_string().into(),
                Value::Time(time) => time.map_or("".into(), |time| time.to_string().into()),
            });
            for cell in cells {
                self.0.write_field(&*cell).map_err(io::Error::from)?;
            }
            self.0.write_record(None::<&[u8]>).map_err(io::Error::from)?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        Ok(self.0.flush()?)
    }
}

/// A text that a spreadsheet would take for a formula has an apostrophe before it, and so has one
/// that begins with an apostrophe: without its first one, each is what it was.
fn guarded(text: &str) -> Cow<'_, str> {
    let risky = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', '\''];
    if text.starts_with(risky) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_guarded_text_is_no_formula_and_not_lost(text in "[=+@a'\t\r-]{0,4}") {
            let guarded = guarded(&text);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(guarded.strip_prefix('\'').unwrap_or(&guarded), &text);
        }
    }
}
