//! How amounts of money are written, the same in the command line and on the pages.

/// US dollars as people say them: two significant digits, and of less than a cent just that.
#[must_use]
pub fn in_words(amount: f64) -> String {
    if amount < 0.01 {
        return "less than $0.01".to_owned();
    }
    let decimals = if amount < 0.0995 {
        3
    } else if amount < 9.95 {
        2
    } else {
        return format!("${:.0}", two_digits(amount));
    };
    let text = format!("${:.decimals$}", two_digits(amount));
    // Cents have two places; a third is written where it says something.
    match text.strip_suffix('0') {
        Some(shorter) if decimals == 3 => shorter.to_owned(),
        _ => text,
    }
}

/// Rounded to two significant digits.
fn two_digits(amount: f64) -> f64 {
    let unit = 10f64.powf(amount.log10().floor() - 1.0);
    (amount / unit).round() * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_well() {
        for (amount, text) in [
            (0.0, "less than $0.01"),
            (0.000_027_066_8, "less than $0.01"),
            (0.0099, "less than $0.01"),
            (0.01, "$0.01"),
            (0.0123, "$0.012"),
            (0.0996, "$0.10"),
            (0.1234, "$0.12"),
            (0.999, "$1.00"),
            (1.234, "$1.20"),
            (9.96, "$10"),
            (12.3, "$12"),
            (1234.5, "$1200"),
        ] {
            assert_eq!(in_words(amount), text, "{amount}");
        }
    }
}
