//! MD5 checksums as the object store forms them: of the whole file, or of the MD5s of its 32 MiB parts.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use divbase_contract::limits::{PART_BYTES, SINGLE_PUT_MAX_BYTES};
use md5::{Digest, Md5};

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

impl Checksum {
    /// Reads a file.
    ///
    /// # Errors
    /// What the system says.
    pub fn of_file(path: &Path, form: Form) -> io::Result<Self> {
        let mut file = File::open(path)?;
        match form {
            Form::Whole => Ok(Self::Whole(md5_of(&mut file)?.0)),
            Form::Parts => {
                let mut parts = Vec::new();
                loop {
                    let (digest, read) = md5_of(&mut Read::by_ref(&mut file).take(PART_BYTES))?;
                    if read == 0 && !parts.is_empty() {
                        return Ok(Self::Parts(parts));
                    }
                    parts.push(digest);
                    if read < PART_BYTES {
                        return Ok(Self::Parts(parts));
                    }
                }
            }
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

fn md5_of(reader: &mut impl Read) -> io::Result<([u8; 16], u64)> {
    let mut md5 = Md5::new();
    let mut buffer = vec![0; BUFFER];
    let mut total = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok((md5.finalize().into(), total)),
            Ok(read) => {
                md5.update(&buffer[..read]);
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
    fn parts_end_at_32_mib() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for (size, parts) in [(PART_BYTES, 1), (PART_BYTES + 1, 2)] {
            file.as_file().set_len(size).unwrap();
            let sum = Checksum::of_file(file.path(), Form::Parts).unwrap();
            assert_eq!(sum.content_md5().len(), parts);
        }
    }
}
