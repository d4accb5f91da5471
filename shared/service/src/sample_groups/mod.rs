//! Sample groups in the service: which file has some, where they lie, when they are worth making and worth reading. The
//! engine's side is `divbase_vcf::groups`. A version of a file stays the truth: without its groups, or with faulty ones, the
//! file is read.

mod choose;
mod kept;
mod left_over;

use divbase_contract::{limits::SAMPLE_GROUPS_PREFIX, vcf_keys::is_vcf};
use divbase_storage::{StorageError, Store};
use sha2::{Digest, Sha256};

pub(crate) use choose::{Candidate, Choice, choose};
pub use kept::SampleGroups;
pub(crate) use left_over::{LeftOver, abort_old_uploads};

/// Object name of the sample groups of a version of a file: in a folder of the service, which users neither see nor write.
#[must_use]
pub fn name(key: &str, version_id: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(key);
    digest.update([0]);
    digest.update(version_id);
    format!("{SAMPLE_GROUPS_PREFIX}{}", hex::encode(digest.finalize()))
}

/// Whether an object of this name holds sample groups. They are derived, can be made again at any time, and are not counted
/// among what a project holds.
#[must_use]
pub fn is_name(key: &str) -> bool {
    key.starts_with(SAMPLE_GROUPS_PREFIX)
}

/// Destroys the sample groups of versions (keys and version ids) that are destroyed. What cannot be destroyed now is by the daily
/// clean-up.
pub async fn destroy(store: &Store, bucket: &str, versions: &[(&str, &str)]) {
    for (key, version_id) in versions {
        if !is_vcf(key) {
            continue;
        }
        if let Err(error) = store.destroy_key(bucket, &name(key, version_id)).await {
            tracing::warn!(key, %error, "the sample groups of a destroyed version are left to the daily clean-up");
        }
    }
}

/// Destroys what an attempt wrote under a name.
pub(crate) async fn take_back(store: &Store, bucket: &str, name: &str) -> Result<(), StorageError> {
    store.abort_uploads_of(bucket, name).await?;
    store.destroy_key(bucket, name).await
}

#[cfg(test)]
mod tests {
    use divbase_contract::vcf_keys::{is_reserved, is_written_by_service, task_of_written};

    use super::*;

    #[test]
    fn names_are_the_services_own_and_no_result() {
        let name = name("birds.vcf.gz", "v1");
        assert!(is_reserved(&name) && is_name(&name));
        assert!(!is_written_by_service(&name) && task_of_written(&name).is_none());
        assert_ne!(name, super::name("birds.vcf.gz", "v2"));
        assert!(!is_name("a/result_of_job_sample_groups/x"));
    }
}
