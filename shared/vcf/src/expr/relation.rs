//! Compiles comparisons: which pairs of sides can be compared, and how.

use super::ast::Operator;
use super::compile::{Compiled, Compiler, LONE_LIST, OperandKind, at_records, declined, invalid};
use super::marks::by_genotype;
use super::posix;
use super::program::{Action, Constant, GenotypeLabel, IdentifierTest, LabelSet, Load, Relation};
use super::resolve::Failure;
use super::variant;

/// Compiles `left operator right`. May replace the steps of the sides, which belong to this comparison alone.
pub(super) fn compile(
    compiler: &mut Compiler<'_>,
    operator: Operator,
    left: usize,
    right: usize,
) -> Result<Compiled, Failure> {
    let kinds = (
        compiler.operands[left].kind.clone(),
        compiler.operands[right].kind.clone(),
    );
    match kinds {
        (OperandKind::Identifier, OperandKind::Quoted(text)) => identifier(operator, &text),
        (OperandKind::Quoted(text), OperandKind::Identifier) if is_equality(operator) => {
            identifier(operator, &text)
        }
        (OperandKind::Identifier, OperandKind::List(values))
        | (OperandKind::List(values), OperandKind::Identifier) => match operator {
            Operator::Equal => Ok(outcome(
                Action::Identifier(IdentifierTest::Among(values)),
                None,
            )),
            Operator::NotEqual => Ok(outcome(
                Action::Identifier(IdentifierTest::NotAmong(values)),
                None,
            )),
            _ => at_records(LONE_LIST),
        },
        (OperandKind::List(_), _) | (_, OperandKind::List(_)) => declined(
            "where the tag is missing bcftools compares the value of an earlier record with the list",
        ),
        (OperandKind::Filter, OperandKind::Quoted(text))
        | (OperandKind::Quoted(text), OperandKind::Filter) => filter(compiler, operator, &text),
        (OperandKind::VariantTypes, OperandKind::Quoted(text)) => {
            variant_types(compiler, operator, left, right, &text)
        }
        (OperandKind::Genotype, OperandKind::Quoted(text)) => {
            genotype(compiler, operator, left, right, &text)
        }
        (OperandKind::Quoted(text), OperandKind::Genotype) if is_equality(operator) => {
            genotype(compiler, operator, right, left, &text)
        }
        (
            OperandKind::Identifier
            | OperandKind::Filter
            | OperandKind::VariantTypes
            | OperandKind::Genotype,
            _,
        )
        | (
            _,
            OperandKind::Identifier
            | OperandKind::Filter
            | OperandKind::VariantTypes
            | OperandKind::Genotype,
        ) => invalid(
            "GT, ID, FILTER and TYPE must be compared with a text in quotes, such as GT=\"het\"",
        ),
        (OperandKind::Number { tag: true }, OperandKind::Quoted(text))
            if text == "." && is_equality(operator) =>
        {
            compiler.steps[right].action =
                Action::Constant(Constant::Number(super::value::MISSING));
            numbers(compiler, operator, left, right)
        }
        (OperandKind::Quoted(text), OperandKind::Number { tag: true })
            if text == "." && is_equality(operator) =>
        {
            compiler.steps[left].action = Action::Constant(Constant::Number(super::value::MISSING));
            numbers(compiler, operator, left, right)
        }
        (
            OperandKind::Number { .. } | OperandKind::Outcome,
            OperandKind::Number { .. } | OperandKind::Outcome,
        ) => numbers(compiler, operator, left, right),
        (
            OperandKind::Text { .. } | OperandKind::Quoted(_),
            OperandKind::Text { .. } | OperandKind::Quoted(_),
        ) => texts(compiler, operator, left, right),
        (_, right) if is_search(operator) && !matches!(right, OperandKind::Quoted(_)) => {
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

fn outcome(action: Action, mask: Option<super::program::Mask>) -> Compiled {
    (action, OperandKind::Outcome, mask)
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
    Ok(outcome(Action::Identifier(test), None))
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
    Ok(outcome(Action::Filter { names, relation }, None))
}

fn variant_types(
    compiler: &mut Compiler<'_>,
    operator: Operator,
    left: usize,
    right: usize,
    text: &str,
) -> Result<Compiled, Failure> {
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
    compiler.steps[left].action = Action::Load(Load::VariantTypes);
    compiler.steps[right].action = Action::Constant(Constant::Number(f64::from(bit)));
    match operator {
        Operator::Equal | Operator::NotEqual => numbers(compiler, operator, left, right),
        Operator::Matches | Operator::NotMatches => {
            let set = operator == Operator::Matches;
            Ok(outcome(Action::TypeBit { bit, set }, None))
        }
        _ => invalid("TYPE can be compared with =, !=, ~ and !~ only"),
    }
}

/// The named kind of genotype that a text stands for.
fn label(text: &str) -> Option<GenotypeLabel> {
    let find = |set, labels: &[&'static str]| {
        let label = labels
            .iter()
            .find(|label| label.eq_ignore_ascii_case(text))?;
        Some(GenotypeLabel { set, label })
    };
    match text {
        "aA" | "Aa" => Some(GenotypeLabel {
            set: LabelSet::Alleles,
            label: "aA",
        }),
        _ if text.eq_ignore_ascii_case("ar") => Some(GenotypeLabel {
            set: LabelSet::Alleles,
            label: "ra",
        }),
        _ => find(LabelSet::Zygosity, &["hom", "het", "hap"])
            .or_else(|| find(LabelSet::Reference, &["mis", "ref", "alt"]))
            .or_else(|| find(LabelSet::Alleles, &["rr", "ra", "aa", "a", "r"])),
    }
}

fn genotype(
    compiler: &mut Compiler<'_>,
    operator: Operator,
    genotype: usize,
    quoted: usize,
    text: &str,
) -> Result<Compiled, Failure> {
    let mask = compiler.operands[genotype].mask.clone();
    let label = label(text);
    match (operator, label) {
        (Operator::Equal | Operator::NotEqual, Some(kind)) if mask.is_some() => {
            let equal = operator == Operator::Equal;
            return Ok(outcome(Action::Genotype { kind, equal }, mask));
        }
        (Operator::Equal | Operator::NotEqual | Operator::Matches | Operator::NotMatches, _) => {}
        _ => return invalid("GT can be compared with =, !=, ~ and !~ only"),
    }
    compiler.steps[genotype].action = Action::Load(match label {
        Some(kind) => Load::GenotypeLabels(kind.set),
        None => Load::GenotypeText,
    });
    if let Some(kind) = label {
        compiler.operands[quoted].kind = OperandKind::Quoted(kind.label.to_owned());
        compiler.steps[quoted].action =
            Action::Constant(Constant::Text(kind.label.as_bytes().to_vec()));
    }
    texts(compiler, operator, genotype, quoted)
}

fn numbers(
    compiler: &Compiler<'_>,
    operator: Operator,
    left: usize,
    right: usize,
) -> Result<Compiled, Failure> {
    if matches!(operator, Operator::Matches | Operator::NotMatches) {
        return invalid("~ and !~ search texts; compare numbers with =, != , <, <=, > and >=");
    }
    let mask = match (
        &compiler.operands[left].mask,
        &compiler.operands[right].mask,
    ) {
        // Only samples of both sides are compared.
        (Some(left), Some(right)) => Some(left.iter().zip(right).map(|(a, b)| *a && *b).collect()),
        (Some(mask), None) | (None, Some(mask)) => Some(mask.clone()),
        (None, None) => None,
    };
    // In bcftools the right side's own choice by genotype counts only if the left side is per sample too.
    let left_by_genotype = by_genotype(&compiler.steps[left]);
    let both = compiler.operands[left].mask.is_some() && compiler.operands[right].mask.is_some();
    let by_genotype = left_by_genotype || (both && by_genotype(&compiler.steps[right]));
    Ok(outcome(
        Action::Compare {
            operator,
            left,
            right,
            by_genotype,
        },
        mask,
    ))
}

fn texts(
    compiler: &mut Compiler<'_>,
    operator: Operator,
    left: usize,
    right: usize,
) -> Result<Compiled, Failure> {
    let (left_mask, right_mask) = (
        &compiler.operands[left].mask,
        &compiler.operands[right].mask,
    );
    if left_mask.is_some() && right_mask.is_some() {
        return declined("texts of samples are not compared with each other");
    }
    let mask = left_mask.clone().or_else(|| right_mask.clone());
    match operator {
        // bcftools takes < and its relatives for equality without missing values.
        Operator::Equal
        | Operator::NotEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Greater
        | Operator::GreaterOrEqual => Ok(outcome(
            Action::CompareText {
                operator,
                left,
                right,
            },
            mask,
        )),
        Operator::Matches | Operator::NotMatches => {
            let OperandKind::Quoted(text) = &compiler.operands[right].kind else {
                return invalid("the pattern of ~ and !~ is a text in quotes on the right side");
            };
            let matches = operator == Operator::Matches;
            let action = Action::Search {
                pattern: pattern(text)?,
                matches,
                text: left,
                right,
            };
            Ok(outcome(action, mask))
        }
        _ => declined("texts are compared with =, !=, ~ and !~ only"),
    }
}
