//! What a name in an expression stands for in a file: a column, a tag of the header, a computed value or a number,
//! looked for in bcftools' order.

use super::compile::{Compiled, OperandKind};
use super::error::CompileError;
use super::program::{Action, Amount, CountValue, Load, NumberType};
use super::subscript::Subscript;
use crate::header::{Definition, Header, Number, Type};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Prefix {
    None,
    Info,
    Format,
}

/// A failure without its place.
pub(super) enum Failure {
    Declined(String),
    Invalid(String),
    /// bcftools ends with an error at the first record.
    AtRecords(&'static str),
}

impl Failure {
    pub(super) fn at(self, offset: usize) -> CompileError {
        match self {
            Self::Declined(reason) => CompileError::Declined(super::Declined { reason, offset }),
            Self::Invalid(reason) => CompileError::Invalid(reason),
            Self::AtRecords(reason) => CompileError::Invalid(reason.to_owned()),
        }
    }
}

/// Finds out what `name` stands for in files with this header.
pub(super) fn resolve(name: &str, header: &Header) -> Result<Compiled, Failure> {
    let (prefix, bare) = split_prefix(name);
    if prefix == Prefix::None
        && let Some(found) = column(bare, header)
    {
        return Ok(found);
    }
    let (tag, subscript) = match bare.strip_suffix(']').and_then(|bare| bare.split_once('[')) {
        Some((tag, subscript)) => (tag, Some(subscript)),
        None => (bare, None),
    };
    let (info, format) = (header.info(tag), header.format(tag));
    let is_format = match prefix {
        Prefix::Format => true,
        Prefix::Info => false,
        Prefix::None if info.is_some() && format.is_some() => {
            return Err(Failure::Invalid(format!(
                "{tag} is ambiguous, the header declares both; write INFO/{tag} or FORMAT/{tag}"
            )));
        }
        Prefix::None => format.is_some(),
    };
    if !header.has_tag(tag) && tag != "PASS" {
        return computed(tag, prefix, subscript, name);
    }
    if is_format {
        let definition = format.ok_or_else(|| {
            Failure::Invalid(format!(
                "the header declares no FORMAT/{tag}; check the name"
            ))
        })?;
        return format_tag(tag, definition, subscript, header);
    }
    let definition = info.ok_or_else(|| {
        Failure::Invalid(format!("the header declares no INFO/{tag}; check the name"))
    })?;
    info_tag(tag, definition, subscript)
}

fn split_prefix(name: &str) -> (Prefix, &str) {
    for (text, prefix) in [
        ("INFO/", Prefix::Info),
        ("FORMAT/", Prefix::Format),
        ("FMT/", Prefix::Format),
    ] {
        if name
            .get(..text.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(text))
        {
            return (prefix, &name[text.len()..]);
        }
    }
    (Prefix::None, name)
}

fn value(load: Load, kind: OperandKind) -> Compiled {
    (Action::Load(load), kind, None)
}

fn number(number: f64) -> Compiled {
    (Action::number(number), OperandKind::NUMBER, None)
}

/// What only comparisons with a text can use.
fn compared(kind: OperandKind) -> Compiled {
    (Action::NOTHING, kind, None)
}

/// Fixed columns, which may be abbreviated: `Q` is QUAL. The first that fits counts.
fn column(name: &str, header: &Header) -> Option<Compiled> {
    use OperandKind as Kind;
    let is = |column: &str| {
        column
            .get(..name.len())
            .is_some_and(|head| !name.is_empty() && head.eq_ignore_ascii_case(name))
    };
    Some(match () {
        () if is("QUAL") => value(Load::Quality, Kind::TAG),
        () if is("TYPE") => compared(Kind::VariantTypes),
        () if is("FILTER") => compared(Kind::Filter),
        () if is("ID") => compared(Kind::Identifier),
        () if is("CHROM") => value(Load::Contig, Kind::TEXT),
        () if is("POS") => value(Load::Position, Kind::NUMBER),
        () if is("REF") => value(Load::Reference, Kind::TEXT),
        () if is("ALT") => value(Load::Alternates(Subscript::All), Kind::TEXTS),
        () if is("N_ALT") => value(Load::AlternateCount, Kind::NUMBER),
        () if is("N_SAMPLES") => number(header.samples().len() as f64),
        () if is("N_MISSING") => value(Load::MissingGenotypes(Amount::Number), Kind::NUMBER),
        () if is("F_MISSING") => value(Load::MissingGenotypes(Amount::Fraction), Kind::NUMBER),
        () => return None,
    })
}

/// Values that bcftools computes where the header declares no such tag, and numbers.
fn computed(
    tag: &str,
    prefix: Prefix,
    subscript: Option<&str>,
    name: &str,
) -> Result<Compiled, Failure> {
    let undefined = || {
        Failure::Invalid(format!(
            "\"{name}\" is neither a tag of the header nor a number; check the name, and put texts in quotes"
        ))
    };
    let load = match tag.to_ascii_uppercase().as_str() {
        "ALT" => {
            let subscript = Subscript::parse(subscript.unwrap_or_default())
                .filter(|subscript| *subscript != Subscript::Genotype)
                .ok_or_else(|| unreadable(subscript))?;
            let list = !matches!(subscript, Subscript::One(_));
            return Ok(value(
                Load::Alternates(subscript),
                OperandKind::Text { list },
            ));
        }
        "AN" => Load::Count(CountValue::AlleleNumber),
        "AC" => Load::Count(CountValue::AlternateCounts),
        "MAC" => Load::Count(CountValue::MinorCount),
        "AF" => Load::Count(CountValue::AlternateFrequencies),
        "MAF" => Load::Count(CountValue::MinorFrequency),
        "ILEN" | "%ILEN" => Load::IndelLengths,
        _ if subscript.is_some() => return Err(undefined()),
        _ => {
            let constant = constant(tag).ok_or_else(undefined)?;
            return match prefix {
                Prefix::None => Ok(number(constant)),
                _ => Err(undefined()),
            };
        }
    };
    if prefix == Prefix::Format {
        return Err(Failure::Declined(format!(
            "the header declares no FORMAT/{tag}"
        )));
    }
    // bcftools reads the subscript and then ignores it.
    let readable = |text| Subscript::parse(text).is_some_and(|read| read != Subscript::Genotype);
    if !subscript.is_none_or(readable) {
        return Err(unreadable(subscript));
    }
    Ok(value(load, OperandKind::NUMBER))
}

/// A number as C reads it, `inf` included.
fn constant(text: &str) -> Option<f64> {
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok().map(f64::from);
    }
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(text.parse::<i64>().unwrap_or(i64::MAX) as f64);
    }
    let number: f64 = text.parse().ok()?;
    (!number.is_nan()).then_some(number)
}

fn unreadable(subscript: Option<&str>) -> Failure {
    Failure::Declined(format!(
        "the subscript [{}] is not read natively",
        subscript.unwrap_or_default()
    ))
}

fn info_tag(
    tag: &str,
    definition: Definition,
    subscript: Option<&str>,
) -> Result<Compiled, Failure> {
    if subscript.is_some_and(|subscript| subscript.contains(':')) {
        return Err(Failure::Invalid(format!(
            "INFO/{tag} has no samples; write one subscript without a colon"
        )));
    }
    if tag == "GT" {
        return Err(Failure::Declined("INFO/GT is not read natively".to_owned()));
    }
    let key = tag.as_bytes().to_vec();
    let one = definition.number == Number::Fixed(1);
    let chosen =
        Subscript::parse(subscript.unwrap_or_default()).ok_or_else(|| unreadable(subscript))?;
    if chosen == Subscript::Genotype {
        return Err(Failure::Invalid(format!(
            "INFO/{tag} has no genotypes; [GT] is for FORMAT tags of Number=R"
        )));
    }
    // Tags of Number=1 are read whole whatever the subscript.
    let is_single = matches!(chosen, Subscript::One(_)) || one && subscript.is_none();
    let texts = OperandKind::Text { list: !is_single };
    Ok(match definition.kind {
        Type::Flag => value(Load::Flag(key), OperandKind::NUMBER),
        Type::Integer if one => value(Load::InfoOne(key, NumberType::Integer), OperandKind::TAG),
        Type::Float if one => value(Load::InfoOne(key, NumberType::Float), OperandKind::TAG),
        Type::String if one => value(Load::InfoText(key), texts),
        Type::Integer => value(
            Load::InfoMany(key, NumberType::Integer, chosen),
            OperandKind::TAG,
        ),
        Type::Float => value(
            Load::InfoMany(key, NumberType::Float, chosen),
            OperandKind::TAG,
        ),
        Type::String if !matches!(chosen, Subscript::From(_)) => {
            value(Load::InfoTexts(key, chosen), texts)
        }
        Type::String => {
            return Err(Failure::Declined(format!(
                "the open subscript of the text INFO/{tag} reads beyond it in bcftools"
            )));
        }
    })
}

fn format_tag(
    tag: &str,
    definition: Definition,
    subscript: Option<&str>,
    header: &Header,
) -> Result<Compiled, Failure> {
    let samples = header.samples().len();
    let one = definition.number == Number::Fixed(1);
    let (of_samples, of_values) = match subscript {
        None => (
            Subscript::All,
            if one {
                Subscript::One(0)
            } else {
                Subscript::All
            },
        ),
        Some(text) => {
            let parse = |text: &str| Subscript::parse(text).ok_or_else(|| unreadable(subscript));
            match text.rsplit_once(':') {
                Some((of_samples, of_values)) => (parse(of_samples)?, parse(of_values)?),
                None => match parse(text)? {
                    whole @ (Subscript::All | Subscript::Genotype) => (Subscript::All, whole),
                    of_samples if one => (of_samples, Subscript::One(0)),
                    _ => {
                        return Err(Failure::Invalid(format!(
                            "FORMAT/{tag} can have several values; write {tag}[sample:value], such as {tag}[0:1]"
                        )));
                    }
                },
            }
        }
    };
    let mask = of_samples.samples(samples).ok_or_else(|| {
        Failure::Invalid(format!(
            "the subscript of {tag} names a sample beyond the {samples} of the file"
        ))
    })?;
    if of_values == Subscript::Genotype && definition.number != Number::Allele {
        return Err(Failure::Invalid(format!(
            "{tag}[GT] needs a tag of Number=R, which {tag} is not"
        )));
    }
    let mask = Some(mask).filter(|_| samples > 0);
    if tag == "GT" {
        return Ok((Action::NOTHING, OperandKind::Genotype, mask));
    }
    let key = tag.as_bytes().to_vec();
    let (load, kind) = match definition.kind {
        Type::Integer => (
            Load::Format(key, NumberType::Integer, of_values),
            OperandKind::TAG,
        ),
        Type::Float => (
            Load::Format(key, NumberType::Float, of_values),
            OperandKind::TAG,
        ),
        Type::String => (Load::FormatText(key, of_values), OperandKind::TEXT),
        Type::Flag => {
            return Err(Failure::Invalid(format!(
                "FORMAT/{tag} is declared as a flag, which has no value"
            )));
        }
    };
    Ok((Action::Load(load), kind, mask))
}
