//! Which versions of a file have had their time.

use std::{cmp::Reverse, collections::HashSet};

use chrono::{DateTime, Utc};
use divbase_storage::{StoredVersion, VersionKind};

/// What is to be done with one key.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict<'a> {
    pub(super) destroy: Vec<&'a StoredVersion>,
    pub(super) markers: Vec<&'a StoredVersion>,
    /// Protected versions stay below: the key has to stay hidden.
    pub(super) hide: bool,
}

/// Judges a file by all its versions; nothing is done unless it was deleted before the cut-off.
pub(super) fn judge<'a>(
    versions: &'a [StoredVersion],
    cutoff: DateTime<Utc>,
    protected: &HashSet<(String, String)>,
) -> Verdict<'a> {
    let deleted = versions.iter().any(|version| {
        version.is_latest && version.kind == VersionKind::Marker && version.last_modified < cutoff
    });
    if !deleted {
        return Verdict::default();
    }
    let (data, markers): (Vec<_>, Vec<_>) = versions
        .iter()
        .partition(|version| version.kind == VersionKind::Data);
    let (kept, destroy): (Vec<_>, Vec<_>) = data.into_iter().partition(|version| {
        protected.contains(&(version.key.clone(), version.version_id.clone()))
    });
    if destroy.is_empty() && !kept.is_empty() {
        return Verdict::default();
    }
    Verdict {
        destroy,
        markers,
        hide: !kept.is_empty(),
    }
}

/// Versions of a live file that a newer one replaced before the cut-off, protected ones left out.
pub(super) fn superseded<'a>(
    versions: &'a [StoredVersion],
    cutoff: DateTime<Utc>,
    protected: &HashSet<(String, String)>,
) -> Vec<&'a StoredVersion> {
    let is_live = |version: &&StoredVersion| version.is_latest && version.kind == VersionKind::Data;
    if versions.iter().find(is_live).is_none() {
        return Vec::new();
    }
    let mut newest_first: Vec<&StoredVersion> = versions.iter().collect();
    // Of one second, the store's order holds, which is newest first.
    newest_first.sort_by_key(|version| (!version.is_latest, Reverse(version.last_modified)));
    let pairs = newest_first.windows(2).filter_map(|pair| match pair {
        [newer, older] if newer.last_modified < cutoff => Some(*older),
        _ => None,
    });
    pairs
        .filter(|older| older.kind == VersionKind::Data)
        .filter(|older| !protected.contains(&(older.key.clone(), older.version_id.clone())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn version(id: &str, days_old: i64, kind: VersionKind, is_latest: bool) -> StoredVersion {
        StoredVersion {
            key: "a.vcf.gz".to_owned(),
            version_id: id.to_owned(),
            size: 1,
            last_modified: Utc::now() - TimeDelta::days(days_old),
            is_latest,
            kind,
        }
    }

    fn verdict(versions: &[StoredVersion], protected: &[&str]) -> (Vec<String>, usize, bool) {
        let protected = protected
            .iter()
            .map(|id| ("a.vcf.gz".to_owned(), (*id).to_owned()))
            .collect();
        let verdict = judge(versions, Utc::now() - TimeDelta::days(30), &protected);
        let ids = verdict.destroy.iter().map(|v| v.version_id.clone());
        (ids.collect(), verdict.markers.len(), verdict.hide)
    }

    #[test]
    fn live_and_freshly_deleted_files_are_left_alone() {
        use VersionKind::{Data, Marker};
        let live = [
            version("2", 40, Data, true),
            version("m", 50, Marker, false),
            version("1", 60, Data, false),
        ];
        assert_eq!(verdict(&live, &[]), (vec![], 0, false));
        let fresh = [
            version("m", 29, Marker, true),
            version("1", 60, Data, false),
        ];
        assert_eq!(verdict(&fresh, &[]), (vec![], 0, false));
    }

    #[test]
    fn protected_versions_stay_and_stay_hidden() {
        use VersionKind::{Data, Marker};
        let deleted = [
            version("m", 31, Marker, true),
            version("2", 40, Data, false),
            version("1", 60, Data, false),
        ];
        let text = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(verdict(&deleted, &[]), (text(&["2", "1"]), 1, false));
        assert_eq!(verdict(&deleted, &["1"]), (text(&["2"]), 1, true));
        assert_eq!(verdict(&deleted, &["1", "2"]), (vec![], 0, false));
    }

    #[test]
    fn a_replaced_version_goes_so_long_after_it_was_replaced() {
        use VersionKind::{Data, Marker};
        let versions = [
            version("4", 1, Data, true),
            version("3", 40, Data, false),
            version("2", 50, Data, false),
            version("m", 55, Marker, false),
            version("1", 60, Data, false),
        ];
        let replaced = |protected: &[&str]| -> Vec<String> {
            let protected = protected
                .iter()
                .map(|id| ("a.vcf.gz".to_owned(), (*id).to_owned()))
                .collect();
            let found = superseded(&versions, Utc::now() - TimeDelta::days(30), &protected);
            found.iter().map(|v| v.version_id.clone()).collect()
        };
        // The third was what counts until yesterday.
        assert_eq!(replaced(&[]), ["2", "1"]);
        assert_eq!(replaced(&["2"]), ["1"]);
        let deleted = [
            version("m", 40, Marker, true),
            version("1", 60, Data, false),
        ];
        assert!(superseded(&deleted, Utc::now(), &HashSet::new()).is_empty());
    }
}
