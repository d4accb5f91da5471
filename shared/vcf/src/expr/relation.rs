//! Compiles comparisons: which pairs of sides can be compared, and how.

use super::ast::Operator;
use super::compile::{Compiled, Compiler, LONE_LIST, OperandKind, at_records, declined, invalid};
use super::marks::by_genotype;
use super::posix;
use super::program::{
    Action, Constant, GenotypeLabel, IdentifierTest, LabelSet, Load, Mask, Pair, Relation,
};
use super::resolve::Failure;
use super::value::MISSING;
use super::variant;

/// Compiles a comparison. May replace the steps of its sides, which belong to this comparison alone.
pub(super) fn compile(compiler: &mut Compiler<'_>, pair: Pair) -> Result<Compiled, Failure> {
    use OperandKind::{
        Filter, Genotype, Identifier, List, Number, Outcome, Quoted, Text, VariantTypes,
    };
    let operator = pair.operator;
    let needs_text =
        |kind: &OperandKind| matches!(kind, Identifier | Filter | VariantTypes | Genotype);
    let kind = |side: usize| compiler.kinds[side].clone();
    match (kind(pair.left), kind(pair.right)) {
        (Identifier, Quoted(text)) => identifier(operator, &text),
        (Quoted(text), Identifier) if is_equality(operator) => identifier(operator, &text),
        (Identifier, List(values)) | (List(values), Identifier) => {
            let test = match operator {
                Operator::Equal => IdentifierTest::Among(values),
                Operator::NotEqual => IdentifierTest::NotAmong(values),
                _ => return at_records(LONE_LIST),
            };
            outcome(Action::Identifier(test), None)
        }
        (List(_), _) | (_, List(_)) => declined(
            "where the tag is missing bcftools compares the value of an earlier record with the list",
        ),
        (Filter, Quoted(text)) | (Quoted(text), Filter) => filter(compiler, operator, &text),
        (VariantTypes, Quoted(text)) => variant_types(compiler, pair, &text),
        (Genotype, Quoted(text)) => genotype(compiler, pair, &text),
        (Quoted(text), Genotype) if is_equality(operator) => {
            genotype(compiler, pair.swapped(), &text)
        }
        (left, right) if needs_text(&left) || needs_text(&right) => invalid(
            "GT, ID, FILTER and TYPE must be compared with a text in quotes, such as GT=\"het\"",
        ),
        (Number { tag: true }, Quoted(text)) if text == "." && is_equality(operator) => {
            compiler.steps[pair.right].action = Action::number(MISSING);
            numbers(compiler, pair)
        }
        (Quoted(text), Number { tag: true }) if text == "." && is_equality(operator) => {
            compiler.steps[pair.left].action = Action::number(MISSING);
            numbers(compiler, pair)
        }
        (Number { .. } | Outcome, Number { .. } | Outcome) => numbers(compiler, pair),
        (Text { .. } | Quoted(_), Text { .. } | Quoted(_)) => texts(compiler, pair),
        (_, right) if is_search(operator) && !matches!(right, Quoted(_)) => {
            invalid("the pattern of ~ and !~ is a text in quotes on the right side")
        }
        _ => at_records("a text is compared with a number; compare like with like"),
    }
}

fn is_search(operator: Operator) -> bool {
    matches!(operator, Operator::Matches | Operator::NotMatches)
}

fn is_equality(operator: Operator) -> bool {
    matches!(operator, Operator::Equal | Operator::NotEqual)
}

fn pattern(text: &str) -> Result<regex::bytes::Regex, Failure> {
    posix::compile(text).map_err(|error| Failure::Declined(error.to_string()))
}

fn outcome(action: Action, mask: Option<Mask>) -> Result<Compiled, Failure> {
    Ok((action, OperandKind::Outcome, mask))
}

fn identifier(operator: Operator, text: &str) -> Result<Compiled, Failure> {
    let test = match operator {
        _ if text.is_empty() => {
            return at_records("ID is never empty; a record without ID has \".\"");
        }
        Operator::Equal => IdentifierTest::Is(text.as_bytes().to_vec()),
        Operator::NotEqual => IdentifierTest::IsNot(text.as_bytes().to_vec()),
        Operator::Matches | Operator::NotMatches => IdentifierTest::Matches(pattern(text)?),
        _ => return at_records("ID can be compared with =, !=, ~ and !~ only"),
    };
    outcome(Action::Identifier(test), None)
}

fn filter(compiler: &Compiler<'_>, operator: Operator, text: &str) -> Result<Compiled, Failure> {
    let relation = match operator {
        Operator::Equal => Relation::Equal,
        Operator::NotEqual => Relation::NotEqual,
        Operator::Matches => Relation::Contains,
        Operator::NotMatches => Relation::Lacks,
        _ => return invalid("FILTER can be compared with =, !=, ~ and !~ only"),
    };
    let mut names = Vec::new();
    let mut without = false;
    let entries = text.strip_suffix(';').unwrap_or(text);
    if !text.is_empty() {
        for name in entries.split(';') {
            if name == "." {
                without = true;
                continue;
            }
            if name != "PASS" && !compiler.header.has_filter(name) {
                return Err(Failure::Invalid(format!(
                    "the header declares no FILTER \"{name}\"; check the name, and join names with \";\""
                )));
            }
            names.push(name.as_bytes().to_vec());
        }
    }
    if without && !names.is_empty() {
        return invalid("FILTER is either \".\" or a list of names, not both");
    }
    outcome(Action::Filter { names, relation }, None)
}

fn variant_types(compiler: &mut Compiler<'_>, pair: Pair, text: &str) -> Result<Compiled, Failure> {
    let bit = match text.to_ascii_lowercase().as_str() {
        "snp" | "snps" => variant::SNP << 1,
        "indel" | "indels" => variant::INDEL << 1,
        "mnp" | "mnps" => variant::MNP << 1,
        "other" => variant::OTHER << 1,
        "bnd" => variant::BREAKEND << 1,
        "overlap" => variant::OVERLAP << 1,
        "ref" => 1,
        _ => return invalid("TYPE is one of ref, snp, indel, mnp, other, bnd and overlap"),
    };
    compiler.steps[pair.left].action = Action::Load(Load::VariantTypes);
    compiler.steps[pair.right].action = Action::number(f64::from(bit));
    match pair.operator {
        Operator::Equal | Operator::NotEqual => numbers(compiler, pair),
        Operator::Matches | Operator::NotMatches => {
            let set = pair.operator == Operator::Matches;
            outcome(Action::TypeBit { bit, set }, None)
        }
        _ => invalid("TYPE can be compared with =, !=, ~ and !~ only"),
    }
}

/// The named kind of genotype that a text stands for.
fn label(text: &str) -> Option<GenotypeLabel> {
    let label = |set, label| Some(GenotypeLabel { set, label });
    let find = |set, labels: &[&'static str]| {
        let mut labels = labels.iter();
        label(set, labels.find(|label| label.eq_ignore_ascii_case(text))?)
    };
    match text {
        "aA" | "Aa" => label(LabelSet::Alleles, "aA"),
        _ if text.eq_ignore_ascii_case("ar") => label(LabelSet::Alleles, "ra"),
        _ => find(LabelSet::Zygosity, &["hom", "het", "hap"])
            .or_else(|| find(LabelSet::Reference, &["mis", "ref", "alt"]))
            .or_else(|| find(LabelSet::Alleles, &["rr", "ra", "aa", "a", "r"])),
    }
}

/// `pair`: the genotypes on the left side, the text on the right.
fn genotype(compiler: &mut Compiler<'_>, pair: Pair, text: &str) -> Result<Compiled, Failure> {
    let mask = compiler.steps[pair.left].mask.clone();
    let label = label(text);
    match (pair.operator, label) {
        (Operator::Equal | Operator::NotEqual, Some(kind)) if mask.is_some() => {
            let equal = pair.operator == Operator::Equal;
            return outcome(Action::Genotype { kind, equal }, mask);
        }
        (Operator::Equal | Operator::NotEqual | Operator::Matches | Operator::NotMatches, _) => {}
        _ => return invalid("GT can be compared with =, !=, ~ and !~ only"),
    }
    compiler.steps[pair.left].action = Action::Load(match label {
        Some(kind) => Load::GenotypeLabels(kind.set),
        None => Load::GenotypeText,
    });
    if let Some(kind) = label {
        compiler.kinds[pair.right] = OperandKind::Quoted(kind.label.to_owned());
        compiler.steps[pair.right].action =
            Action::Constant(Constant::Text(kind.label.as_bytes().to_vec()));
    }
    texts(compiler, pair)
}

fn numbers(compiler: &Compiler<'_>, pair: Pair) -> Result<Compiled, Failure> {
    if is_search(pair.operator) {
        return invalid("~ and !~ search texts; compare numbers with =, != , <, <=, > and >=");
    }
    // Only samples of both sides are compared.
    let mask = compiler.mask_of(pair, |a, b| a && b);
    // In bcftools the right side's own choice by genotype counts only if the left side is per sample too.
    let [left, right] = [pair.left, pair.right].map(|side| &compiler.steps[side]);
    let both = left.mask.is_some() && right.mask.is_some();
    let by_genotype = by_genotype(left) || (both && by_genotype(right));
    outcome(Action::Compare { pair, by_genotype }, mask)
}

fn texts(compiler: &Compiler<'_>, pair: Pair) -> Result<Compiled, Failure> {
    let mask = match compiler.masks(pair) {
        (Some(_), Some(_)) => {
            return declined("texts of samples are not compared with each other");
        }
        (left, right) => left.or(right).cloned(),
    };
    match pair.operator {
        // bcftools takes < and its relatives for equality without missing values.
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual => outcome(Action::CompareText(pair), mask),
        Operator::Matches | Operator::NotMatches => {
            let OperandKind::Quoted(text) = &compiler.kinds[pair.right] else {
                return invalid("the pattern of ~ and !~ is a text in quotes on the right side");
            };
            let pattern = pattern(text)?;
            outcome(Action::Search { pattern, pair }, mask)
        }
        _ => declined("texts are compared with =, !=, ~ and !~ only"),
    }
}
