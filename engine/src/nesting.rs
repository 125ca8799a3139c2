//! How deep a text is nested: asked before a parser is, where the parser would go as deep.

/// The most parentheses, brackets and braces that are open at once, whatever they mean.
///
/// ```
/// # use engine::nesting::depth;
/// assert_eq!(depth("a[0](b)"), 1);
/// assert_eq!(depth("((a) + {b: [c]})"), 3);
/// ```
pub fn depth(text: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}
