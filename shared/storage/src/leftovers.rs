//! Taking back what an attempt wrote that did not end well.

use aws_sdk_s3::types::EncodingType;

use crate::{StorageError, Store, names::Names, versions::Pages};

impl Store {
    /// Gives up all uploads of a key that are still open.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn abort_uploads_of(&self, bucket: &str, key: &str) -> Result<(), StorageError> {
        let open = self
            .client
            .list_multipart_uploads()
            .bucket(bucket)
            .prefix(key)
            .encoding_type(EncodingType::Url)
            .send()
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        let names = Names::of(open.encoding_type());
        for upload in open.uploads() {
            if let (true, Some(id)) = (names.read(upload.key()) == key, upload.upload_id()) {
                self.abort_upload(bucket, key, id).await?;
            }
        }
        Ok(())
    }

    /// Destroys every version of a key.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn destroy_key(&self, bucket: &str, key: &str) -> Result<(), StorageError> {
        let mut ids = Vec::new();
        self.version_pages(bucket, key, |page, names| {
            let versions = page.versions().iter().map(|v| (v.key(), v.version_id()));
            let markers = page.delete_markers().iter();
            let markers = markers.map(|m| (m.key(), m.version_id()));
            ids.extend(
                versions
                    .chain(markers)
                    .filter(|(found, _)| names.read(*found) == key)
                    .map(|(_, id)| id.unwrap_or("null").to_owned()),
            );
            Pages::More
        })
        .await?;
        for id in ids {
            self.client
                .delete_object()
                .bucket(bucket)
                .key(key)
                .version_id(id)
                .send()
                .await
                .map_err(|error| StorageError::from_sdk(key, error))?;
        }
        Ok(())
    }
}
