//! URLs with which a user transfers bytes without passing them through the service.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_s3::{Client, config::IdentityCache, presigning::PresigningConfig};

use crate::{StorageError, Store, url_sessions::rest};

/// A URL for one PUT and the headers that belong to its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedPut {
    /// PUT to it.
    pub url: String,
    /// Send exactly these.
    pub headers: BTreeMap<String, String>,
}

/// What the store compares the body of a PUT with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExpectedBody<'a> {
    /// Bytes; any number if it is absent.
    pub length: Option<u64>,
    /// MD5 in base64.
    pub md5: Option<&'a str>,
    /// SHA-256 in base64; the store keeps it.
    pub sha256: Option<&'a str>,
}

impl ExpectedBody<'_> {
    /// The length as the SDK takes it.
    pub(crate) fn content_length(self) -> Option<i64> {
        self.length
            .map(|length| i64::try_from(length).unwrap_or(i64::MAX))
    }

    /// The headers that carry the checksums.
    pub(crate) fn headers(self) -> BTreeMap<String, String> {
        [
            ("Content-MD5", self.md5),
            ("x-amz-checksum-sha256", self.sha256),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect()
    }
}

const OCTETS: &str = "application/octet-stream";

/// Signs URLs of one bucket for one session, or with what the process has itself.
#[derive(Clone, Debug)]
pub struct Signer {
    client: Client,
    bucket: String,
    /// How long its credentials last, if they are a session's.
    rest: Option<Duration>,
}

impl Store {
    /// What signs URLs of a bucket for a session. Where no role is set, it is the same for all.
    ///
    /// # Errors
    /// If the session cannot begin.
    pub async fn signer(&self, bucket: &str, session: i64) -> Result<Signer, StorageError> {
        let (client, rest) = match &self.url_sessions {
            None => (self.presigner.clone(), None),
            Some(sessions) => {
                let credentials = sessions.credentials(session, bucket).await?;
                let rest = rest(&credentials);
                let config = self.presigner.config().to_builder();
                // A cache of identities would keep one of each signer for ever.
                let config = config.identity_cache(IdentityCache::no_cache());
                let config = config.credentials_provider(credentials).build();
                (Client::from_conf(config), rest)
            }
        };
        Ok(Signer {
            client,
            bucket: bucket.to_owned(),
            rest,
        })
    }

    /// How long a session lasts that signs URLs; nothing if none does, so that URLs cannot be ended.
    #[must_use]
    pub fn url_session_life(&self) -> Option<Duration> {
        self.url_sessions.as_ref().map(|sessions| sessions.life())
    }
}

impl Signer {
    /// As many seconds as wanted, or as its session has left: a URL says how long it opens.
    fn lifetime(&self, seconds: u64) -> Result<PresigningConfig, StorageError> {
        let wanted = Duration::from_secs(seconds);
        let whole = |rest: Duration| Duration::from_secs(rest.as_secs().max(1));
        let lifetime = self.rest.map_or(wanted, |rest| wanted.min(whole(rest)));
        Ok(PresigningConfig::expires_in(lifetime)?)
    }

    /// A URL that reads an object, or one version of it. Whether it exists is not asked.
    ///
    /// # Errors
    /// If signing fails.
    pub async fn get(
        &self,
        key: &str,
        version_id: Option<&str>,
        seconds: u64,
    ) -> Result<String, StorageError> {
        let request = self
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(key)
            .set_version_id(version_id.map(str::to_owned))
            .presigned(self.lifetime(seconds)?)
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(request.uri().to_owned())
    }

    /// A URL that writes an object of exactly this body.
    ///
    /// # Errors
    /// If signing fails.
    pub async fn put(
        &self,
        key: &str,
        body: ExpectedBody<'_>,
        seconds: u64,
    ) -> Result<PresignedPut, StorageError> {
        let request = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(OCTETS)
            .set_content_length(body.content_length())
            .set_content_md5(body.md5.map(str::to_owned))
            .set_checksum_sha256(body.sha256.map(str::to_owned))
            .presigned(self.lifetime(seconds)?)
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        let mut headers = body.headers();
        headers.insert("Content-Type".to_owned(), OCTETS.to_owned());
        let length = body.length.map(|length| length.to_string());
        headers.extend(length.map(|length| ("Content-Length".to_owned(), length)));
        Ok(PresignedPut {
            url: request.uri().to_owned(),
            headers,
        })
    }

    /// A URL that writes one part (from 1) of this body. A client sends its length without being told.
    ///
    /// # Errors
    /// If signing fails.
    pub async fn part(
        &self,
        key: &str,
        upload_id: &str,
        part_number: i32,
        body: ExpectedBody<'_>,
        seconds: u64,
    ) -> Result<PresignedPut, StorageError> {
        let request = self
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(key)
            .upload_id(upload_id)
            .part_number(part_number)
            .set_content_length(body.content_length())
            .set_content_md5(body.md5.map(str::to_owned))
            .set_checksum_sha256(body.sha256.map(str::to_owned))
            .presigned(self.lifetime(seconds)?)
            .await
            .map_err(|error| StorageError::from_sdk(key, error))?;
        Ok(PresignedPut {
            url: request.uri().to_owned(),
            headers: body.headers(),
        })
    }
}
