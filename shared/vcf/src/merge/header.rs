//! The header of a merged result: that of the first file and what the others add, with all samples.

use super::columns::columns;
use super::operation::default_rules;
use super::rules::{InfoRules, Rules};
use super::value::PerAllele;
use crate::concat::Union;
use crate::error::{Error, ErrorKind};
use crate::header::{Definition, Header, LineKind};

/// Unites headers; samples come in the order `wanted` asks for, others behind.
///
/// # Errors
/// If files declare a tag in ways that bcftools cannot bring together; it writes arbitrary values then.
pub(crate) fn header(groups: &[Header], rules: &Rules, wanted: &[String]) -> Result<Header, Error> {
    let (first, others) = groups
        .split_first()
        .ok_or_else(|| ErrorKind::Option("no file is given".to_owned()))?;
    let mut union = Union::of(first.clone());
    for other in others {
        let header = union.header();
        for line in other.lines() {
            let Some(id) = line.attribute(b"ID") else {
                continue;
            };
            let (column, known, new) = match line.kind() {
                LineKind::Info => ("INFO", header.info(id), other.info(id)),
                LineKind::Format => ("FORMAT", header.format(id), other.format(id)),
                _ => continue,
            };
            if let (Some(known), Some(new)) = (known, new)
                && clash(column, id, rules, known, new)
            {
                let id = String::from_utf8_lossy(id);
                let reason = format!(
                    "the files declare {column}/{id} with different types, or per allele in one only"
                );
                return Err(ErrorKind::Declined(reason).into());
            }
        }
        union.add(other);
    }
    let mut header = union.into_header();
    let (_, samples) = columns(groups, wanted);
    header.set_samples(samples);
    Ok(header)
}

/// Whether values of a tag cannot be brought together: text that is handed on can always.
fn clash(column: &str, id: &[u8], rules: &Rules, known: Definition, new: Definition) -> bool {
    let per = |definition: Definition| PerAllele::of(definition.number);
    let kinds = known.kind != new.kind;
    if per(known) != per(new) {
        return true;
    }
    let summed = match &rules.info {
        InfoRules::Given(rules) => rules.iter().any(|(tag, _)| tag.as_bytes() == id),
        InfoRules::Default => {
            let rules = default_rules(rules.blocks);
            rules.iter().any(|(tag, _)| tag.as_bytes() == id)
        }
        InfoRules::First => false,
    };
    kinds && (column == "FORMAT" || summed || per(known) != PerAllele::No)
}
