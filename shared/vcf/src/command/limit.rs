//! Limits on allele counts and frequencies, the values of `-c -C -q -Q`: a number and the alleles it is about.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::spelling::{self, Spelling};

/// The alleles whose count or frequency a limit is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlleleType {
    /// `nref`: all ALT alleles together.
    #[default]
    NonReference,
    /// `alt1`: the first ALT allele.
    FirstAlternate,
    /// `minor`: the least frequent allele.
    Minor,
    /// `major`: the most frequent allele.
    Major,
    /// `nonmajor`: all alleles together but the most frequent one.
    NonMajor,
}

impl AlleleType {
    const SPELLING: &Spelling<Self> = &[
        ("nref", Self::NonReference),
        ("alt1", Self::FirstAlternate),
        ("minor", Self::Minor),
        ("major", Self::Major),
        ("nonmajor", Self::NonMajor),
    ];
}

/// `INT[:TYPE]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountLimit {
    /// Number of alleles.
    pub count: u32,
    /// Which alleles are counted.
    pub alleles: AlleleType,
}

/// `FLOAT[:TYPE]`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrequencyLimit {
    /// Fraction of the alleles called. Single precision, compared with a quotient in double precision, as in
    /// bcftools.
    pub frequency: f32,
    /// Which alleles are counted.
    pub alleles: AlleleType,
}

/// Why a text is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LimitError {
    /// A count that is no whole number.
    #[error(
        "\"{0}\" is not a whole number; give a count such as 2 or 2:minor (-q and -Q take frequencies)"
    )]
    Count(String),
    /// A frequency that is no number.
    #[error("\"{0}\" is not a number from 0 to 1; give a frequency such as 0.05 or 0.05:minor")]
    Frequency(String),
    /// An unknown allele type.
    #[error("\"{0}\" is no allele type; use nref, alt1, minor, major or nonmajor")]
    AlleleType(String),
}

fn split(text: &str) -> Result<(&str, AlleleType), LimitError> {
    let Some((number, name)) = text.split_once(':') else {
        return Ok((text, AlleleType::default()));
    };
    let unknown = || LimitError::AlleleType(name.to_owned());
    let alleles = spelling::parse(AlleleType::SPELLING, name).ok_or_else(unknown)?;
    Ok((number, alleles))
}

impl FromStr for CountLimit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let (number, alleles) = split(text)?;
        let count = number
            .parse::<u32>()
            .ok()
            .filter(|count| i32::try_from(*count).is_ok());
        let count = count.ok_or_else(|| LimitError::Count(number.to_owned()))?;
        Ok(Self { count, alleles })
    }
}

impl FromStr for FrequencyLimit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let (number, alleles) = split(text)?;
        let frequency = number
            .parse()
            .ok()
            .filter(|frequency| (0.0..=1.0).contains(frequency));
        let frequency = frequency.ok_or_else(|| LimitError::Frequency(number.to_owned()))?;
        Ok(Self { frequency, alleles })
    }
}

impl fmt::Display for AlleleType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(spelling::print(Self::SPELLING, *self))
    }
}

impl fmt::Display for CountLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.count, self.alleles)
    }
}

impl fmt::Display for FrequencyLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.frequency, self.alleles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_and_alleles() {
        let count = |text: &str| text.parse::<CountLimit>();
        assert_eq!(
            count("2"),
            Ok(CountLimit {
                count: 2,
                alleles: AlleleType::NonReference
            })
        );
        assert_eq!(
            count("2:nonmajor"),
            Ok(CountLimit {
                count: 2,
                alleles: AlleleType::NonMajor
            })
        );
        // bcftools reads 0.05 as a count of 0 and says nothing.
        for text in ["0.05", "", "2x", "-1", "2:", "2:Minor", "3000000000"] {
            assert!(count(text).is_err(), "{text}");
        }
    }

    #[test]
    fn frequencies_print_so_that_they_read_back() {
        for text in ["0.05:minor", "1:alt1", "1e-7:nref", "0.333333333:major"] {
            let limit: FrequencyLimit = text.parse().unwrap();
            assert_eq!(limit.to_string().parse(), Ok(limit), "{text}");
        }
        for text in ["5%", "nan", "-0.1", "1.5", "0.1:x"] {
            assert!(text.parse::<FrequencyLimit>().is_err(), "{text}");
        }
    }
}
