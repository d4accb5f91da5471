//! Checksums that the store keeps beside an object.

use aws_sdk_s3::types::{ChecksumMode, ChecksumType};

use crate::{StorageError, Store};

/// How a checksum is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptAlgorithm {
    /// CRC-32 of ISO 3309.
    Crc32,
    /// CRC-32 of Castagnoli.
    Crc32c,
    /// CRC-64 of the NVM Express command set.
    Crc64nvme,
    /// SHA-256.
    Sha256,
}

/// A checksum that the store has computed or compared itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptChecksum {
    /// How.
    pub algorithm: KeptAlgorithm,
    /// Base64, big-endian.
    pub value: String,
    /// Where it is the checksum of the checksums of so many parts.
    pub parts: Option<u32>,
}

impl Store {
    /// The strongest checksum that the store keeps of a version, or of the newest; nothing if it keeps none, or if there
    /// is no such object.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn checksum(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<Option<KeptChecksum>, StorageError> {
        let head = self
            .client
            .head_object()
            .bucket(bucket)
            .key(key)
            .set_version_id(version_id.map(str::to_owned))
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await;
        let head = match head.map_err(|error| StorageError::from_sdk(key, error)) {
            Ok(head) => head,
            Err(StorageError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let is_composite = head.checksum_type() == Some(&ChecksumType::Composite);
        let kept = [
            (KeptAlgorithm::Sha256, head.checksum_sha256()),
            (KeptAlgorithm::Crc64nvme, head.checksum_crc64_nvme()),
            (KeptAlgorithm::Crc32c, head.checksum_crc32_c()),
            (KeptAlgorithm::Crc32, head.checksum_crc32()),
        ];
        Ok(kept
            .into_iter()
            .find_map(|(algorithm, value)| read(algorithm, value?, is_composite)))
    }
}

/// Base64 has no dash, so what follows one is the number of parts.
fn read(algorithm: KeptAlgorithm, value: &str, is_composite: bool) -> Option<KeptChecksum> {
    let (value, parts) = match value.split_once('-') {
        Some((value, parts)) => (value, Some(parts.parse().ok()?)),
        // A composite one of unknown parts says nothing.
        None if is_composite => return None,
        None => (value, None),
    };
    Some(KeptChecksum {
        algorithm,
        value: value.to_owned(),
        parts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composite_checksums_name_their_parts() {
        let read = |value, is_composite| {
            let kept = read(KeptAlgorithm::Sha256, value, is_composite)?;
            Some((kept.value, kept.parts))
        };
        assert_eq!(read("q80=", false), Some(("q80=".to_owned(), None)));
        assert_eq!(read("q80=-2", true), Some(("q80=".to_owned(), Some(2))));
        assert_eq!(read("q80=", true), None);
        assert_eq!(read("q80=-x", true), None);
    }
}
