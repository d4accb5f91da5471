//! The FORMAT fields that the generator can fill.

use std::fmt;
use std::str::FromStr;

use crate::Error;

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident $tag:literal $number:literal $kind:literal $about:literal;)*) => {
        /// A FORMAT field.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Field {
            $($(#[$doc])* $name,)*
        }

        impl Field {
            /// Every field, in the order of the help text.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The tag in FORMAT.
            #[must_use]
            pub fn tag(self) -> &'static str {
                match self {
                    $(Self::$name => $tag,)*
                }
            }

            /// Number, Type and Description in the header.
            pub(crate) fn declaration(self) -> (&'static str, &'static str, &'static str) {
                match self {
                    $(Self::$name => ($number, $kind, $about),)*
                }
            }
        }
    };
}

fields! {
    /// Genotype.
    Gt "GT" "1" "String" "Genotype";
    /// Reads per allele.
    Ad "AD" "R" "Integer" "Reads that support each allele";
    /// Reads.
    Dp "DP" "1" "Integer" "Reads at this site";
    /// Genotype quality.
    Gq "GQ" "1" "Integer" "Quality of the genotype";
    /// Phred-scaled genotype likelihoods.
    Pl "PL" "G" "Integer" "Phred-scaled likelihoods of the genotypes";
    /// Log10 genotype likelihoods, floats.
    Gl "GL" "G" "Float" "Log10 likelihoods of the genotypes";
    /// Genotype posterior probabilities, floats.
    Gp "GP" "G" "Float" "Posterior probabilities of the genotypes";
    /// Dosage of each ALT allele, floats.
    Ds "DS" "A" "Float" "Dosage of each alternate allele";
    /// Share of reads with the first ALT allele, one float.
    Ab "AB" "1" "Float" "Share of reads with the first alternate allele";
    /// Two haplotype qualities.
    Hq "HQ" "2" "Integer" "Qualities of the two haplotypes";
    /// Filter of the genotype, a string.
    Ft "FT" "1" "String" "Filter of the genotype";
    /// Phase set.
    Ps "PS" "1" "Integer" "Phase set";
}

impl Field {
    pub(crate) fn known() -> String {
        let tags: Vec<&str> = Self::ALL.iter().map(|field| field.tag()).collect();
        tags.join(", ")
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
            .iter()
            .copied()
            .find(|field| field.tag().eq_ignore_ascii_case(tag.trim()))
            .ok_or_else(|| Error::UnknownField(tag.to_owned(), Self::known()))
    }
}
