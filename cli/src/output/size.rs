//! File sizes for people.

const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];

/// Size in powers of 1000 with two decimals; `0 B` for nothing. What is larger than TB stays in TB.
#[must_use]
pub fn human(bytes: u64) -> String {
    if bytes == 0 {
        return "0 B".to_owned();
    }
    // Sizes beyond 2^53 bytes lose digits that two decimals do not show.
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.2} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn sizes_as_documented() {
        for (bytes, text) in [
            (0, "0 B"),
            (1, "1.00 B"),
            (999, "999.00 B"),
            (1_000, "1.00 KB"),
            (1_540, "1.54 KB"),
            (12_345_678, "12.35 MB"),
            (5_000_000_000_000_000, "5000.00 TB"),
        ] {
            assert_eq!(human(bytes), text);
        }
    }
}
