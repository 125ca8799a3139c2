//! What a Parquet file says of itself: `parquet.thrift` names and numbers it all.

use super::{
    super::columns::Kind,
    Column,
    thrift::{self, Struct, Type},
};

/// Encodings: of values, and of levels, of which there are none where nothing is optional.
const PLAIN: i32 = 0;
const RLE: i32 = 3;

const GZIP: i32 = 2;
const DATA_PAGE: i32 = 0;
const REQUIRED: i32 = 0;
const UTF8: i32 = 0;

/// A row group that was written.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) rows: u64,
    pub(super) chunks: Vec<Chunk>,
}

/// A column's part of it.
#[derive(Debug)]
pub(super) struct Chunk {
    /// Where its page's header is in the file.
    pub(super) offset: u64,
    /// Bytes of header and page before compression.
    pub(super) plain: u64,
    /// Bytes of header and page in the file.
    pub(super) packed: u64,
}

/// The metadata of a file.
pub(super) struct Footer<'a> {
    pub(super) columns: &'a [Column],
    pub(super) groups: &'a [Group],
}

/// What stands before a page of so many values.
pub(super) fn page_header(values: u64, plain: usize, packed: usize) -> Vec<u8> {
    let page = Struct::default().i32(1, small(values)).i32(2, PLAIN).i32(3, RLE).i32(4, RLE);
    let header = Struct::default().i32(1, DATA_PAGE);
    header.i32(2, small(plain as u64)).i32(3, small(packed as u64)).with(5, page).end()
}

/// A row group is never larger.
fn small(number: u64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl Footer<'_> {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let groups: Vec<_> = self.groups.iter().map(|group| self.group(group)).collect();
        Struct::default()
            .i32(1, 1)
            .list(2, Type::Struct, &self.schema())
            .i64(3, self.groups.iter().map(|group| group.rows).sum())
            .list(4, Type::Struct, &groups)
            .text(6, concat!("load-test version ", env!("CARGO_PKG_VERSION")))
            .end()
    }

    fn schema(&self) -> Vec<Vec<u8>> {
        let columns = i32::try_from(self.columns.len()).unwrap_or(i32::MAX);
        let root = Struct::default().text(4, "timeline").i32(5, columns);
        let columns = self.columns.iter().map(|Column { name, kind, .. }| {
            let column = Struct::default().i32(1, physical(*kind)).i32(3, REQUIRED).text(4, name);
            match kind {
                Kind::Text => column.i32(6, UTF8).with(10, string()),
                Kind::Count | Kind::Time => column,
            }
        });
        std::iter::once(root).chain(columns).map(Struct::end).collect()
    }

    fn group(&self, group: &Group) -> Vec<u8> {
        let chunks = self.columns.iter().zip(&group.chunks);
        let chunks: Vec<_> =
            chunks.map(|(column, chunk)| chunk.bytes(column, group.rows)).collect();
        let plain = group.chunks.iter().map(|chunk| chunk.plain).sum();
        Struct::default().list(1, Type::Struct, &chunks).i64(2, plain).i64(3, group.rows).end()
    }
}

impl Chunk {
    fn bytes(&self, column: &Column, rows: u64) -> Vec<u8> {
        let metadata = Struct::default()
            .i32(1, physical(column.kind))
            .list(2, Type::I32, &[thrift::i32(PLAIN), thrift::i32(RLE)])
            .list(3, Type::Binary, &[thrift::binary(&column.name)])
            .i32(4, GZIP)
            .i64(5, rows)
            .i64(6, self.plain)
            .i64(7, self.packed)
            .i64(9, self.offset);
        Struct::default().i64(2, self.offset).with(3, metadata).end()
    }
}

/// `INT64`, `DOUBLE` or `BYTE_ARRAY`.
fn physical(kind: Kind) -> i32 {
    match kind {
        Kind::Count => 2,
        Kind::Time => 5,
        Kind::Text => 6,
    }
}

/// The logical type of a text.
fn string() -> Struct {
    Struct::default().with(1, Struct::default())
}
