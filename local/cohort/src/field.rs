//! The FORMAT fields that the generator can fill.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// A FORMAT field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Genotype.
    Gt,
    /// Reads per allele.
    Ad,
    /// Reads.
    Dp,
    /// Genotype quality.
    Gq,
    /// Phred-scaled genotype likelihoods.
    Pl,
    /// Log10 genotype likelihoods, floats.
    Gl,
    /// Genotype posterior probabilities, floats.
    Gp,
    /// Dosage of each ALT allele, floats.
    Ds,
    /// Share of reads with the first ALT allele, one float.
    Ab,
    /// Two haplotype qualities.
    Hq,
    /// Filter of the genotype, a string.
    Ft,
    /// Phase set.
    Ps,
}

impl Field {
    /// Every field, in the order of the help text.
    pub const ALL: [Self; 12] = [
        Self::Gt,
        Self::Ad,
        Self::Dp,
        Self::Gq,
        Self::Pl,
        Self::Gl,
        Self::Gp,
        Self::Ds,
        Self::Ab,
        Self::Hq,
        Self::Ft,
        Self::Ps,
    ];

    /// The tag in FORMAT.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Gt => "GT",
            Self::Ad => "AD",
            Self::Dp => "DP",
            Self::Gq => "GQ",
            Self::Pl => "PL",
            Self::Gl => "GL",
            Self::Gp => "GP",
            Self::Ds => "DS",
            Self::Ab => "AB",
            Self::Hq => "HQ",
            Self::Ft => "FT",
            Self::Ps => "PS",
        }
    }

    /// Number, Type and Description of the header line.
    pub(crate) fn declaration(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Gt => ("1", "String", "Genotype"),
            Self::Ad => ("R", "Integer", "Reads that support each allele"),
            Self::Dp => ("1", "Integer", "Reads at this site"),
            Self::Gq => ("1", "Integer", "Quality of the genotype"),
            Self::Pl => ("G", "Integer", "Phred-scaled likelihoods of the genotypes"),
            Self::Gl => ("G", "Float", "Log10 likelihoods of the genotypes"),
            Self::Gp => ("G", "Float", "Posterior probabilities of the genotypes"),
            Self::Ds => ("A", "Float", "Dosage of each alternate allele"),
            Self::Ab => (
                "1",
                "Float",
                "Share of reads with the first alternate allele",
            ),
            Self::Hq => ("2", "Integer", "Qualities of the two haplotypes"),
            Self::Ft => ("1", "String", "Filter of the genotype"),
            Self::Ps => ("1", "Integer", "Phase set"),
        }
    }

    pub(crate) fn known() -> String {
        Self::ALL.map(Self::tag).join(", ")
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Field {
    type Err = Error;

    fn from_str(tag: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|field| field.tag().eq_ignore_ascii_case(tag.trim()))
            .ok_or_else(|| Error::UnknownField(tag.to_owned(), Self::known()))
    }
}
