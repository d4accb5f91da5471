//! Looks into a bucket past the service.

use aws_sdk_s3::{
    Client,
    config::{Builder, RequestChecksumCalculation},
};

use crate::{TestResult, accounts::Project, installation::Installation};

/// The versions of an object, newest first; delete markers are not counted.
///
/// # Errors
/// If the store does not answer.
pub async fn versions(
    installation: &Installation,
    project: &Project,
    key: &str,
) -> TestResult<Vec<String>> {
    let listed = client(installation)
        .list_object_versions()
        .bucket(&project.bucket)
        .prefix(key)
        .send()
        .await?;
    Ok(listed
        .versions()
        .iter()
        .filter(|version| version.key() == Some(key))
        .filter_map(|version| version.version_id().map(str::to_owned))
        .collect())
}

/// Keys of all versions of objects whose keys begin so; delete markers are not counted.
///
/// # Errors
/// If the store does not answer.
pub async fn below(
    installation: &Installation,
    project: &Project,
    prefix: &str,
) -> TestResult<Vec<String>> {
    let listed = client(installation)
        .list_object_versions()
        .bucket(&project.bucket)
        .prefix(prefix)
        .send()
        .await?;
    let versions = listed.versions().iter();
    Ok(versions
        .filter_map(|version| version.key().map(str::to_owned))
        .collect())
}

/// Puts an object there.
///
/// # Errors
/// If the store refuses.
pub async fn put(
    installation: &Installation,
    project: &Project,
    key: &str,
    bytes: &[u8],
) -> TestResult {
    client(installation)
        .put_object()
        .bucket(&project.bucket)
        .key(key)
        .body(bytes.to_vec().into())
        .send()
        .await?;
    Ok(())
}

/// Destroys all versions of an object.
///
/// # Errors
/// If the store refuses.
pub async fn destroy(installation: &Installation, project: &Project, key: &str) -> TestResult {
    for version in versions(installation, project, key).await? {
        destroy_version(installation, project, key, &version).await?;
    }
    Ok(())
}

/// Destroys a version of an object.
///
/// # Errors
/// If the store refuses.
pub async fn destroy_version(
    installation: &Installation,
    project: &Project,
    key: &str,
    version: &str,
) -> TestResult {
    client(installation)
        .delete_object()
        .bucket(&project.bucket)
        .key(key)
        .version_id(version)
        .send()
        .await?;
    Ok(())
}

/// Keys of uploads that were begun and neither ended nor given up.
///
/// # Errors
/// If the store does not answer.
pub async fn open_uploads(
    installation: &Installation,
    project: &Project,
) -> TestResult<Vec<String>> {
    let listed = client(installation)
        .list_multipart_uploads()
        .bucket(&project.bucket)
        .send()
        .await?;
    Ok(listed
        .uploads()
        .iter()
        .filter_map(|upload| upload.key().map(str::to_owned))
        .collect())
}

/// Gives up all open uploads; tells how many there were.
///
/// # Errors
/// If the store does not answer.
pub async fn give_up_uploads(installation: &Installation, project: &Project) -> TestResult<usize> {
    let listed = client(installation)
        .list_multipart_uploads()
        .bucket(&project.bucket)
        .send()
        .await?;
    for upload in listed.uploads() {
        client(installation)
            .abort_multipart_upload()
            .bucket(&project.bucket)
            .set_key(upload.key().map(str::to_owned))
            .set_upload_id(upload.upload_id().map(str::to_owned))
            .send()
            .await?;
    }
    Ok(listed.uploads().len())
}

/// Parts that have come of the open uploads of a key.
///
/// # Errors
/// If the store does not answer.
pub async fn open_parts(
    installation: &Installation,
    project: &Project,
    key: &str,
) -> TestResult<usize> {
    let store = client(installation);
    let listed = store.list_multipart_uploads().bucket(&project.bucket);
    let listed = listed.send().await?;
    let mut parts = 0;
    for upload in listed.uploads().iter().filter(|one| one.key() == Some(key)) {
        let of_upload = store
            .list_parts()
            .bucket(&project.bucket)
            .key(key)
            .upload_id(upload.upload_id().unwrap_or_default())
            .send()
            .await?;
        parts += of_upload.parts().len();
    }
    Ok(parts)
}

/// The store, for what the other functions do not do.
#[must_use]
pub fn client(installation: &Installation) -> Client {
    let settings = Builder::from(&installation.sdk)
        .endpoint_url(&installation.surroundings.store)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .build();
    Client::from_conf(settings)
}
