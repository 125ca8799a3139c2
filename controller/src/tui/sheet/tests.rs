use proptest::prelude::*;

use super::*;
use crate::shown::width;

fn sheet(rows: &[(&str, u64)]) -> Sheet {
    let columns = vec![Column::elastic("Name"), Column::dispensable("Count", 1)];
    let row = |(name, count): &(&str, u64)| {
        Row::new(vec![Cell::text(name), Cell::count(*count)], *count > 2)
    };
    let total = Row::new(vec![Cell::text("all"), Cell::count(6)], false);
    Sheet::new(columns, "nothing").with(rows.iter().map(row)).with_total(Some(total))
}

fn names(order: Order) -> (String, Vec<String>) {
    let lines = sheet(&[("b", 1), ("c", 10), ("a", 2)]).sorted(order).lines(80);
    let name = |(line, _): &(String, bool)| line[..1].to_owned();
    assert!(lines.total.is_some_and(|(total, _)| total.starts_with("all")));
    (lines.heading, lines.rows.iter().map(name).collect())
}

#[test]
fn rows_are_sorted_by_what_they_are_worth() {
    let order = |column, reversed| Order { column, reversed };
    assert_eq!(
        names(order(None, false)),
        ("Name  Count".into(), ["b", "c", "a"].map(Into::into).into())
    );
    assert_eq!(names(order(None, true)).1, ["a", "c", "b"]);
    let (heading, rows) = names(order(Some(0), false));
    assert_eq!((heading.as_str(), rows), ("Name▴  Count", ["a", "b", "c"].map(Into::into).into()));
    let (heading, rows) = names(order(Some(1), false));
    assert_eq!((heading.as_str(), rows), ("Name  Count▾", ["c", "a", "b"].map(Into::into).into()));
    let (heading, rows) = names(order(Some(1), true));
    assert_eq!((heading.as_str(), rows), ("Name  Count▴", ["b", "a", "c"].map(Into::into).into()));
    assert_eq!(names(order(Some(9), false)).1, ["b", "c", "a"]);
}

#[test]
fn a_row_in_full_is_harmless_and_complete() {
    let order = Order { column: Some(1), reversed: false };
    let row = sheet(&[("x\u{1b}[2J", 7)]).sorted(order).row(0);
    let cell = |heading: &str, text: &str| (heading.to_owned(), text.to_owned());
    assert_eq!(row, [cell("Name", "x\\u{1b}[2J"), cell("Count", "7")]);
    assert!(sheet(&[]).row(0).is_empty());
}

#[test]
fn what_is_not_there_is_told() {
    assert_eq!(sheet(&[]).remark().as_deref(), Some("nothing"));
    assert_eq!(sheet(&[("a", 1)]).remark(), None);
    assert_eq!(sheet(&[("a", 1)]).with_more(3).remark().as_deref(), Some("and 3 more"));
}

proptest! {
    #[test]
    fn lines_are_harmless_and_fit(
        names in proptest::collection::vec("\\PC{0,40}|[\u{0}-\u{1f}\u{202e}日]{0,20}", 0..8),
        most in 24_usize..100,
    ) {
        let rows: Vec<_> = names.iter().map(|name| (name.as_str(), 3)).collect();
        let lines = sheet(&rows).lines(most);
        prop_assert_eq!(lines.rows.len(), rows.len());
        for (line, alarming) in &lines.rows {
            prop_assert!(width(line) <= most, "{line:?}");
            let harmless = !line.contains(|c: char| c.is_control() || c == '\u{202e}');
            prop_assert!(harmless, "{line:?}");
            prop_assert!(alarming);
        }
    }
}
