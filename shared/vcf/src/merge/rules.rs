//! The options of `bcftools merge` 1.24 that say how records are merged.

use super::missing::MissingRules;
use super::operation;
use super::pairing::Likeness;
use crate::error::Error;
use crate::header::Header;
use crate::spelling::{self, Spelling};

/// How records are merged. The default is that of bcftools.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// `-m`
    pub pairing: Pairing,
    /// `-0`
    pub absent: Absent,
    /// `-F`
    pub filters: FilterLogic,
    /// `-i`
    pub info: InfoRules,
    /// `-M`
    pub missing: MissingRules,
    /// `-g`
    pub blocks: Blocks,
    /// `concat -d`, for records of the same samples.
    pub repeats: Repeats,
    /// `--on-conflict`, which bcftools does not have.
    pub conflicts: OnConflict,
}

impl Rules {
    /// Those of bcftools.
    pub const DEFAULT: Self = Self {
        pairing: Pairing::Both,
        absent: Absent::Missing,
        filters: FilterLogic::Add,
        info: InfoRules::Default,
        missing: MissingRules::Default,
        blocks: Blocks::AsRecords,
        repeats: Repeats::Kept,
        conflicts: OnConflict::Error,
    };

    /// Whether the rules fit what a merged header declares.
    ///
    /// # Errors
    /// If bcftools would refuse one, or one is declined.
    pub fn check(&self, header: &Header) -> Result<(), Error> {
        operation::rules(header, self)?;
        self.missing.fillings(header, self.blocks)?;
        Ok(())
    }

    /// The options of `bcftools merge` that say the same, those that are its defaults left out. It has none for
    /// conflicts.
    #[must_use]
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if self.pairing != Pairing::Both {
            arguments.push(format!("--merge={}", self.pairing.as_str()));
        }
        if self.absent == Absent::Reference {
            arguments.push("--missing-to-ref".to_owned());
        }
        if self.filters == FilterLogic::PassWins {
            arguments.push("--filter-logic=x".to_owned());
        }
        match &self.info {
            InfoRules::Default => {}
            InfoRules::First => arguments.push("--info-rules=-".to_owned()),
            InfoRules::Given(rules) => {
                let rules = operation::spell(rules.iter().map(|(tag, how)| (&**tag, *how)));
                arguments.push(format!("--info-rules={rules}"));
            }
        }
        arguments.extend(self.missing.argument());
        if self.blocks == Blocks::Merged {
            arguments.push("--gvcf=-".to_owned());
        }
        arguments
    }
}

/// What is done where files contradict each other: different genotypes of one sample at one site, different values
/// where there are no genotypes, or different REF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum OnConflict {
    /// The query ends with an error that names files, site and sample.
    #[default]
    Error,
    /// What the file says that comes first among the inputs is in the result.
    First,
    /// What they contradict each other in is missing in the result; of different REF that of the first file stands.
    Missing,
    /// Both records are in the result, one behind the other. Samples that only one of them has are missing in the other.
    KeepBoth,
    /// Nothing is compared, and repeated records stay: what `bcftools merge` and `concat` do.
    Unchecked,
}

impl OnConflict {
    const SPELLING: &Spelling<Self> = &[
        ("error", Self::Error),
        ("first", Self::First),
        ("missing", Self::Missing),
        ("keep-both", Self::KeepBoth),
        ("unchecked", Self::Unchecked),
    ];

    /// The policy of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        spelling::parse(Self::SPELLING, name)
    }

    /// Its name on command lines and in headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        spelling::print(Self::SPELLING, self)
    }
}

/// Which records of one position become one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pairing {
    /// SNPs with SNPs and indels with indels.
    #[default]
    Both,
    /// Records that share an allele.
    None,
    /// SNPs with SNPs.
    Snps,
    /// Indels with indels.
    Indels,
    /// SNPs with SNPs, insertions with insertions, deletions with deletions.
    SnpInsDel,
    /// Any.
    All,
    /// Records of one ID.
    Id,
    /// Records with the same alleles.
    Exact,
}

/// The genotype of samples whose file has no record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Absent {
    /// `./.`
    #[default]
    Missing,
    /// `0/0`
    Reference,
}

/// What becomes of records that several files with the same samples have, where files are not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeats {
    /// They stay.
    #[default]
    Kept,
    /// Of those that are alike the record of the first file stays.
    First(Likeness),
}

/// What becomes of the blocks of reference bases in gVCF files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Blocks {
    /// They are records like others, until one stands beside other records of its file.
    #[default]
    AsRecords,
    /// They are cut where blocks or variants of other files begin or end.
    Merged,
}

/// What becomes of FILTER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FilterLogic {
    /// All filters together.
    #[default]
    Add,
    /// PASS if one file has it.
    PassWins,
}

/// What becomes of INFO tags that several files have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum InfoRules {
    /// DP and DP4 are summed, without samples AC and AN too.
    #[default]
    Default,
    /// The value of the first file is taken (`-i -`).
    First,
    /// By tag.
    Given(Vec<(String, Operation)>),
}

/// How the values of one INFO tag become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Their sum; a missing value counts as 0.
    Sum,
    /// Their average; a missing value counts as 0.
    Average,
    /// The least.
    Least,
    /// The greatest.
    Greatest,
    /// All values in the order of the files.
    Join,
}

impl Pairing {
    /// In the order in which bcftools tries them.
    const SPELLING: &Spelling<Self> = &[
        ("snp-ins-del", Self::SnpInsDel),
        ("snps", Self::Snps),
        ("indels", Self::Indels),
        ("id", Self::Id),
        ("all", Self::All),
        ("any", Self::All),
        ("both", Self::Both),
        ("none", Self::None),
        ("exact", Self::Exact),
    ];

    /// From the value of `-m`, which may be the beginning of a name. `None` if it is no name, or one with
    /// a star, which is for bcftools to decide.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_suffix(',').unwrap_or(text);
        let mut names = Self::SPELLING.iter();
        let named = names.find(|(name, _)| name.starts_with(text))?;
        (!text.is_empty()).then_some(named.1)
    }

    fn as_str(self) -> &'static str {
        spelling::print(Self::SPELLING, self)
    }

    pub(super) fn snps(self) -> bool {
        matches!(self, Self::Both | Self::Snps | Self::SnpInsDel)
    }

    pub(super) fn indels(self) -> bool {
        matches!(self, Self::Both | Self::Indels)
    }

    pub(super) fn is_strict(self) -> bool {
        matches!(self, Self::None | Self::Exact | Self::Id)
    }
}

impl Operation {
    const SPELLING: &Spelling<Self> = &[
        ("sum", Self::Sum),
        ("avg", Self::Average),
        ("min", Self::Least),
        ("max", Self::Greatest),
        ("join", Self::Join),
    ];

    pub(super) fn as_str(self) -> &'static str {
        spelling::print(Self::SPELLING, self)
    }
}

impl InfoRules {
    /// From the value of `-i`: `-`, or `TAG:operation` separated by commas.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text == "-" {
            return Some(Self::First);
        }
        let rule = |item: &str| {
            let (tag, operation) = item.split_once(':')?;
            let operation = operation.to_ascii_lowercase();
            let operation = spelling::parse(Operation::SPELLING, &operation)?;
            Some((tag.to_owned(), operation))
        };
        text.split(',')
            .map(rule)
            .collect::<Option<_>>()
            .map(Self::Given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_say_what_is_not_the_default() {
        assert!(Rules::DEFAULT.arguments().is_empty());
        let rules = Rules {
            pairing: Pairing::SnpInsDel,
            absent: Absent::Reference,
            filters: FilterLogic::PassWins,
            info: InfoRules::parse("DP:SUM,AF:avg,X:join,MIN:min,MAX:max").unwrap(),
            missing: MissingRules::parse("PL:MAX,AD:0,X:.").unwrap(),
            blocks: Blocks::Merged,
            repeats: Repeats::Kept,
            conflicts: OnConflict::First,
        };
        let expected = "--merge=snp-ins-del --missing-to-ref --filter-logic=x \
                        --info-rules=DP:sum,AF:avg,X:join,MIN:min,MAX:max \
                        --missing-rules=PL:max,AD:0,X:. --gvcf=-";
        assert_eq!(rules.arguments().join(" "), expected);
        let none = Rules {
            info: InfoRules::First,
            ..Rules::DEFAULT
        };
        assert_eq!(none.arguments(), ["--info-rules=-"]);
    }
}
