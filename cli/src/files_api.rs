//! The file routes of the API: listings in full, requests in the batches that the server takes.

use divbase_contract::{
    file_versions::{DeletedFile, FileInfo, Restored},
    files::{
        Checksum, Delimiter, DownloadRequest, DownloadUrl, FileEntry, IndexFormat, IndexedUrl,
        ListRequest, ListResponse, UploadRequest, UploadUrl,
    },
    limits::BATCH_MAX,
    multipart::OpenUploads,
    names::ListPrefix,
};
use reqwest::Method;
use serde::de::DeserializeOwned;

use crate::{
    app::ProjectApi,
    failure::{Failure, Outcome},
    http::api::Call,
};

/// How deep a listing goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Files at this level, and folders.
    OneLevel,
    /// All files, no folders.
    Everything,
}

/// A whole listing.
#[derive(Debug, Default)]
pub struct Listing {
    /// Files in key order.
    pub files: Vec<FileEntry>,
    /// Folders, ending in `/`.
    pub folders: Vec<String>,
}

impl ProjectApi {
    fn call(&self, method: Method, path: &[&str]) -> Call {
        let path: Vec<&str> = std::iter::once("s3").chain(path.iter().copied()).collect();
        Call::new(method, &path).query("project_name", &self.project)
    }

    /// Everything whose key begins with `prefix`.
    ///
    /// # Errors
    /// If the prefix is not allowed, or what the server says.
    pub async fn list(&self, prefix: Option<&str>, depth: Depth) -> Outcome<Listing> {
        let mut request = ListRequest {
            prefix: match prefix {
                Some(prefix) if !prefix.is_empty() => Some(
                    ListPrefix::try_from(prefix.to_owned())
                        .map_err(|error| Failure::Refused(format!("{error}.")))?,
                ),
                _ => None,
            },
            delimiter: (depth == Depth::OneLevel).then_some(Delimiter::Slash),
            next_token: None,
        };
        let mut all = Listing::default();
        loop {
            let call = self.call(Method::POST, &["list"]).json(&request)?;
            let page: ListResponse = self.api.call(call).await?;
            all.files.extend(page.files);
            all.folders.extend(page.folders);
            request.next_token =
                Failure::checked_some("the server's `next_token`", page.next_token)?;
            if request.next_token.is_none() {
                return Ok(all);
            }
        }
    }

    /// Soft-deleted files whose key begins with `prefix`.
    ///
    /// # Errors
    /// What the server says.
    pub async fn list_deleted(&self, prefix: Option<&str>) -> Outcome<Vec<DeletedFile>> {
        let body = serde_json::json!({ "prefix": prefix });
        self.post(&["list", "soft-deleted"], &body).await
    }

    /// Versions of one file.
    ///
    /// # Errors
    /// What the server says; an unknown file is a 404.
    pub async fn info(&self, key: &str) -> Outcome<FileInfo> {
        self.api
            .call(self.call(Method::GET, &["info"]).query("object_name", key))
            .await
    }

    /// The addresses of a VCF or BCF file and of its index.
    ///
    /// # Errors
    /// What the server says; a file that is not indexed is a 404.
    pub async fn indexed_url(
        &self,
        key: &str,
        version_id: Option<&str>,
        format: IndexFormat,
    ) -> Outcome<IndexedUrl> {
        let call = self
            .call(Method::GET, &["indexed-url"])
            .query("object_name", key)
            .query_some(
                "index_format",
                (format == IndexFormat::Tbi).then_some("tbi"),
            )
            .query_some("version_id", version_id);
        self.api.call(call).await
    }

    /// Pre-signed URLs for at most [`BATCH_MAX`] downloads, in the order of the request.
    ///
    /// # Errors
    /// What the server says.
    pub async fn download_urls(&self, wanted: &[DownloadRequest]) -> Outcome<Vec<DownloadUrl>> {
        self.post(&["download"], wanted).await
    }

    /// Pre-signed URLs for at most [`BATCH_MAX`] uploads of one part.
    ///
    /// # Errors
    /// What the server says.
    pub async fn upload_urls(&self, wanted: &[UploadRequest]) -> Outcome<Vec<UploadUrl>> {
        self.post(&["upload", "single-part"], wanted).await
    }

    /// Uploads in parts that are open: our own, or everybody's for whoever may delete files.
    ///
    /// # Errors
    /// What the server says.
    pub async fn open_uploads(&self) -> Outcome<OpenUploads> {
        let call = self.call(Method::GET, &["upload", "multi-part"]);
        self.api.call(call).await
    }

    /// Checksums of those of the files that exist, any number.
    ///
    /// # Errors
    /// What the server says.
    pub async fn checksums(&self, keys: &[String]) -> Outcome<Vec<Checksum>> {
        let mut all = Vec::new();
        for batch in keys.chunks(BATCH_MAX) {
            all.extend(self.post::<Vec<Checksum>>(&["checksums"], batch).await?);
        }
        Ok(all)
    }

    /// Soft-deletes any number of files; answers with their names.
    ///
    /// # Errors
    /// What the server says.
    pub async fn delete(&self, keys: &[String]) -> Outcome<Vec<String>> {
        let mut all = Vec::new();
        for batch in keys.chunks(BATCH_MAX) {
            // The route ends in a slash: an empty last segment.
            all.extend(self.delete_at::<Vec<String>>(&[""], batch).await?);
        }
        Ok(all)
    }

    /// Brings any number of soft-deleted files back.
    ///
    /// # Errors
    /// What the server says.
    pub async fn restore(&self, keys: &[String]) -> Outcome<Restored> {
        let mut all = Restored::default();
        for batch in keys.chunks(BATCH_MAX) {
            let page: Restored = self.post(&["restore"], batch).await?;
            all.restored.extend(page.restored);
            all.not_restored.extend(page.not_restored);
        }
        Ok(all)
    }

    /// Posts a body to a file route.
    ///
    /// # Errors
    /// What the server says.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &(impl serde::Serialize + ?Sized),
    ) -> Outcome<T> {
        self.api
            .call(self.call(Method::POST, path).json(body)?)
            .await
    }

    /// Deletes at a file route, with a body.
    ///
    /// # Errors
    /// What the server says.
    pub async fn delete_at<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &(impl serde::Serialize + ?Sized),
    ) -> Outcome<T> {
        self.api
            .call(self.call(Method::DELETE, path).json(body)?)
            .await
    }
}
