//! Charts are the totals, in fewer points.
