//! Making and removing a project's bucket: versioned, encrypted by the store (SSE-S3), private, over TLS only,
//! without the parts of abandoned uploads, and telling of its changes.

use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, EncodingType,
    ObjectOwnership, OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule, VersioningConfiguration,
};

use crate::{Refusal, StorageError, Store, bucket_policy::partition};

impl Store {
    /// Makes a bucket and sets it up. If it cannot be set up it is removed again.
    ///
    /// # Errors
    /// If the store refuses, for instance because a bucket of this name exists.
    pub async fn make_bucket(&self, bucket: &str) -> Result<(), StorageError> {
        self.create(bucket).await?;
        let Err(error) = self.set_up(bucket).await else {
            return Ok(());
        };
        if let Err(left) = self.remove_bucket(bucket).await {
            tracing::warn!(bucket, %left, "a bucket that could not be set up is left behind");
        }
        Err(error)
    }

    /// As [`Self::make_bucket`], or sets up the bucket that exists.
    ///
    /// # Errors
    /// If the store refuses.
    pub async fn ensure_bucket(&self, bucket: &str) -> Result<(), StorageError> {
        match self.create(bucket).await {
            Err(error) if !error.is_refused(Refusal::BucketExists) => return Err(error),
            _ => {}
        }
        self.set_up(bucket).await
    }

    /// Removes an empty bucket. Removing one that does not exist succeeds.
    ///
    /// # Errors
    /// If it is not empty, or the store refuses.
    pub async fn remove_bucket(&self, bucket: &str) -> Result<(), StorageError> {
        // Asked first: some stores remove a bucket with all that is in it.
        self.is_empty(bucket).await?;
        let removed = self.client.delete_bucket().bucket(bucket).send().await;
        match removed.map_err(|error| StorageError::from_sdk(bucket, error)) {
            Ok(_) | Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) if error.is_refused(Refusal::NoSuchBucket) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// # Errors
    /// If the bucket has a version or a delete marker.
    async fn is_empty(&self, bucket: &str) -> Result<(), StorageError> {
        let listed = self
            .client
            .list_object_versions()
            .bucket(bucket)
            .max_keys(1)
            .encoding_type(EncodingType::Url)
            .send()
            .await;
        match listed.map_err(|error| StorageError::from_sdk(bucket, error)) {
            Ok(page) if page.versions().is_empty() && page.delete_markers().is_empty() => Ok(()),
            Ok(_) => Err(StorageError::Refused {
                code: Refusal::Other("BucketNotEmpty".to_owned()),
                message: format!("the bucket {bucket} is not empty"),
            }),
            Err(StorageError::NotFound { .. }) => Ok(()),
            Err(error) if error.is_refused(Refusal::NoSuchBucket) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn create(&self, bucket: &str) -> Result<(), StorageError> {
        // us-east-1 is the one region that must not be named.
        let region = self.region();
        let place = (region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(region))
                .build()
        });
        self.client
            .create_bucket()
            .bucket(bucket)
            .set_create_bucket_configuration(place)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(())
    }

    fn region(&self) -> &str {
        self.client
            .config()
            .region()
            .map_or("us-east-1", AsRef::as_ref)
    }

    pub(crate) fn partition(&self) -> &'static str {
        partition(self.region())
    }

    async fn set_up(&self, bucket: &str) -> Result<(), StorageError> {
        self.client
            .put_bucket_versioning()
            .bucket(bucket)
            .versioning_configuration(
                VersioningConfiguration::builder()
                    .status(BucketVersioningStatus::Enabled)
                    .build(),
            )
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        for (what, done) in [
            ("encryption by default", self.encrypt(bucket).await),
            (
                "a block of public access",
                self.block_public_access(bucket).await,
            ),
            (
                "an owner of all objects",
                self.own_all_objects(bucket).await,
            ),
            ("rules for old uploads", self.set_lifecycle(bucket).await),
        ] {
            match done {
                // Some stores that speak S3 have nothing of the kind; S3 has all of it.
                Err(error) if error.is_refused(Refusal::NotImplemented) => {
                    tracing::warn!(bucket, what, "the store has nothing of the kind");
                }
                done => done?,
            }
        }
        self.insist_on_tls(bucket).await?;
        match self.ensure_browsers(bucket).await {
            Ok(()) => {}
            // Files are sent from the command line then.
            Err(StorageError::Refused { code, message }) => {
                tracing::warn!(bucket, %code, message, "the bucket will take no files from pages");
            }
            Err(error) => return Err(error),
        }
        match self.ensure_events(bucket).await {
            Ok(_) => Ok(()),
            // Some stores that speak S3 have no events. Files are indexed on request then.
            Err(StorageError::Refused { code, message }) => {
                tracing::warn!(bucket, %code, message, "the bucket will not tell of its changes");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn encrypt(&self, bucket: &str) -> Result<(), StorageError> {
        let by_default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(ServerSideEncryption::Aes256)
            .build()?;
        let configuration = ServerSideEncryptionConfiguration::builder()
            .rules(
                ServerSideEncryptionRule::builder()
                    .apply_server_side_encryption_by_default(by_default)
                    .build(),
            )
            .build()?;
        self.client
            .put_bucket_encryption()
            .bucket(bucket)
            .server_side_encryption_configuration(configuration)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(())
    }

    async fn block_public_access(&self, bucket: &str) -> Result<(), StorageError> {
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .block_public_policy(true)
            .ignore_public_acls(true)
            .restrict_public_buckets(true)
            .build();
        self.client
            .put_public_access_block()
            .bucket(bucket)
            .public_access_block_configuration(block)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(())
    }

    async fn own_all_objects(&self, bucket: &str) -> Result<(), StorageError> {
        let owner = OwnershipControlsRule::builder()
            .object_ownership(ObjectOwnership::BucketOwnerEnforced)
            .build()?;
        let ownership = OwnershipControls::builder().rules(owner).build()?;
        self.client
            .put_bucket_ownership_controls()
            .bucket(bucket)
            .ownership_controls(ownership)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(bucket, error))?;
        Ok(())
    }
}
