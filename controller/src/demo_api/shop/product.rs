//! What the shop sells.

use serde::Serialize;

const COLOURS: [&str; 5] = ["red", "green", "blue", "white", "black"];

const THINGS: [&str; 20] = [
    "lamp", "chair", "table", "shelf", "sofa", "desk", "rug", "clock", "vase", "mirror", "bed",
    "stool", "bench", "basket", "cushion", "curtain", "blanket", "frame", "hook", "tray",
];

/// How many products there are.
const ALL: u32 = 100;

/// How many products are on a page.
const PER_PAGE: usize = 20;

/// Something to buy.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Product {
    id: u32,
    name: String,
    price: f64,
}

impl Product {
    /// The product with an id from 1 to 100.
    pub(super) fn find(id: u32) -> Option<Self> {
        let place = id.checked_sub(1).filter(|_| id <= ALL)? as usize;
        let colour = COLOURS[place / THINGS.len()];
        let name = format!("{colour} {}", THINGS[place % THINGS.len()]);
        Some(Self { id, name, price: f64::from(id * 37 % 100) + 0.99 })
    }

    /// The products on a page, counted from 1, of those with `search` in their name.
    pub(super) fn page(page: usize, search: &str) -> Vec<Self> {
        let search = search.to_lowercase();
        let all = (1..=ALL).filter_map(Self::find);
        let found = all.filter(|product| product.name.contains(&search));
        found.skip((page - 1).saturating_mul(PER_PAGE)).take(PER_PAGE).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_run_from_1_to_100() {
        assert_eq!(Product::find(0), None);
        assert_eq!(Product::find(1).unwrap().name, "red lamp");
        assert_eq!(Product::find(100).unwrap().name, "black tray");
        assert_eq!(Product::find(101), None);
    }

    #[test]
    fn pages_are_of_20_until_there_are_no_more() {
        assert_eq!(Product::page(1, "").len(), 20);
        assert_eq!(Product::page(5, "")[0].id, 81);
        assert!(Product::page(6, "").is_empty());
        assert!(Product::page(usize::MAX, "").is_empty());
    }

    #[test]
    fn a_search_is_for_part_of_a_name() {
        let lamps = Product::page(1, "Lamp");
        assert_eq!(lamps.iter().map(|lamp| lamp.id).collect::<Vec<_>>(), [1, 21, 41, 61, 81]);
    }
}
