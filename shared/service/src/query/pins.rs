//! Which versions of which files a query is about: fixed once, so that what was asked is what runs.

use std::collections::BTreeMap;

use divbase_contract::{
    FailureClass,
    plan::PinnedInput,
    project_versions::VersionedFile,
    vcf_keys::{is_result, is_vcf},
};

use crate::{ServiceError, Services};

/// A project's files at one moment, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, PinnedInput>);

impl Snapshot {
    /// The newest version of every file of the bucket.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn newest(services: &Services, bucket: &str) -> Result<Self, ServiceError> {
        let objects = services.store.current_objects(bucket).await?;
        let pinned = objects.into_iter().map(|object| {
            let pin = PinnedInput {
                key: object.key.clone(),
                version_id: object.version_id,
                etag: object.etag,
                size_bytes: object.size,
            };
            (object.key, pin)
        });
        Ok(Self(pinned.collect()))
    }

    /// The files of a project version.
    ///
    /// # Errors
    /// A user error if the project has no such version, or it was deleted.
    pub async fn of_project_version(
        services: &Services,
        project_id: i64,
        name: &str,
    ) -> Result<Self, ServiceError> {
        let missing = |what: &str| ServiceError::Refused {
            class: FailureClass::ProjectVersionNotFound,
            message: format!("The project {what} version '{name}'. See 'divbase-cli version ls'."),
        };
        let (version, files) = services
            .db
            .project_version(project_id, name)
            .await?
            .ok_or_else(|| missing("has no"))?;
        if version.deleted_at.is_some() {
            return Err(missing("has deleted its"));
        }
        let files: BTreeMap<String, VersionedFile> =
            serde_json::from_value(files).map_err(|source| ServiceError::ProjectVersion {
                name: name.to_owned(),
                source,
            })?;
        let pinned = files.into_iter().map(|(key, file)| {
            let pin = PinnedInput {
                key: key.clone(),
                version_id: file.version_id,
                etag: file.etag,
                size_bytes: file.size,
            };
            (key, pin)
        });
        Ok(Self(pinned.collect()))
    }

    /// The newest files, or those of a project version if one is named.
    ///
    /// # Errors
    /// As the two above.
    pub async fn take(
        services: &Services,
        bucket: &str,
        project_id: i64,
        project_version: Option<&str>,
    ) -> Result<Self, ServiceError> {
        match project_version {
            Some(name) => Self::of_project_version(services, project_id, name).await,
            None => Self::newest(services, bucket).await,
        }
    }

    /// The VCF files among them, by key; results of queries are none.
    #[must_use]
    pub fn vcf_files(&self) -> Vec<PinnedInput> {
        self.0
            .values()
            .filter(|pin| is_vcf(&pin.key) && !is_result(&pin.key))
            .cloned()
            .collect()
    }

    /// The version of one file.
    #[must_use]
    pub fn version_of(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|pin| pin.version_id.as_str())
    }
}
