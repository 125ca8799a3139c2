//! Thrift's compact protocol, as far as the metadata of a Parquet file needs it.

/// A structure that is being written: its fields in the order of their numbers.
#[derive(Debug, Default)]
pub(super) struct Struct {
    bytes: Vec<u8>,
    last: u8,
}

/// What a field or an element of a list is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Type {
    /// A number of 32 bits.
    I32 = 5,
    /// Bytes with their length.
    Binary = 8,
    /// A structure.
    Struct = 12,
}

const I64: u8 = 6;
const LIST: u8 = 9;

impl Struct {
    /// A field's number and type. No two numbers here are more than 15 apart.
    fn field(&mut self, number: u8, kind: u8) {
        debug_assert!((1..=15).contains(&(number - self.last)), "fields ascend by at most 15");
        self.bytes.push((number - self.last) << 4 | kind);
        self.last = number;
    }

    /// With a number of 32 bits.
    pub(super) fn i32(mut self, number: u8, value: i32) -> Self {
        self.field(number, Type::I32 as u8);
        varint(zigzag(value.into()), &mut self.bytes);
        self
    }

    /// With a number of 64 bits.
    pub(super) fn i64(mut self, number: u8, value: u64) -> Self {
        self.field(number, I64);
        varint(zigzag(i64::try_from(value).unwrap_or(i64::MAX)), &mut self.bytes);
        self
    }

    /// With a text.
    pub(super) fn text(mut self, number: u8, text: &str) -> Self {
        self.field(number, Type::Binary as u8);
        self.bytes.extend(binary(text));
        self
    }

    /// With a structure.
    pub(super) fn with(mut self, number: u8, inner: Self) -> Self {
        self.field(number, Type::Struct as u8);
        self.bytes.extend(inner.end());
        self
    }

    /// With a list of elements that are written already.
    pub(super) fn list(mut self, number: u8, kind: Type, elements: &[Vec<u8>]) -> Self {
        self.field(number, LIST);
        if let Ok(length @ 0..15) = u8::try_from(elements.len()) {
            self.bytes.push(length << 4 | kind as u8);
        } else {
            self.bytes.push(0xf0 | kind as u8);
            varint(elements.len() as u64, &mut self.bytes);
        }
        self.bytes.extend(elements.concat());
        self
    }

    /// All of it.
    pub(super) fn end(mut self) -> Vec<u8> {
        self.bytes.push(0);
        self.bytes
    }
}

/// A text as an element of a list.
pub(super) fn binary(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    varint(text.len() as u64, &mut bytes);
    bytes.extend(text.as_bytes());
    bytes
}

/// A number as an element of a list.
pub(super) fn i32(value: i32) -> Vec<u8> {
    let mut bytes = Vec::new();
    varint(zigzag(value.into()), &mut bytes);
    bytes
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

fn varint(mut value: u64, to: &mut Vec<u8>) {
    while value > 0x7f {
        to.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    to.push(value.to_le_bytes()[0]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_compact_protocol() {
        // By hand, after the protocol's specification.
        let inner = Struct::default().text(1, "ab");
        let outer = Struct::default().i32(1, -1).i64(3, 150).with(4, inner);
        assert_eq!(
            outer.end(),
            [0x15, 0x01, 0x26, 0xac, 0x02, 0x1c, 0x18, 0x02, b'a', b'b', 0x00, 0x00]
        );
        let short = Struct::default().list(2, Type::I32, &[i32(0), i32(3)]);
        assert_eq!(short.end(), [0x29, 0x25, 0x00, 0x06, 0x00]);
        let long = Struct::default().list(1, Type::Binary, &vec![binary(""); 300]).end();
        assert_eq!((&long[..4], long.len()), (&[0x19, 0xf8, 0xac, 0x02][..], 305));
    }
}
