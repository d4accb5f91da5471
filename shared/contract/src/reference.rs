//! `/projects/{project_name}/reference`: what the files of a project are about.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::field::{Items, ObjectKey, ScaffoldName};

/// Other names that a project may have.
pub const ALIASES_MAX: usize = 100_000;

/// Bytes of a `.fai` or `.dict` file.
pub const REFERENCE_MAX_BYTES: u64 = 64 << 20;

/// Where a project's reference comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceMode {
    /// From the headers of its files: what the first file says of a scaffold holds.
    Files,
    /// From a `.fai` or `.dict` file of the project that a manager chose.
    Chosen,
    /// There is none: files are compared with each other alone.
    None,
}

/// Body of `PUT /projects/{project_name}/reference`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReference {
    /// Where it is to come from.
    pub mode: ReferenceMode,
    /// The key of the `.fai` or `.dict` file, for `chosen` alone. Its newest version is read, once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<ObjectKey>,
}

/// Another name of a scaffold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScaffoldAlias {
    /// The other name.
    pub alias: ScaffoldName,
    /// What it stands for.
    pub name: ScaffoldName,
}

/// Other names of scaffolds.
pub type ScaffoldAliases = Items<ScaffoldAlias, 0, ALIASES_MAX>;

/// Body of `PUT /projects/{project_name}/reference/aliases`: all of them.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAliases {
    /// No alias twice, and none that stands for another alias.
    pub aliases: ScaffoldAliases,
}

/// A scaffold of a reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferenceScaffold {
    /// Its name.
    pub name: String,
    /// Its length in bases.
    pub length: u64,
    /// MD5 of its bases, hexadecimal digits, if it is known.
    pub md5: Option<String>,
}

/// A file that contradicts the reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReferenceContradiction {
    /// Its key.
    pub file: String,
    /// What contradicts what, and what to do.
    pub reason: String,
}

/// A project's reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectReference {
    /// Where it comes from.
    pub mode: ReferenceMode,
    /// The file that it was taken from.
    pub source: Option<String>,
    /// How many scaffolds it has.
    pub scaffold_count: usize,
    /// The first thousand of them.
    pub scaffolds: Vec<ReferenceScaffold>,
    /// Other names of scaffolds.
    pub aliases: Vec<ScaffoldAlias>,
    /// The project's files that contradict it, by key.
    pub contradictions: Vec<ReferenceContradiction>,
    /// When it was changed last.
    pub changed_at: Option<DateTime<Utc>>,
}
