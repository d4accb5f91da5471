//! `/ga4gh/drs/v1`: versions of files as objects of the GA4GH Data Repository Service, version 1.4
//! (<https://ga4gh.github.io/data-repository-service-schemas/>).

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::{
    field::{ObjectKey, ProjectName, VersionId},
    htsget::{ServiceOrganization, ServiceType},
};

/// The version of the protocol.
pub const DRS_VERSION: &str = "1.4.0";
/// Longest identifier, bytes.
const ID_MAX_BYTES: usize = 8 << 10;

/// Names one version of one file of a project. As a text it has the letters that the protocol allows: all others, and the tilde,
/// are a tilde and two hexadecimal digits; two tildes part project, key and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DrsId {
    /// The project.
    pub project: ProjectName,
    /// The key.
    pub key: ObjectKey,
    /// The version.
    pub version_id: VersionId,
}

/// The text names no version of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no identifier of an object here")]
pub struct NoDrsId;

impl fmt::Display for DrsId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: [&str; 3] = [&self.project, &self.key, &self.version_id];
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                f.write_str("~~")?;
            }
            for byte in part.bytes() {
                if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
                    write!(f, "{}", char::from(byte))?;
                } else {
                    write!(f, "~{byte:02X}")?;
                }
            }
        }
        Ok(())
    }
}

impl FromStr for DrsId {
    type Err = NoDrsId;

    fn from_str(text: &str) -> Result<Self, NoDrsId> {
        if text.len() > ID_MAX_BYTES {
            return Err(NoDrsId);
        }
        let parts: Vec<&str> = text.split("~~").collect();
        let [project, key, version_id] = parts[..] else {
            return Err(NoDrsId);
        };
        let id = Self {
            project: decoded(project)?.parse().map_err(|_| NoDrsId)?,
            key: decoded(key)?.parse().map_err(|_| NoDrsId)?,
            version_id: decoded(version_id)?.parse().map_err(|_| NoDrsId)?,
        };
        // One text for one object.
        if id.to_string() == text {
            Ok(id)
        } else {
            Err(NoDrsId)
        }
    }
}

fn decoded(part: &str) -> Result<String, NoDrsId> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'~' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || {
            let digit = char::from(rest.next()?).to_digit(16)?;
            u8::try_from(digit).ok()
        };
        let (high, low) = (digit().ok_or(NoDrsId)?, digit().ok_or(NoDrsId)?);
        bytes.push(high * 16 + low);
    }
    String::from_utf8(bytes).map_err(|_| NoDrsId)
}

impl TryFrom<String> for DrsId {
    type Error = NoDrsId;

    fn try_from(text: String) -> Result<Self, NoDrsId> {
        text.parse()
    }
}

impl From<DrsId> for String {
    fn from(id: DrsId) -> Self {
        id.to_string()
    }
}

impl PartialSchema for DrsId {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(1))
            .max_length(Some(ID_MAX_BYTES))
            .pattern(Some("^[A-Za-z0-9._~-]+$"))
            .into()
    }
}

impl ToSchema for DrsId {}

/// An object: one version of a file. It never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrsObject {
    /// The identifier.
    pub id: String,
    /// The last part of the key, if it has the letters that the protocol allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `drs://host/id`.
    pub self_uri: String,
    /// Bytes.
    pub size: u64,
    /// When it was written.
    pub created_time: DateTime<Utc>,
    /// The same.
    pub updated_time: DateTime<Utc>,
    /// The store's name for the version.
    pub version: String,
    /// What it is, as far as its name says.
    pub mime_type: String,
    /// Checksums of its bytes, one at least.
    pub checksums: Vec<DrsChecksum>,
    /// How its bytes are had.
    pub access_methods: Vec<AccessMethod>,
    /// Project and key.
    pub description: String,
}

/// A checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrsChecksum {
    /// In hex; of the type `etag` with a hyphen and the number of parts.
    pub checksum: String,
    /// `sha-256`, `md5`, or `etag`: the MD5 over the MD5s of its parts.
    #[serde(rename = "type")]
    pub kind: String,
}

/// A way to its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessMethod {
    /// `https`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For `…/access/{access_id}`.
    pub access_id: String,
}

/// Where the bytes are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccessUrl {
    /// GET it within ten hours, ranges too, without credentials.
    pub url: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrsError {
    /// For people.
    pub msg: String,
    /// The status code.
    pub status_code: u16,
}

/// What the service is (GA4GH service-info).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DrsService {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Protocol and version.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// What it has.
    pub description: String,
    /// Whose it is.
    pub organization: ServiceOrganization,
    /// Version of the software.
    pub version: String,
    /// Objects that one request may ask for.
    #[serde(rename = "maxBulkRequestLength")]
    pub max_bulk_request_length: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_the_protocols_letters_and_one_form() {
        let id = DrsId {
            project: "herring".parse().unwrap(),
            key: "runs/å ~b.vcf.gz".parse().unwrap(),
            version_id: "3sL4kqtJ/+=".parse().unwrap(),
        };
        let text = id.to_string();
        assert_eq!(
            text,
            "herring~~runs~2F~C3~A5~20~7Eb.vcf.gz~~3sL4kqtJ~2F~2B~3D"
        );
        assert_eq!(text.parse(), Ok(id));
        for bad in [
            "",
            "herring",
            "herring~~a.txt",
            "herring~~a.txt~~v~~w",
            "herring~~a~2ftxt~~v",
            "herring~~~61.txt~~v",
            "herring~~a~2~~v",
            "herring~~~FF~~v",
            "herring~~..~~v",
            "~~a~~v",
        ] {
            assert_eq!(bad.parse::<DrsId>(), Err(NoDrsId), "{bad}");
        }
    }
}
