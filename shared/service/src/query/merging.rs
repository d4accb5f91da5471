//! The user's rules for records of files with different samples, from the words of the request.

use divbase_contract::{
    plan::{MergeMode, MergeRules, OnConflict},
    query::QueryOptions,
};
use divbase_vcf::merge::{self, Absent, Blocks, InfoRules, Pairing, Rules};

use crate::{Result, ServiceError};

/// As the engines take them.
///
/// # Errors
/// A user error if the rules for INFO are none.
pub(crate) fn rules(options: &QueryOptions) -> Result<Rules> {
    let info = match options.info_rules.as_deref() {
        None => InfoRules::Default,
        Some(text) => InfoRules::parse(text).ok_or_else(|| {
            ServiceError::user(format!("--info-rules {text} are no rules for INFO."))
        })?,
    };
    Ok(Rules {
        pairing: match options.merge_mode {
            MergeMode::Both => Pairing::Both,
            MergeMode::None => Pairing::None,
            MergeMode::Snps => Pairing::Snps,
            MergeMode::Indels => Pairing::Indels,
            MergeMode::SnpInsDel => Pairing::SnpInsDel,
            MergeMode::All => Pairing::All,
            MergeMode::Exact => Pairing::Exact,
            MergeMode::Id => Pairing::Id,
        },
        absent: if options.missing_to_ref {
            Absent::Reference
        } else {
            Absent::Missing
        },
        info,
        blocks: blocks(options),
        conflicts: conflicts(options.on_conflict),
        ..Rules::DEFAULT
    })
}

const fn blocks(options: &QueryOptions) -> Blocks {
    if options.gvcf {
        Blocks::Merged
    } else {
        Blocks::AsRecords
    }
}

/// A policy as the engine knows it.
pub(crate) const fn conflicts(policy: OnConflict) -> merge::OnConflict {
    match policy {
        OnConflict::Error => merge::OnConflict::Error,
        OnConflict::First => merge::OnConflict::First,
        OnConflict::Missing => merge::OnConflict::Missing,
        OnConflict::KeepBoth => merge::OnConflict::KeepBoth,
    }
}

/// As users read them.
pub(crate) fn told(options: &QueryOptions) -> MergeRules {
    MergeRules {
        merge_mode: options.merge_mode,
        info_rules: options
            .info_rules
            .as_deref()
            .map_or_else(|| merge::default_info_rules(blocks(options)), str::to_owned),
        missing_to_ref: options.missing_to_ref,
        gvcf: options.gvcf,
    }
}

/// The options that were given and change nothing, because no files are merged.
pub(crate) fn idle(options: &QueryOptions) -> Option<String> {
    let given = [
        (options.info_rules.is_some(), "--info-rules"),
        (options.merge_mode != MergeMode::default(), "--merge-mode"),
        (options.missing_to_ref, "--missing-to-ref"),
        (options.gvcf, "--gvcf"),
    ];
    let given = given.iter().filter(|(is_given, _)| *is_given);
    let given: Vec<&str> = given.map(|(_, option)| *option).collect();
    (!given.is_empty()).then(|| {
        format!(
            "No files with different samples are merged, so these options have no effect: {}.",
            given.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use divbase_contract::field;

    use super::*;

    #[test]
    fn what_the_request_allows_the_engines_take() {
        for text in ["-", "DP:sum", "DP:SUM,AF:Avg,1000G:join,A.B_c:min,X:max"] {
            let options = QueryOptions {
                info_rules: Some(text.parse().unwrap()),
                ..QueryOptions::default()
            };
            assert!(rules(&options).is_ok(), "{text}");
        }
        for text in [
            "DP",
            "DP:",
            ":sum",
            "DP:mean",
            "DP:sum,",
            "DP:sum,DP:max",
            "D P:sum",
            "DP=x:sum",
            "--",
        ] {
            let refused = text.parse::<field::InfoRules>().unwrap_err().to_string();
            assert!(
                refused.contains("sum, avg, min, max and join") || text.contains(' '),
                "{text}: {refused}"
            );
        }
    }

    #[test]
    fn what_changes_nothing_is_told() {
        assert_eq!(idle(&QueryOptions::default()), None);
        let options = QueryOptions {
            missing_to_ref: true,
            gvcf: true,
            merge_mode: MergeMode::All,
            ..QueryOptions::default()
        };
        let text = idle(&options).unwrap();
        assert!(
            text.contains("--merge-mode, --missing-to-ref, --gvcf"),
            "{text}"
        );
    }
}
