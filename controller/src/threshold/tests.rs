//! What becomes of thresholds.
