//! A Parquet file, in the little of the format that a table without nulls and nesting needs:
//! row groups of one plain, gzipped page for each column, as the specification's version 1.0 has
//! them. A crate that does all of Parquet would take a tenth of this repository's whole build.

mod footer;
mod thrift;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use self::footer::{Chunk, Footer, Group};
use super::{
    ExportError, Exporter, Moment,
    columns::{self, Kind, Value},
};

/// What a file begins and ends with.
const MAGIC: &[u8] = b"PAR1";

/// A row group is written when this much of it is in memory.
const GROUP_BYTES: usize = 16 << 20;

/// A column of the row group that is being filled.
#[derive(Debug)]
struct Column {
    name: String,
    kind: Kind,
    /// Its values in the plain encoding.
    plain: Vec<u8>,
}

/// Writes row groups, and says in the end where they are.
pub(super) struct Parquet<W> {
    sink: W,
    written: u64,
    columns: Vec<Column>,
    rows: u64,
    groups: Vec<Group>,
}

impl<W: Write> Parquet<W> {
    pub(super) fn begin(sink: W) -> Result<Self, ExportError> {
        let hdr = ("hdr".to_owned(), Kind::Text);
        let columns = columns::columns().chain([hdr]);
        let column = |(name, kind)| Column { name, kind, plain: Vec::new() };
        let columns = columns.map(column).collect();
        let mut file = Self { sink, written: 0, columns, rows: 0, groups: Vec::new() };
        file.write(MAGIC)?;
        Ok(file)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ExportError> {
        self.sink.write_all(bytes)?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    /// Writes the rows in memory as a group.
    fn group(&mut self) -> Result<(), ExportError> {
        let rows = std::mem::take(&mut self.rows);
        if rows == 0 {
            return Ok(());
        }
        let mut chunks = Vec::new();
        for at in 0..self.columns.len() {
            let plain = std::mem::take(&mut self.columns[at].plain);
            let page = gzipped(&plain)?;
            let header = footer::page_header(rows, plain.len(), page.len());
            chunks.push(Chunk {
                offset: self.written,
                plain: (header.len() + plain.len()) as u64,
                packed: (header.len() + page.len()) as u64,
            });
            self.write(&header)?;
            self.write(&page)?;
        }
        self.groups.push(Group { rows, chunks });
        Ok(())
    }
}

impl<W: Write> Exporter for Parquet<W> {
    fn moment(&mut self, moment: &Moment) -> Result<(), ExportError> {
        for row in &moment.rows {
            let values = columns::values(moment, row).chain([Value::Text(&row.times.hdr)]);
            self.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(&value));
            self.rows += 1;
            if self.columns.iter().map(|column| column.plain.len()).sum::<usize>() >= GROUP_BYTES {
                self.group()?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), ExportError> {
        self.group()?;
        let footer = Footer { columns: &self.columns, groups: &self.groups }.bytes();
        self.write(&footer)?;
        // The footer of a run of days is some megabytes.
        self.write(&u32::try_from(footer.len()).unwrap_or(u32::MAX).to_le_bytes())?;
        self.write(MAGIC)?;
        Ok(self.sink.flush()?)
    }
}

impl Column {
    /// Adds a value in the plain encoding.
    fn push(&mut self, value: &Value<'_>) {
        match value {
            Value::Text(text) => {
                let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                self.plain.extend(length.to_le_bytes());
                self.plain.extend(text.as_bytes());
            }
            Value::Count(count) => {
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                self.plain.extend(count.to_le_bytes());
            }
            Value::Time(time) => self.plain.extend(time.unwrap_or(f64::NAN).to_le_bytes()),
        }
    }
}

fn gzipped(plain: &[u8]) -> Result<Vec<u8>, ExportError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}
