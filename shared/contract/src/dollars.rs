//! An amount of money.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Millionths in a dollar.
const MILLION: f64 = 1e6;
/// The largest amount, dollars: no query of DivBase comes near it.
const MOST: f64 = 1e6;

/// US dollars, exact to a millionth: a number from 0 to 1,000,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "f64", into = "f64")]
#[schema(value_type = f64, minimum = 0, maximum = 1_000_000)]
pub struct Dollars(u64);

impl Dollars {
    /// As a number.
    #[must_use]
    pub fn amount(self) -> f64 {
        self.0 as f64 / MILLION
    }
}

/// No amount of money that can be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give US dollars as a number from 0 to 1000000, such as 0.25")]
pub struct NoAmount;

impl TryFrom<f64> for Dollars {
    type Error = NoAmount;

    fn try_from(amount: f64) -> Result<Self, NoAmount> {
        // Not a number is in no range.
        if (0.0..=MOST).contains(&amount) {
            Ok(Self((amount * MILLION).round() as u64))
        } else {
            Err(NoAmount)
        }
    }
}

impl From<Dollars> for f64 {
    fn from(dollars: Dollars) -> Self {
        dollars.amount()
    }
}

impl FromStr for Dollars {
    type Err = NoAmount;

    fn from_str(text: &str) -> Result<Self, NoAmount> {
        let amount: f64 = text.parse().map_err(|_| NoAmount)?;
        Self::try_from(amount)
    }
}

impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.amount())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_that_can_be_meant() {
        for text in ["0", "0.25", "1e3", "1000000"] {
            let amount: Dollars = text.parse().unwrap();
            let written = serde_json::to_string(&amount).unwrap();
            assert_eq!(serde_json::from_str::<Dollars>(&written).unwrap(), amount);
        }
        for text in ["", "-1", "NaN", "inf", "1000001", "0,25"] {
            assert_eq!(text.parse::<Dollars>(), Err(NoAmount), "{text}");
        }
        assert!(serde_json::from_str::<Dollars>("\"1\"").is_err());
        assert_eq!("0.1".parse::<Dollars>().unwrap().to_string(), "0.1");
    }
}
