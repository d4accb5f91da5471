//! Checksums as the object store forms them: of the whole file, or of the checksums of its 32 MiB parts.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use crc_fast::CrcAlgorithm;
use divbase_contract::{
    files::ChecksumAlgorithm,
    limits::{PART_BYTES, SINGLE_PUT_MAX_BYTES},
};
use md5::{Digest, Md5};
use sha2::Sha256;

const BUFFER: usize = 1 << 20;

/// Checksum of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// Of the file as one.
    Whole([u8; 16]),
    /// Of each part, in order.
    Parts(Vec<[u8; 16]>),
}

/// How the checksum is formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One MD5.
    Whole,
    /// One MD5 for each 32 MiB.
    Parts,
}

impl Form {
    /// The form that an upload of this size gets.
    #[must_use]
    pub const fn of_upload(size: u64) -> Self {
        if size > SINGLE_PUT_MAX_BYTES {
            Self::Parts
        } else {
            Self::Whole
        }
    }

    /// The form of a checksum that the store told.
    #[must_use]
    pub fn of_etag(etag: &str) -> Self {
        if etag.contains('-') {
            Self::Parts
        } else {
            Self::Whole
        }
    }
}

/// Checksums of a file that is to be uploaded, from one reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// MD5s, whose form the ETag will have.
    pub md5: Checksum,
    /// SHA-256 in base64, of the whole or of each part.
    pub sha256: Vec<String>,
}

impl Sums {
    /// Reads a file; `read` is told how many bytes.
    ///
    /// # Errors
    /// What the system says.
    pub fn of_file(path: &Path, form: Form, mut read: impl FnMut(u64)) -> io::Result<Self> {
        let sums: Vec<([u8; 16], String)> = of_parts(
            path,
            form,
            |(md5, sha256): &mut (Md5, Sha256), piece| {
                md5.update(piece);
                sha256.update(piece);
                read(piece.len() as u64);
            },
            |(md5, sha256)| {
                (
                    md5.finalize().into(),
                    BASE64_STANDARD.encode(sha256.finalize()),
                )
            },
        )?;
        let (md5s, sha256) = sums.into_iter().unzip();
        let md5 = Checksum::of_parts(form, md5s);
        Ok(Self { md5, sha256 })
    }

    /// The SHA-256 of a part, from 1, in base64.
    #[must_use]
    pub fn of_part(&self, number: u64) -> Option<&String> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        self.sha256.get(index)
    }
}

impl Checksum {
    /// Reads a file.
    ///
    /// # Errors
    /// What the system says.
    pub fn of_file(path: &Path, form: Form) -> io::Result<Self> {
        let update = |md5: &mut Md5, piece: &[u8]| md5.update(piece);
        let parts = of_parts(path, form, update, |md5| md5.finalize().into())?;
        Ok(Self::of_parts(form, parts))
    }

    fn of_parts(form: Form, parts: Vec<[u8; 16]>) -> Self {
        match (form, parts.as_slice()) {
            (Form::Whole, [whole]) => Self::Whole(*whole),
            _ => Self::Parts(parts),
        }
    }

    /// The text in listings: hex, or `hex-N`.
    #[must_use]
    pub fn etag(&self) -> String {
        match self {
            Self::Whole(digest) => hex::encode(digest),
            Self::Parts(parts) => {
                let mut md5 = Md5::new();
                for part in parts {
                    md5.update(part);
                }
                format!("{}-{}", hex::encode(md5.finalize()), parts.len())
            }
        }
    }

    /// The MD5 of a part, from 1, in hex.
    #[must_use]
    pub fn of_part(&self, number: u64) -> Option<String> {
        let parts = match self {
            Self::Whole(digest) => std::slice::from_ref(digest),
            Self::Parts(parts) => parts,
        };
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        parts.get(index).map(hex::encode)
    }

    /// `Content-MD5` of the whole, or of each part.
    #[must_use]
    pub fn content_md5(&self) -> Vec<String> {
        match self {
            Self::Whole(digest) => vec![BASE64_STANDARD.encode(digest)],
            Self::Parts(parts) => parts
                .iter()
                .map(|part| BASE64_STANDARD.encode(part))
                .collect(),
        }
    }
}

/// A checksum, other than MD5, that a store keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Of the file as one.
    Whole(ChecksumAlgorithm),
    /// SHA-256 over the SHA-256s of each 32 MiB.
    Sha256OfParts,
}

/// SHA-256 of a file.
///
/// # Errors
/// What the system says.
pub fn sha256(path: &Path) -> io::Result<[u8; 32]> {
    let mut sha256 = Sha256::new();
    each_piece(&mut File::open(path)?, |piece| sha256.update(piece))?;
    Ok(sha256.finalize().into())
}

/// A checksum in base64, as the store gives it but without the number of parts.
///
/// # Errors
/// What the system says.
pub fn of_store(path: &Path, way: Way) -> io::Result<String> {
    let crc = match way {
        Way::Whole(ChecksumAlgorithm::Sha256) => {
            return Ok(BASE64_STANDARD.encode(sha256(path)?));
        }
        Way::Sha256OfParts => {
            return Ok(BASE64_STANDARD.encode(Sha256::digest(sha256_of_parts(path)?.concat())));
        }
        Way::Whole(ChecksumAlgorithm::Crc32) => CrcAlgorithm::Crc32IsoHdlc,
        Way::Whole(ChecksumAlgorithm::Crc32c) => CrcAlgorithm::Crc32Iscsi,
        Way::Whole(ChecksumAlgorithm::Crc64nvme) => CrcAlgorithm::Crc64Nvme,
    };
    let mut digest = crc_fast::Digest::new(crc);
    each_piece(&mut File::open(path)?, |piece| digest.update(piece))?;
    let bytes = digest.finalize().to_be_bytes();
    Ok(match way {
        Way::Whole(ChecksumAlgorithm::Crc64nvme) => BASE64_STANDARD.encode(bytes),
        _ => BASE64_STANDARD.encode(&bytes[4..]),
    })
}

/// SHA-256 of each 32 MiB of a file, at least one.
///
/// # Errors
/// What the system says.
pub fn sha256_of_parts(path: &Path) -> io::Result<Vec<[u8; 32]>> {
    let update = |sha256: &mut Sha256, piece: &[u8]| sha256.update(piece);
    of_parts(path, Form::Parts, update, |sha256| sha256.finalize().into())
}

/// What each part of a file comes to, of which there is at least one.
fn of_parts<D: Default, T>(
    path: &Path,
    form: Form,
    mut update: impl FnMut(&mut D, &[u8]),
    finish: impl Fn(D) -> T,
) -> io::Result<Vec<T>> {
    let part = match form {
        Form::Whole => u64::MAX,
        Form::Parts => PART_BYTES,
    };
    let mut file = File::open(path)?;
    let mut parts = Vec::new();
    loop {
        let mut digest = D::default();
        let part_of_file = &mut Read::by_ref(&mut file).take(part);
        let read = each_piece(part_of_file, |piece| update(&mut digest, piece))?;
        if read > 0 || parts.is_empty() {
            parts.push(finish(digest));
        }
        if read < part {
            return Ok(parts);
        }
    }
}

/// Gives everything in pieces; gives back how many bytes there were.
fn each_piece(reader: &mut impl Read, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
    let mut buffer = vec![0; BUFFER];
    let mut total = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(total),
            Ok(read) => {
                each(&buffer[..read]);
                total += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn whole_and_composite() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"abc").unwrap();
        let whole = Checksum::of_file(file.path(), Form::Whole).unwrap();
        assert_eq!(whole.etag(), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(whole.content_md5(), ["kAFQmDzST7DWlj99KOF/cg=="]);
        // md5 of the 16 bytes of md5("abc").
        let parts = Checksum::of_file(file.path(), Form::Parts).unwrap();
        let mut md5 = Md5::new();
        md5.update(hex::decode(whole.etag()).unwrap());
        assert_eq!(parts.etag(), format!("{}-1", hex::encode(md5.finalize())));
    }

    #[test]
    fn the_checksums_of_stores() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"123456789").unwrap();
        // The check values of the catalogue of CRCs, and of FIPS 180-4 implementations.
        for (way, hex_value) in [
            (Way::Whole(ChecksumAlgorithm::Crc32), "cbf43926"),
            (Way::Whole(ChecksumAlgorithm::Crc32c), "e3069283"),
            (Way::Whole(ChecksumAlgorithm::Crc64nvme), "ae8b14860a799888"),
            (
                Way::Whole(ChecksumAlgorithm::Sha256),
                "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
            ),
        ] {
            let value = BASE64_STANDARD.encode(hex::decode(hex_value).unwrap());
            assert_eq!(of_store(file.path(), way).unwrap(), value, "{way:?}");
        }
        let one = Sha256::digest(Sha256::digest(b"123456789"));
        let parts = of_store(file.path(), Way::Sha256OfParts).unwrap();
        assert_eq!(parts, BASE64_STANDARD.encode(one));
    }

    #[test]
    fn parts_end_at_32_mib() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (size, parts) in [(PART_BYTES, 1), (PART_BYTES + 1, 2)] {
            file.as_file().set_len(size).unwrap();
            let sum = Checksum::of_file(file.path(), Form::Parts).unwrap();
            assert_eq!(sum.content_md5().len(), parts);
            let sha256s = sha256_of_parts(file.path()).unwrap();
            assert_eq!(sha256s.len(), parts);
            let mut read = 0;
            let sums = Sums::of_file(file.path(), Form::Parts, |bytes| read += bytes).unwrap();
            assert_eq!((sums.md5, read), (sum, size));
            let encoded: Vec<String> = sha256s
                .iter()
                .map(|sum| BASE64_STANDARD.encode(sum))
                .collect();
            assert_eq!(sums.sha256, encoded);
            let whole = Sums::of_file(file.path(), Form::Whole, |_| {}).unwrap();
            assert_eq!(
                whole.md5,
                Checksum::of_file(file.path(), Form::Whole).unwrap()
            );
            assert_eq!(
                whole.sha256,
                [BASE64_STANDARD.encode(sha256(file.path()).unwrap())]
            );
        }
    }
}
