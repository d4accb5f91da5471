//! What the store does by itself with what lies in a bucket for long. It destroys no version: which ones are protected it
//! cannot know, so that is the clean-up's.

use aws_sdk_s3::{
    error::BuildError,
    types::{
        AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus,
        LifecycleRule, LifecycleRuleFilter, NoncurrentVersionTransition, TransitionStorageClass,
    },
};

use crate::{StorageError, Store};

/// Days after which the parts of an upload that was never completed are thrown away.
const ABANDONED_UPLOAD_DAYS: i32 = 7;

impl Store {
    /// Sets the rules of a bucket.
    pub(crate) async fn set_lifecycle(&self, bucket: &str) -> Result<(), StorageError> {
        let rules = rules(self.superseded_cold_days)?;
        let configuration = BucketLifecycleConfiguration::builder()
            .set_rules(Some(rules))
            .build()?;
        self.client
            .put_bucket_lifecycle_configuration()
            .bucket(bucket)
            .lifecycle_configuration(configuration)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(())
    }
}

fn rules(superseded_cold_days: Option<i32>) -> Result<Vec<LifecycleRule>, BuildError> {
    let rule = |id: &str| {
        LifecycleRule::builder()
            .id(id)
            .status(ExpirationStatus::Enabled)
            .filter(LifecycleRuleFilter::builder().prefix("").build())
    };
    let mut rules = vec![
        rule("abandoned-uploads")
            .abort_incomplete_multipart_upload(
                AbortIncompleteMultipartUpload::builder()
                    .days_after_initiation(ABANDONED_UPLOAD_DAYS)
                    .build(),
            )
            .build()?,
    ];
    if let Some(days) = superseded_cold_days {
        rules.push(
            rule("superseded-versions")
                .noncurrent_version_transitions(
                    NoncurrentVersionTransition::builder()
                        .noncurrent_days(days)
                        .storage_class(TransitionStorageClass::GlacierIr)
                        .build(),
                )
                .build()?,
        );
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn superseded_versions_move_only_where_it_is_said_and_nothing_expires() {
        assert_eq!(rules(None).unwrap().len(), 1);
        let both = rules(Some(90)).unwrap();
        let moves = both[1].noncurrent_version_transitions();
        assert_eq!(moves[0].noncurrent_days(), Some(90));
        assert_eq!(
            moves[0].storage_class(),
            Some(&TransitionStorageClass::GlacierIr)
        );
        for rule in both {
            assert!(rule.expiration().is_none() && rule.noncurrent_version_expiration().is_none());
        }
    }
}
