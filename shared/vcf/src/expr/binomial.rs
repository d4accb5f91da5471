//! The two-sided binomial test of two counts with equal chances, through the regularised incomplete beta function.

/// The probability of a split at least as uneven as `a` to `b`; `None` if both are 0.
pub(super) fn two_sided(a: f64, b: f64) -> Option<f64> {
    // Counts are whole numbers to bcftools.
    let (a, b) = (a as i32, b as i32);
    if a == 0 && b == 0 {
        return None;
    }
    if a == b {
        return Some(1.0);
    }
    let (more, less) = (f64::from(a.max(b)), f64::from(a.min(b)));
    let probability = 2.0 * incomplete_beta(more, less + 1.0, 0.5);
    // A negative count makes it negative, which counts as missing; rounding may lift it over 1.
    (probability >= 0.0 || probability.is_nan()).then_some(if probability > 1.0 {
        1.0
    } else {
        probability
    })
}

fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x < (a + 1.0) / (a + b + 2.0) {
        by_fraction(a, b, x)
    } else {
        1.0 - by_fraction(b, a, 1.0 - x)
    }
}

/// Lentz's evaluation of the continued fraction; `x` lies strictly between 0 and 1.
fn by_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-290;
    const ENOUGH: f64 = 1e-14;
    let (mut upper, mut lower, mut fraction) = (1.0, 0.0, 1.0);
    for step in 1..200 {
        let m = f64::from(step / 2);
        let term = if step % 2 == 1 {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        } else {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        };
        lower = 1.0 + term * lower;
        if lower < TINY {
            lower = TINY;
        }
        upper = 1.0 + term / upper;
        if upper < TINY {
            upper = TINY;
        }
        lower = 1.0 / lower;
        let change = upper * lower;
        fraction *= change;
        if (change - 1.0).abs() < ENOUGH {
            break;
        }
    }
    let logarithm =
        log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * x.ln() + b * (1.0 - x).ln();
    logarithm.exp() / a / fraction
}

/// Lanczos' approximation with the coefficients that htslib has (Applied Statistics algorithm AS 245).
pub(super) fn log_gamma(z: f64) -> f64 {
    const COEFFICIENTS: [(f64, f64); 8] = [
        (0.165_947_018_740_846_2e-6, 7.0),
        (0.993_493_711_393_074_8e-5, 6.0),
        (-0.138_571_033_129_652_6, 5.0),
        (12.507_343_240_090_56, 4.0),
        (-176.615_029_149_838_6, 3.0),
        (771.323_428_775_767_4, 2.0),
        (-1_259.139_216_722_289, 1.0),
        (676.520_368_121_883_5, 0.0),
    ];
    let sum = COEFFICIENTS
        .iter()
        .fold(0.0, |sum, (factor, shift)| sum + factor / (z + shift));
    (sum + 0.999_999_999_999_518_3).ln() - 5.581_061_466_795_328 - z + (z - 0.5) * (z + 6.5).ln()
}
