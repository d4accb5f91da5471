//! The type and arity that a header declares for an INFO or FORMAT tag (VCF 4.5 §1.4.2, §1.4.4),
//! read as bcftools 1.24 reads them. Knows nothing of records.

/// How many values a tag has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Number {
    /// This many.
    Fixed(u32),
    /// One per ALT allele (`A`).
    Alternate,
    /// One per allele (`R`).
    Allele,
    /// One per genotype (`G`).
    Genotype,
    /// Unbounded or unknown (`.`).
    Unknown,
    /// One per haplotype of the sample (`P`, FORMAT only).
    Ploidy,
    /// One per local ALT allele (`LA`, FORMAT only).
    LocalAlternate,
    /// One per local allele (`LR`, FORMAT only).
    LocalAllele,
    /// One per local genotype (`LG`, FORMAT only).
    LocalGenotype,
    /// One per base modification (`M`, FORMAT only).
    Modification,
}

/// The type of a tag's values. `Character` is a string, as in bcftools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// 32-bit integer.
    Integer,
    /// 32-bit float.
    Float,
    /// Text.
    String,
    /// Present or not.
    Flag,
}

/// What the header says of one tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Definition {
    /// Values per record or sample.
    pub number: Number,
    /// Their type.
    pub kind: Type,
}

/// Where a tag is declared: the letters P, LA, LR, LG and M mean something in FORMAT only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Info,
    Format,
}

impl Definition {
    /// From the values of `Number=` and `Type=`; what is missing or unknown is taken as
    /// bcftools takes it: `Number=.`, `Type=String`, and a flag has no values.
    pub(super) fn from_attributes(
        number: Option<&[u8]>,
        kind: Option<&[u8]>,
        column: Column,
    ) -> Self {
        let kind = match kind {
            Some(b"Integer") => Type::Integer,
            Some(b"Float") => Type::Float,
            Some(b"Flag") => Type::Flag,
            _ => Type::String,
        };
        let number = if kind == Type::Flag {
            Number::Fixed(0)
        } else {
            number.map_or(Number::Unknown, |text| parse_number(text, column))
        };
        Self { number, kind }
    }
}

fn parse_number(text: &[u8], column: Column) -> Number {
    match (text, column) {
        (b"A", _) => Number::Alternate,
        (b"R", _) => Number::Allele,
        (b"G", _) => Number::Genotype,
        (b"P", Column::Format) => Number::Ploidy,
        (b"LA", Column::Format) => Number::LocalAlternate,
        (b"LR", Column::Format) => Number::LocalAllele,
        (b"LG", Column::Format) => Number::LocalGenotype,
        (b"M", Column::Format) => Number::Modification,
        _ => {
            let text = text.trim_ascii_start();
            let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
            std::str::from_utf8(&text[..digits])
                .ok()
                .and_then(|digits| digits.parse().ok())
                .map_or(Number::Unknown, Number::Fixed)
        }
    }
}
