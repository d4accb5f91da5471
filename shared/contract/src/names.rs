//! Names of objects and folders. A value of these types is valid by construction.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{
    field::{Chars, excerpt},
    limits::{KEY_MAX_BYTES, RESULT_PREFIX},
    vcf_keys::is_reserved,
};

/// Endings that may be uploaded.
pub const UPLOAD_SUFFIXES: [&str; 24] = [
    ".tsv", ".vcf.gz", ".vcf", ".bcf", ".csi", ".tbi", ".fai", ".dict", ".txt", ".md", ".bed",
    ".bed.gz", ".gff3", ".gff3.gz", ".gtf", ".gtf.gz", ".fa", ".fa.gz", ".gzi", ".csv", ".json",
    ".yaml", ".pdf", ".png",
];
/// Texts that no name may contain.
pub const FORBIDDEN: [&str; 10] = [":", "*", "?", "<", ">", "|", "\\", "//", "@", "~"];

/// Why a name is refused. The text names the rule and an excerpt of the name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Shorter than 3 or longer than 255 characters.
    #[error("the name `{}` must have 3 to 255 characters", excerpt(.0))]
    Length(String),
    /// Longer than a store's keys, with its bytes.
    #[error("the name `{}` has {} bytes; use at most {KEY_MAX_BYTES}", excerpt(.0), .1)]
    Bytes(String, usize),
    /// Begins or ends with `/`.
    #[error("the name `{}` must not begin or end with `/`", excerpt(.0))]
    OuterSlash(String),
    /// An ending that is not in [`UPLOAD_SUFFIXES`].
    #[error("the file type of `{}` is not supported; supported are {}", excerpt(.0), UPLOAD_SUFFIXES.join(", "))]
    Suffix(String),
    /// A `.` or `..` path segment.
    #[error("the name `{}` must not contain `.` or `..` as a path segment", excerpt(.0))]
    DotSegment(String),
    /// One of [`FORBIDDEN`].
    #[error("the name `{}` contains the unsupported characters `{}`", excerpt(.0), .1)]
    Forbidden(String, &'static str),
    /// A control character, or one that XML cannot carry.
    #[error("the name `{}` contains the control character or noncharacter U+{:04X}", excerpt(.0), u32::from(*.1))]
    Control(String, char),
    /// Nothing but slashes.
    #[error("the folder name is empty")]
    Empty,
}

/// A name that belongs to the service: in the bucket's root, and begins with [`RESULT_PREFIX`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The name '{}' is reserved: names that begin with '{RESULT_PREFIX}' are those of query results, which the service \
     writes. Choose another name, or a folder.", excerpt(.0)
)]
pub struct ReservedName(String);

/// The key, if users may write it.
///
/// # Errors
/// If it belongs to the service.
pub fn writable(key: &str) -> Result<&str, ReservedName> {
    if is_reserved(key) {
        return Err(ReservedName(key.to_owned()));
    }
    Ok(key)
}

fn check_segments(name: &str) -> Result<(), NameError> {
    if name.len() > KEY_MAX_BYTES {
        return Err(NameError::Bytes(name.to_owned(), name.len()));
    }
    if name
        .split('/')
        .any(|segment| segment == "." || segment == "..")
    {
        return Err(NameError::DotSegment(name.to_owned()));
    }
    if let Some(what) = FORBIDDEN.into_iter().find(|what| name.contains(what)) {
        return Err(NameError::Forbidden(name.to_owned(), what));
    }
    if let Some(character) = Chars::Line.first_refused(name) {
        return Err(NameError::Control(name.to_owned(), character));
    }
    Ok(())
}

/// Key under which a file may be uploaded: 3 to 255 characters, a supported ending, no tricks with paths. Whether users
/// may write it is a second question: see [`UploadName::writable`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UploadName(String);

impl UploadName {
    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key, if users may write it.
    ///
    /// # Errors
    /// If it belongs to the service.
    pub fn writable(&self) -> Result<&str, ReservedName> {
        writable(&self.0)
    }

    /// The longest of [`UPLOAD_SUFFIXES`] that it ends with.
    #[must_use]
    pub fn suffix(&self) -> &'static str {
        let matching = UPLOAD_SUFFIXES
            .into_iter()
            .filter(|suffix| self.0.ends_with(suffix));
        matching.max_by_key(|suffix| suffix.len()).unwrap_or("")
    }
}

impl FromStr for UploadName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        if !(3..=255).contains(&name.chars().count()) {
            return Err(NameError::Length(name.to_owned()));
        }
        if name.starts_with('/') || name.ends_with('/') {
            return Err(NameError::OuterSlash(name.to_owned()));
        }
        check_segments(name)?;
        if !UPLOAD_SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
            return Err(NameError::Suffix(name.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }
}

impl TryFrom<String> for UploadName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        name.parse()
    }
}

impl From<UploadName> for String {
    fn from(name: UploadName) -> Self {
        name.0
    }
}

/// Prefix of a listing: the empty text means everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ListPrefix(String);

impl ListPrefix {
    /// The prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ListPrefix {
    type Error = NameError;

    fn try_from(prefix: String) -> Result<Self, NameError> {
        check_segments(&prefix)?;
        Ok(Self(prefix))
    }
}

impl From<ListPrefix> for String {
    fn from(prefix: ListPrefix) -> Self {
        prefix.0
    }
}

/// A folder: no leading and exactly one trailing `/`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FolderName(String);

impl FolderName {
    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key of the folder's placeholder object, if users may write it.
    ///
    /// # Errors
    /// If it belongs to the service.
    pub fn writable(&self) -> Result<&str, ReservedName> {
        writable(&self.0)
    }
}

impl TryFrom<String> for FolderName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        let inner = name.strip_prefix('/').unwrap_or(&name);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        if inner.is_empty() {
            return Err(NameError::Empty);
        }
        let key = format!("{inner}/");
        check_segments(&key)?;
        Ok(Self(key))
    }
}

impl From<FolderName> for String {
    fn from(name: FolderName) -> Self {
        name.0
    }
}

macro_rules! schemas {
    ($($name:ident: $least:literal $most:expr;)*) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some($least))
                    .max_length(Some($most))
                    .into()
            }
        }

        impl ToSchema for $name {}
    )*};
}

schemas! {
    UploadName: 3 255;
    FolderName: 1 KEY_MAX_BYTES;
    ListPrefix: 0 KEY_MAX_BYTES;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upload_names() {
        for good in [
            "a.tsv",
            "run 1/x.vcf.gz",
            "plain.vcf",
            "å/b.md",
            "..a/x.txt",
        ] {
            assert_eq!(
                good.parse::<UploadName>().map(String::from),
                Ok(good.to_owned())
            );
        }
        type Rule = fn(String) -> NameError;
        let cases: [(&str, Rule); 8] = [
            ("a", NameError::Length),
            ("/a.tsv", NameError::OuterSlash),
            ("a.tsv/", NameError::OuterSlash),
            ("../a.tsv", NameError::DotSegment),
            ("x/./a.tsv", NameError::DotSegment),
            ("a@b.tsv", |name| NameError::Forbidden(name, "@")),
            ("x//a.tsv", |name| NameError::Forbidden(name, "//")),
            ("plain.sam", NameError::Suffix),
        ];
        for (bad, expected) in cases {
            assert_eq!(bad.parse::<UploadName>(), Err(expected(bad.to_owned())));
        }
    }

    #[test]
    fn folders_get_one_trailing_slash() {
        for (given, key) in [("a", "a/"), ("/a/b/", "a/b/")] {
            let folder = FolderName::try_from(given.to_owned()).unwrap();
            assert_eq!(folder.writable(), Ok(key));
        }
        assert_eq!(FolderName::try_from("/".to_owned()), Err(NameError::Empty));
    }

    #[test]
    fn names_that_a_listing_could_not_carry_are_refused() {
        for character in [
            '\0', '\n', '\u{7f}', '\u{85}', '\u{2028}', '\u{fffe}', '\u{ffff}',
        ] {
            let name = format!("a{character}.txt");
            let refused = NameError::Control(name.clone(), character);
            assert_eq!(name.parse::<UploadName>(), Err(refused.clone()));
            assert_eq!(ListPrefix::try_from(name.clone()), Err(refused));
            assert!(FolderName::try_from(name).is_err(), "{character:?}");
        }
        let long = FolderName::try_from("x".repeat(10_000_000)).unwrap_err();
        assert!(long.to_string().len() < 300, "{long}");
    }

    #[test]
    fn names_of_results_belong_to_the_service() {
        for name in ["result_of_job_7.vcf.gz", "result_of_job_notes.txt"] {
            let name: UploadName = name.parse().unwrap();
            assert!(name.writable().is_err(), "{name:?}");
        }
        for folder in ["result_of_job_7", "/result_of_job_/x"] {
            let folder = FolderName::try_from(folder.to_owned()).unwrap();
            assert!(folder.writable().is_err(), "{folder:?}");
        }
        let mine: UploadName = "mine/result_of_job_7.vcf.gz".parse().unwrap();
        assert!(mine.writable().is_ok());
    }
}
