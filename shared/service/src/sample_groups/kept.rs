//! What is kept of sample groups beside the version of a file: which object they are, and the directory of it.

use std::sync::Arc;

use divbase_storage::ObjectVersion;
use divbase_vcf::groups::Directory;
use serde::{Deserialize, Serialize};

/// The sample groups of a version.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleGroups {
    /// The object that holds them.
    pub object: ObjectVersion,
    /// Where they lie in it.
    pub directory: Arc<Directory>,
}

/// The object, as it is written before the directory.
#[derive(Serialize, Deserialize)]
struct Object {
    key: String,
    version_id: String,
    etag: String,
    size: u64,
}

impl SampleGroups {
    /// What is kept of them: the object as JSON, a line feed, and the directory. Nothing is kept of a version that was looked into
    /// and whose groups are not worth having.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let object = Object {
            key: self.object.key.clone(),
            version_id: self.object.version_id.clone(),
            etag: self.object.etag.clone(),
            size: self.object.size,
        };
        let directory = self.directory.to_bytes();
        let (Ok(mut bytes), Some(directory)) = (serde_json::to_vec(&object), directory) else {
            return Vec::new();
        };
        bytes.push(b'\n');
        bytes.extend_from_slice(&directory);
        bytes
    }

    /// Reads what [`Self::to_bytes`] gave; nothing of bytes that are something else.
    pub(crate) fn parse(bytes: &[u8], bucket: &str) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let object: Object = serde_json::from_slice(&bytes[..end]).ok()?;
        Some(Self {
            object: ObjectVersion {
                bucket: bucket.to_owned(),
                key: object.key,
                version_id: object.version_id,
                etag: object.etag,
                size: object.size,
            },
            directory: Arc::new(Directory::parse(&bytes[end + 1..])?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let text = "##fileformat=VCFv4.2\n##contig=<ID=1>\n\
                    #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\n\
                    1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/0\n";
        let mut file = Vec::new();
        divbase_vcf::bgzf::Deflater::new(1).deflate(text.as_bytes(), &mut file);
        file.extend_from_slice(&divbase_vcf::bgzf::EOF_MARKER);
        let source = divbase_vcf::source::MemorySource::new(file);
        let made =
            divbase_vcf::groups::write(&source, &Default::default(), Vec::new()).expect("groups");
        let groups = SampleGroups {
            object: ObjectVersion {
                bucket: "bucket".to_owned(),
                key: "name".to_owned(),
                version_id: "1".to_owned(),
                etag: "tag".to_owned(),
                size: made.bytes,
            },
            directory: Arc::new(made.directory),
        };
        let bytes = groups.to_bytes();
        assert_eq!(SampleGroups::parse(&bytes, "bucket"), Some(groups));
        for other in [&b""[..], b"{}\n", &bytes[..bytes.len() - 1]] {
            assert_eq!(SampleGroups::parse(other, "bucket"), None);
        }
    }
}
