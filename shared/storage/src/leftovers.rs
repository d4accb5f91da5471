//! Taking back what an attempt wrote that did not end well.

use crate::{OpenUpload, StorageError, Store, versions::Pages};

impl Store {
    /// Gives up all uploads of a key that are still open.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn abort_uploads_of(&self, bucket: &str, key: &str) -> Result<(), StorageError> {
        let of_key = |upload: &OpenUpload| upload.key == key;
        let (open, _) = self.open_uploads(bucket, key, usize::MAX, of_key).await?;
        for upload in open {
            self.abort_upload(bucket, key, &upload.upload_id).await?;
        }
        Ok(())
    }

    /// Gives up all open uploads of keys that begin so, and destroys every version of such keys.
    ///
    /// # Errors
    /// If the store fails.
    #[tracing::instrument(name = "store", skip_all, fields(operation = "destroy_below"))]
    pub async fn destroy_below(&self, bucket: &str, prefix: &str) -> Result<(), StorageError> {
        let (open, _) = self
            .open_uploads(bucket, prefix, usize::MAX, |_| true)
            .await?;
        for upload in open {
            self.abort_upload(bucket, &upload.key, &upload.upload_id)
                .await?;
        }
        let mut list = self.version_list(bucket, prefix);
        while let Some(versions) = list.next().await? {
            self.destroy(bucket, &versions.iter().collect::<Vec<_>>())
                .await?;
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
