//! What an update has to do: compares the bucket with the index.

use std::collections::{BTreeMap, BTreeSet};

use divbase_contract::vcf_keys::{is_result, is_vcf};
use divbase_db::VersionName;
use divbase_storage::CurrentObject;

/// What an update has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Files that are new or changed.
    pub(crate) to_index: Vec<CurrentObject>,
    /// Results of queries that are not recorded as such yet.
    pub(crate) results: Vec<CurrentObject>,
    /// Keys that left the bucket.
    pub(crate) gone: Vec<String>,
    /// VCF files in the bucket, results not counted.
    pub(crate) files: usize,
}

impl Plan {
    /// Whether the index says what the bucket holds, but for files that are left to be indexed.
    pub(crate) fn is_done(&self, left: &[CurrentObject]) -> bool {
        let is_left = |object| left.contains(object);
        self.results.is_empty() && self.gone.is_empty() && self.to_index.iter().all(is_left)
    }
}

/// Compares the bucket with the index.
pub(crate) fn plan(bucket: &[CurrentObject], tracked: &[VersionName]) -> Plan {
    let tracked: BTreeMap<&str, &str> = tracked
        .iter()
        .map(|row| (row.object_key.as_str(), row.version_id.as_str()))
        .collect();
    let present: BTreeSet<&str> = bucket
        .iter()
        .map(|object| object.key.as_str())
        .filter(|key| is_vcf(key))
        .collect();
    let changed = |object: &&CurrentObject| {
        is_vcf(&object.key) && tracked.get(object.key.as_str()) != Some(&object.version_id.as_str())
    };
    let (results, to_index) = bucket
        .iter()
        .filter(changed)
        .cloned()
        .partition(|object| is_result(&object.key));
    Plan {
        to_index,
        results,
        gone: tracked
            .keys()
            .filter(|key| !present.contains(*key))
            .map(ToString::to_string)
            .collect(),
        files: present.iter().filter(|key| !is_result(key)).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(key: &str, version: &str) -> CurrentObject {
        CurrentObject {
            key: key.to_owned(),
            version_id: version.to_owned(),
            etag: String::new(),
            size: 1,
        }
    }

    fn tracked(key: &str, version: &str) -> VersionName {
        VersionName {
            object_key: key.to_owned(),
            version_id: version.to_owned(),
        }
    }

    #[test]
    fn only_new_and_changed_files_are_indexed() {
        let bucket = [
            object("a.vcf.gz", "1"),
            object("b.vcf.gz", "2"),
            object("notes.txt", "1"),
            object("result_of_job_7.vcf.gz", "1"),
            object("result_of_job_x.vcf.gz", "1"),
        ];
        let index = [
            tracked("a.vcf.gz", "1"),
            tracked("b.vcf.gz", "1"),
            tracked("c.vcf.gz", "1"),
        ];
        let plan = plan(&bucket, &index);
        let keys = |objects: &[CurrentObject]| {
            objects
                .iter()
                .map(|object| object.key.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&plan.to_index), ["b.vcf.gz", "result_of_job_x.vcf.gz"]);
        assert_eq!(keys(&plan.results), ["result_of_job_7.vcf.gz"]);
        assert_eq!(plan.gone, ["c.vcf.gz"]);
        assert_eq!(plan.files, 3);
    }
}
