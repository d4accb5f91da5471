//! INFO tags whose values of several files become one by a rule: sums, averages, extremes, lists.

use super::row::Member;
use super::rules::{Blocks, InfoRules, Operation, Rules};
use super::value::PerAllele;
use crate::error::{Error, ErrorKind};
use crate::header::{Header, Number, Type};
use crate::number::float_prefix;

/// A tag with a rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub tag: Vec<u8>,
    operation: Operation,
    kind: Type,
    per: PerAllele,
}

/// The rules that hold for a header, in the order in which results are appended.
///
/// # Errors
/// If bcftools would refuse a rule, or values per allele are joined.
pub(super) fn rules(header: &Header, given: &Rules) -> Result<Vec<Rule>, Error> {
    let named: Vec<(String, Operation)> = match &given.info {
        InfoRules::First => vec![],
        InfoRules::Given(rules) => rules.clone(),
        InfoRules::Default => {
            let mut rules = default_rules(given.blocks);
            if header.samples().is_empty() {
                rules.extend([("AC", Operation::Sum), ("AN", Operation::Sum)]);
            }
            rules.retain(|(tag, _)| header.info(tag).is_some());
            rules
                .into_iter()
                .map(|(tag, operation)| (tag.to_owned(), operation))
                .collect()
        }
    };
    let mut rules = named
        .into_iter()
        .map(|(tag, operation)| rule(header, &tag, operation))
        .collect::<Result<Vec<_>, _>>()?;
    rules.sort_by(|a, b| a.tag.cmp(&b.tag));
    Ok(rules)
}

/// Those of bcftools, by tag.
pub(super) fn default_rules(blocks: Blocks) -> Vec<(&'static str, Operation)> {
    let mut rules = vec![("DP", Operation::Sum), ("DP4", Operation::Sum)];
    if blocks == Blocks::Merged {
        rules.extend([
            ("QS", Operation::Sum),
            ("MIN_DP", Operation::Least),
            ("MinDP", Operation::Least),
            ("I16", Operation::Sum),
            ("IDV", Operation::Greatest),
            ("IMF", Operation::Greatest),
        ]);
    }
    rules
}

/// The same as `-i` takes them.
#[must_use]
pub fn default_info_rules(blocks: Blocks) -> String {
    spell(default_rules(blocks).into_iter())
}

/// Rules as `-i` takes them.
pub(super) fn spell<'t>(rules: impl Iterator<Item = (&'t str, Operation)>) -> String {
    let rules: Vec<String> = rules
        .map(|(tag, how)| format!("{tag}:{}", how.as_str()))
        .collect();
    rules.join(",")
}

/// Tags whose floats are computed with, so that all their digits count.
pub(crate) fn computed_floats(header: &Header, given: &Rules) -> Result<Vec<Vec<u8>>, Error> {
    let rules = rules(header, given)?.into_iter();
    Ok(rules
        .filter(|rule| rule.kind == Type::Float && rule.operation != Operation::Join)
        .map(|rule| rule.tag)
        .collect())
}

fn rule(header: &Header, tag: &str, operation: Operation) -> Result<Rule, Error> {
    let refused = |reason: &str| Err(ErrorKind::Option(format!("INFO/{tag}: {reason}")).into());
    let declined = |reason: &str| Err(ErrorKind::Declined(format!("INFO/{tag}: {reason}")).into());
    let Some(definition) = header.info(tag) else {
        return refused("no header line declares the tag that a rule is given for");
    };
    let per = PerAllele::of(definition.number);
    let is_join = operation == Operation::Join;
    match definition.kind {
        Type::Flag => return refused("a flag has no values to merge"),
        Type::String if !is_join => return refused("text has no sum, average or extremes"),
        _ => {}
    }
    if is_join && per != PerAllele::No {
        return declined("values per allele are joined");
    }
    let fixed = matches!(definition.number, Number::Fixed(_));
    if !is_join && per == PerAllele::No && !fixed {
        return refused("a rule needs a fixed number of values");
    }
    Ok(Rule {
        tag: tag.as_bytes().to_vec(),
        operation,
        kind: definition.kind,
        per,
    })
}

/// The values of one tag that were found at a site, file by file.
#[derive(Default)]
pub(super) struct Found<'r> {
    blocks: Vec<Vec<&'r [u8]>>,
}

impl<'r> Found<'r> {
    /// Adds those of one file; a reason if they do not fit.
    pub(super) fn add(
        &mut self,
        rule: &Rule,
        member: &Member<'_, '_>,
        alleles: usize,
        value: Option<&'r [u8]>,
    ) -> Result<(), &'static str> {
        let text = value.ok_or("a rule is given for a tag without value")?;
        let values: Vec<&[u8]> = text.split(|b| *b == b',').collect();
        if rule.kind == Type::String {
            self.blocks.push(vec![text]);
            return Ok(());
        }
        if rule.per == PerAllele::No {
            if self.blocks.first().is_some_and(|b| b.len() != values.len()) {
                return Err("the files have different numbers of values");
            }
            self.blocks.push(values);
            return Ok(());
        }
        let haploid = rule.per == PerAllele::Genotype && values.len() == member.map.len();
        let per = if haploid { PerAllele::All } else { rule.per };
        let places = per.places(&member.map);
        if places.len() != values.len() {
            return Err("the number of values does not fit the alleles");
        }
        let mut block: Vec<&[u8]> = vec![b"."; per.length(alleles)];
        for (place, value) in places.into_iter().zip(values) {
            block[place] = value;
        }
        self.blocks.push(block);
        Ok(())
    }

    /// The merged value; `None` if there is nothing to print.
    pub(super) fn merged(&self, rule: &Rule, float: fn(f32, &mut Vec<u8>)) -> Option<Vec<u8>> {
        if rule.operation == Operation::Join {
            let mut values = self.blocks.iter().flatten().copied();
            let all: Vec<&[u8]> = if rule.kind == Type::String {
                values.collect()
            } else {
                values.by_ref().filter(|value| *value != b".").collect()
            };
            return (!all.is_empty()).then(|| all.join(&b","[..]));
        }
        let length = self.blocks.first()?.len();
        let merged: Vec<Vec<u8>> = (0..length)
            .map(|place| {
                let values = self.blocks.iter();
                let values = values.map(|block| block.get(place).copied().unwrap_or(b"."));
                if rule.kind == Type::Float {
                    let values = values.map(|text| float_prefix(text).value);
                    return one_float(rule.operation, values, self.blocks.len(), float);
                }
                let values = values.map(|text| std::str::from_utf8(text).ok()?.parse::<i32>().ok());
                one(rule.operation, values, self.blocks.len())
            })
            .collect();
        (!merged.is_empty()).then(|| merged.join(&b","[..]))
    }
}

fn one(operation: Operation, values: impl Iterator<Item = Option<i32>>, files: usize) -> Vec<u8> {
    let value = match operation {
        Operation::Sum => Some(values.fold(0_i32, |sum, v| sum.wrapping_add(v.unwrap_or(0)))),
        Operation::Average => {
            let sum: f64 = values.map(|v| f64::from(v.unwrap_or(0))).sum();
            Some((sum / files as f64) as i32)
        }
        Operation::Least => values.flatten().min(),
        Operation::Greatest | Operation::Join => values.flatten().max(),
    };
    value.map_or_else(|| b".".to_vec(), |value| value.to_string().into_bytes())
}

/// The same for floats, computed with 32 bits as bcftools does; infinite ones are missing.
fn one_float(
    operation: Operation,
    values: impl Iterator<Item = Option<f32>>,
    files: usize,
    print: fn(f32, &mut Vec<u8>),
) -> Vec<u8> {
    let or = |missing| move |value: Option<f32>| value.unwrap_or(missing);
    let value = match operation {
        Operation::Sum => values
            .map(or(0.0))
            .reduce(|sum, value| sum + value)
            .unwrap_or(0.0),
        Operation::Average => {
            let sum: f64 = values.map(or(0.0)).map(f64::from).sum();
            (sum / files as f64) as f32
        }
        Operation::Least => values.map(or(f32::INFINITY)).fold(f32::INFINITY, f32::min),
        Operation::Greatest | Operation::Join => values
            .map(or(f32::NEG_INFINITY))
            .fold(f32::NEG_INFINITY, f32::max),
    };
    let missing = match operation {
        Operation::Least => f32::INFINITY,
        Operation::Greatest => f32::NEG_INFINITY,
        _ => f32::NAN,
    };
    if value == missing {
        return b".".to_vec();
    }
    let mut text = Vec::new();
    print(value, &mut text);
    text
}
