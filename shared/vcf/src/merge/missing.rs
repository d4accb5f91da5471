//! What stands in lists per allele or genotype of a sample for alleles that only other files have: nothing, one number, or the
//! greatest value of the sample (`bcftools merge -M`).

use super::rules::Blocks;
use crate::error::{Error, ErrorKind};
use crate::header::Header;
use crate::number::{INTEGER_RANGE, print_float, strtod_prefix};

/// Rules by FORMAT tag.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum MissingRules {
    /// The greatest PL and an AD of 0 where gVCF blocks are merged, else none.
    #[default]
    Default,
    /// These.
    Given(Vec<(String, Filling)>),
}

/// What stands for a value that a file does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// A dot.
    Missing,
    /// The greatest value of the sample.
    Greatest,
    /// A number, as integers and as floats are printed.
    Number {
        /// Without what stands behind the point.
        integer: String,
        /// With six digits.
        float: String,
    },
}

impl MissingRules {
    /// From the value of `-M`: `-` for none, or `TAG:.`, `TAG:max` and `TAG:number` separated by commas.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = if text == "-" { "PL:.,AD:." } else { text };
        let rule = |item: &str| {
            let (tag, filling) = item.split_once(':')?;
            Some((tag.to_owned(), Filling::parse(filling)?))
        };
        let rules = text.split(',').map(rule).collect::<Option<_>>()?;
        Some(Self::Given(rules))
    }

    /// The option of `bcftools merge` that says the same, if it is not the default.
    pub(super) fn argument(&self) -> Option<String> {
        let Self::Given(rules) = self else {
            return None;
        };
        let rule = |(tag, filling): &(String, Filling)| format!("{tag}:{}", filling.as_str());
        let rules: Vec<String> = rules.iter().map(rule).collect();
        Some(format!("--missing-rules={}", rules.join(",")))
    }

    /// The rules that hold for a header.
    pub(super) fn fillings(
        &self,
        header: &Header,
        blocks: Blocks,
    ) -> Result<Vec<(Vec<u8>, Filling)>, Error> {
        let given = match (self, blocks) {
            (Self::Given(rules), _) => rules.clone(),
            (Self::Default, Blocks::AsRecords) => return Ok(Vec::new()),
            (Self::Default, Blocks::Merged) => {
                let defaults = [("PL", "max"), ("AD", "0")];
                let declared = defaults
                    .into_iter()
                    .filter(|(tag, _)| header.format(tag).is_some());
                declared
                    .filter_map(|(tag, filling)| Some((tag.to_owned(), Filling::parse(filling)?)))
                    .collect()
            }
        };
        if let Some((tag, _)) = given.iter().find(|(tag, _)| header.format(tag).is_none()) {
            let reason =
                format!("FORMAT/{tag}: no header line declares the tag that a rule is given for");
            return Err(ErrorKind::Option(reason).into());
        }
        let rules = given.into_iter();
        Ok(rules
            .map(|(tag, filling)| (tag.into_bytes(), filling))
            .collect())
    }
}

impl Filling {
    fn parse(text: &str) -> Option<Self> {
        if text == "." {
            return Some(Self::Missing);
        }
        if text.eq_ignore_ascii_case("max") {
            return Some(Self::Greatest);
        }
        let number = strtod_prefix(text.as_bytes());
        let value = number.value.filter(|_| number.length == text.len())? as f32;
        if !value.is_finite() || !INTEGER_RANGE.contains(&(value as i64)) {
            return None;
        }
        let mut float = Vec::new();
        print_float(value, &mut float);
        Some(Self::Number {
            integer: (value as i64).to_string(),
            float: String::from_utf8(float).ok()?,
        })
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Missing => ".",
            Self::Greatest => "max",
            Self::Number { float, .. } => float,
        }
    }
}
