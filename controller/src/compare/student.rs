//! Student's t distribution: how far a mean of few blocks may lie from the truth by chance.

/// The probability of a value as far from 0 as `t` or farther, on either side.
pub(super) fn two_sided(t: f64, freedom: f64) -> f64 {
    if t.is_infinite() {
        return 0.0;
    }
    beta(freedom / (freedom + t * t), freedom / 2.0, 0.5)
}

/// The value that is exceeded, on either side, with the probability `alpha`.
pub(super) fn quantile(alpha: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1e6);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if two_sided(middle, freedom) > alpha { low = middle } else { high = middle }
    }
    high
}

/// The regularized incomplete beta function, by its continued fraction (DLMF 8.17.22).
fn beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    // The fraction converges fast on this side of the mean; the other one is its mirror image.
    if x < (a + 1.0) / (a + b + 2.0) {
        front.exp() * fraction(x, a, b) / a
    } else {
        1.0 - front.exp() * fraction(1.0 - x, b, a) / b
    }
}

/// Evaluated from its end, which is far enough away for all degrees of freedom that occur.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    let mut value = 1.0;
    for m in (0..200).rev().map(f64::from) {
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let n = m + 1.0;
        let even = n * (b - n) * x / ((a + 2.0 * n - 1.0) * (a + 2.0 * n));
        value = 1.0 + odd / (1.0 + even / value);
    }
    1.0 / value
}

/// Lanczos' approximation, good to 1e-10 for positive numbers.
fn ln_gamma(x: f64) -> f64 {
    const TERMS: [f64; 6] = [
        76.180_091_729_471_46,
        -86.505_320_329_416_77,
        24.014_098_240_830_91,
        -1.231_739_572_450_155,
        0.120_865_097_386_617_9e-2,
        -0.539_523_938_495_3e-5,
    ];
    let shifted = x + 5.5;
    let mut sum = 1.000_000_000_190_015;
    for (at, term) in (1..).zip(TERMS) {
        sum += term / (x + f64::from(at));
    }
    (x + 0.5) * shifted.ln() - shifted + (2.506_628_274_631_000_5 * sum / x).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tables of the NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (freedom, at_5, at_1) in [
            (1.0, 12.706, 63.657),
            (2.0, 4.303, 9.925),
            (10.0, 2.228, 3.169),
            (19.0, 2.093, 2.861),
            (60.0, 2.000, 2.660),
            (100.0, 1.984, 2.626),
        ] {
            assert!((quantile(0.05, freedom) - at_5).abs() < 6e-4, "{freedom}");
            assert!((quantile(0.01, freedom) - at_1).abs() < 6e-4, "{freedom}");
        }
    }

    #[test]
    fn a_probability_is_one_at_the_middle_and_falls() {
        for freedom in [1.0, 5.0, 19.0, 119.0] {
            assert!((two_sided(0.0, freedom) - 1.0).abs() < 1e-12);
            let falling = (0..200).map(|t| two_sided(f64::from(t) / 10.0, freedom));
            assert!(falling.collect::<Vec<_>>().is_sorted_by(|a, b| a > b));
            assert!((two_sided(-2.0, freedom) - two_sided(2.0, freedom)).abs() < 1e-15);
        }
        assert!(two_sided(f64::INFINITY, 19.0).abs() < f64::EPSILON);
    }
}
