//! Names of objects and folders. A value of these types is valid by construction.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Endings that may be uploaded.
pub const UPLOAD_SUFFIXES: [&str; 6] = [".tsv", ".vcf.gz", ".csi", ".tbi", ".txt", ".md"];
/// Texts that no name may contain.
pub const FORBIDDEN: [&str; 10] = [":", "*", "?", "<", ">", "|", "\\", "//", "@", "~"];

/// Why a name is refused. The text names the rule and the offending part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Shorter than 3 or longer than 255 characters.
    Length(String),
    /// Begins or ends with `/`.
    OuterSlash(String),
    /// An ending that is not in [`UPLOAD_SUFFIXES`].
    Suffix(String),
    /// A `.` or `..` path segment.
    DotSegment(String),
    /// One of [`FORBIDDEN`].
    Forbidden(String, &'static str),
    /// A control character.
    Control(String),
    /// Nothing but slashes.
    Empty,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(name) => {
                write!(f, "the name `{name}` must have 3 to 255 characters")
            }
            Self::OuterSlash(name) => {
                write!(f, "the name `{name}` must not begin or end with `/`")
            }
            Self::Suffix(name) => write!(
                f,
                "the file type of `{name}` is not supported; supported are {}",
                UPLOAD_SUFFIXES.join(", ")
            ),
            Self::DotSegment(name) => {
                write!(
                    f,
                    "the name `{name}` must not contain `.` or `..` as a path segment"
                )
            }
            Self::Forbidden(name, what) => {
                write!(
                    f,
                    "the name `{name}` contains the unsupported characters `{what}`"
                )
            }
            Self::Control(name) => write!(f, "the name {name:?} contains a control character"),
            Self::Empty => f.write_str("the folder name is empty"),
        }
    }
}

impl std::error::Error for NameError {}

fn check_segments(name: &str) -> Result<(), NameError> {
    if name
        .split('/')
        .any(|segment| segment == "." || segment == "..")
    {
        return Err(NameError::DotSegment(name.to_owned()));
    }
    if let Some(what) = FORBIDDEN.into_iter().find(|what| name.contains(what)) {
        return Err(NameError::Forbidden(name.to_owned(), what));
    }
    if name.chars().any(char::is_control) {
        return Err(NameError::Control(name.to_owned()));
    }
    Ok(())
}

/// Key under which a file may be uploaded: 3 to 255 characters, a supported ending, no tricks with paths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UploadName(String);

impl UploadName {
    /// The key.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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
    /// The key of the folder's placeholder object.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
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
        check_segments(inner)?;
        Ok(Self(format!("{inner}/")))
    }
}

impl From<FolderName> for String {
    fn from(name: FolderName) -> Self {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upload_names() {
        for good in ["a.tsv", "run 1/x.vcf.gz", "å/b.md", "..a/x.txt"] {
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
            ("plain.vcf", NameError::Suffix),
        ];
        for (bad, expected) in cases {
            assert_eq!(bad.parse::<UploadName>(), Err(expected(bad.to_owned())));
        }
    }

    #[test]
    fn folders_get_one_trailing_slash() {
        for (given, key) in [("a", "a/"), ("/a/b/", "a/b/")] {
            let folder = FolderName::try_from(given.to_owned()).unwrap();
            assert_eq!(folder.as_str(), key);
        }
        assert_eq!(FolderName::try_from("/".to_owned()), Err(NameError::Empty));
    }
}
