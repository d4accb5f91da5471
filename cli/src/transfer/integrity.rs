//! Whether a local file is what the store holds, by the strongest evidence there is: the SHA-256 that a task registered
//! for its result; else the ETag, where it is an MD5; else a checksum that the store keeps; else the size alone.

use std::{fmt, path::Path};

use divbase_contract::{
    files::{ChecksumAlgorithm, StoredChecksum},
    limits::PART_BYTES,
};

use super::{
    TransferError,
    checksum::{self, Checksum, Form},
};

/// What the store's answer tells of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) size: u64,
    /// Without quotes.
    pub(super) etag: String,
    /// How it is encrypted, if the answer says so.
    pub(super) encryption: Option<String>,
}

/// What an ETag is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Etag {
    /// An MD5, of the whole or of parts of 32 MiB.
    Md5(Form),
    /// Something else.
    Opaque(Opaque),
}

/// Why an ETag is no MD5 that could be reckoned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opaque {
    /// The object is encrypted with such keys.
    Encrypted(String),
    /// It was put together from so many parts of another size.
    Parts(u64),
    /// It does not look like one.
    Unknown,
}

/// What shows that a file is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// The SHA-256 that the task registered.
    Registered,
    /// The store's ETag, an MD5.
    Etag,
    /// A checksum that the store keeps.
    Store(ChecksumAlgorithm),
    /// The size alone, because there is nothing else.
    Size(Opaque),
}

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encrypted(how) => write!(f, "the store encrypts it with {how}"),
            Self::Parts(count) => {
                write!(f, "it was uploaded in {count} parts that are not of 32 MiB")
            }
            Self::Unknown => f.write_str("the store gives another kind of ETag"),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Registered => f.write_str("SHA-256 registered by the task"),
            Self::Etag => f.write_str("MD5"),
            Self::Store(algorithm) => write!(f, "the store's {}", algorithm.as_str()),
            Self::Size(why) => write!(f, "its size alone: its ETag is no MD5 ({why})"),
        }
    }
}

impl Stored {
    fn etag(&self) -> Etag {
        if let Some(how) = &self.encryption
            && how != "AES256"
        {
            return Etag::Opaque(Opaque::Encrypted(how.clone()));
        }
        let (digest, parts) = match self.etag.split_once('-') {
            None => (self.etag.as_str(), None),
            Some((digest, parts)) => (digest, Some(parts.parse::<u64>())),
        };
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if digest.len() != 32 || !digest.bytes().all(is_hex) {
            return Etag::Opaque(Opaque::Unknown);
        }
        match parts {
            None => Etag::Md5(Form::Whole),
            Some(Ok(parts)) if parts == parts_of(self.size) => Etag::Md5(Form::Parts),
            Some(Ok(parts)) => Etag::Opaque(Opaque::Parts(parts)),
            Some(Err(_)) => Etag::Opaque(Opaque::Unknown),
        }
    }
}

/// An empty object has one part too.
fn parts_of(size: u64) -> u64 {
    size.div_ceil(PART_BYTES).max(1)
}

/// Compares a local file with an object. `ask` asks the service for the checksum that the store keeps, which costs a
/// request and is done only if nothing else decides.
///
/// # Errors
/// If it is another content, or cannot be read, or `ask` fails.
pub(super) async fn check(
    path: &Path,
    stored: &Stored,
    registered: Option<&str>,
    ask: impl AsyncFnOnce() -> Result<Option<StoredChecksum>, TransferError>,
) -> Result<Proof, TransferError> {
    let size = tokio::fs::metadata(path).await?.len();
    if size != stored.size {
        return Err(TransferError::Size {
            expected: stored.size,
            found: size,
        });
    }
    if let Some(registered) = registered {
        let calculated = hashing(path, checksum::sha256).await?;
        return compare(registered, hex::encode(calculated), Proof::Registered);
    }
    if stored.size == 0 && stored.etag.is_empty() {
        // The refusal of a range of an empty object need not tell its ETag, and there is no other content of size 0.
        return Ok(Proof::Etag);
    }
    let (why, mismatch) = match stored.etag() {
        Etag::Opaque(why) => (why, None),
        Etag::Md5(form) => {
            let calculated = hashing(path, move |path| Checksum::of_file(path, form)).await?;
            match compare(&stored.etag, calculated.etag(), Proof::Etag) {
                // Parts of another size may happen to be as many.
                Err(wrong) if form == Form::Parts => (Opaque::Parts(parts_of(size)), Some(wrong)),
                decided => return decided,
            }
        }
    };
    let kept = ask().await?;
    let computable = kept.as_ref().and_then(|kept| way(kept, size));
    match (kept, computable, mismatch) {
        (Some(kept), Some(way), _) => {
            let calculated = hashing(path, move |path| checksum::of_store(path, way)).await?;
            compare(&kept.value, calculated, Proof::Store(kept.algorithm))
        }
        (_, _, Some(wrong)) => Err(wrong),
        _ => Ok(Proof::Size(why)),
    }
}

/// How to compute such a checksum, if we can.
fn way(kept: &StoredChecksum, size: u64) -> Option<checksum::Way> {
    let parts = kept.parts.map(u64::from);
    match (kept.algorithm, parts) {
        (algorithm, None) => Some(checksum::Way::Whole(algorithm)),
        (ChecksumAlgorithm::Sha256, Some(parts)) if parts == parts_of(size) => {
            Some(checksum::Way::Sha256OfParts)
        }
        _ => None,
    }
}

fn compare(expected: &str, calculated: String, proof: Proof) -> Result<Proof, TransferError> {
    if calculated == expected {
        return Ok(proof);
    }
    Err(TransferError::Checksum {
        expected: expected.to_owned(),
        calculated,
    })
}

async fn hashing<T: Send + 'static>(
    path: &Path,
    hash: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> Result<T, TransferError> {
    let path = path.to_owned();
    let hashed = tokio::task::spawn_blocking(move || hash(&path)).await;
    Ok(hashed.map_err(std::io::Error::other)??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_etag_is() {
        let md5 = "900150983cd24fb0d6963f7d28e17f72";
        let etag = |etag: &str, size, encryption: Option<&str>| {
            Stored {
                size,
                etag: etag.to_owned(),
                encryption: encryption.map(str::to_owned),
            }
            .etag()
        };
        let of_parts = |count| format!("{md5}-{count}");
        assert_eq!(etag(md5, 3, None), Etag::Md5(Form::Whole));
        assert_eq!(etag(md5, 3, Some("AES256")), Etag::Md5(Form::Whole));
        assert_eq!(etag(&of_parts(1), 0, None), Etag::Md5(Form::Parts));
        assert_eq!(etag(&of_parts(1), PART_BYTES, None), Etag::Md5(Form::Parts));
        assert_eq!(
            etag(&of_parts(2), PART_BYTES + 1, None),
            Etag::Md5(Form::Parts)
        );
        assert_eq!(
            etag(&of_parts(5), PART_BYTES + 1, None),
            Etag::Opaque(Opaque::Parts(5))
        );
        let encrypted = Etag::Opaque(Opaque::Encrypted("aws:kms".to_owned()));
        assert_eq!(etag(md5, 3, Some("aws:kms")), encrypted);
        for other in [
            "0x8DC1",
            "",
            "900150983CD24FB0D6963F7D28E17F72",
            &format!("{md5}-x"),
        ] {
            assert_eq!(
                etag(other, 3, None),
                Etag::Opaque(Opaque::Unknown),
                "{other}"
            );
        }
    }
}
