//! Numbers that are easy to read.

/// A number with its thousands apart: `10,000`.
pub(crate) fn grouped(number: impl Into<u64>) -> String {
    let digits = number.into().to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// So many of a thing: `1 user`, `1,200 users`.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([grouped(0_u32), grouped(999_u32)], ["0", "999"]);
        assert_eq!([counted(1, "user"), counted(1200, "user")], ["1 user", "1,200 users"]);
        assert_eq!([grouped(1_000_u32), grouped(10_000_000_u32)], ["1,000", "10,000,000"]);
    }
}
