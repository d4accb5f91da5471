//! `/htsget`: tickets of the htsget protocol, version 1.3.0 (GA4GH, <https://samtools.github.io/hts-specs/htsget.html>).
//! A ticket says where the parts of a file are; joined, they are a file with the records that were asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::field::{HtsgetWord, HtsgetWords, Items, ScaffoldName, Whole};

/// Type of the answers' content.
pub const HTSGET_TYPE: &str = "application/vnd.ga4gh.htsget.v1.3.0+json; charset=utf-8";
/// The version of the protocol.
pub const HTSGET_VERSION: &str = "1.3.0";

/// A position, 0-based.
pub type Position = Whole<0, { u32::MAX as i64 }>;

/// What a GET asks for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct TicketQuery {
    /// `VCF`, which is the default, or `BCF`: what the file is. Nothing is converted.
    #[param(inline)]
    pub format: Option<HtsgetWord>,
    /// `header` for the header alone, without other parameters than `format`.
    #[param(inline)]
    pub class: Option<HtsgetWord>,
    /// Only records of this scaffold.
    #[param(inline)]
    pub reference_name: Option<ScaffoldName>,
    /// Only records that reach this position of the scaffold or what follows, 0-based.
    #[param(inline)]
    pub start: Option<Position>,
    /// Only records that begin before this position of the scaffold, 0-based.
    #[param(inline)]
    pub end: Option<Position>,
    /// Fields to include, separated by commas. The answer has all of them whatever is asked.
    #[param(inline)]
    pub fields: Option<HtsgetWords>,
    /// Tags to include, separated by commas. The answer has all of them whatever is asked.
    #[param(inline)]
    pub tags: Option<HtsgetWords>,
    /// Tags to leave out, separated by commas. The answer has all of them whatever is asked.
    #[param(inline)]
    pub notags: Option<HtsgetWords>,
}

/// Words of a list.
pub type WordList = Items<HtsgetWord, 0, 1000>;
/// Parts of scaffolds.
pub type RegionList = Items<TicketRegion, 1, 1000>;

/// What a POST asks for.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct TicketRequest {
    /// `VCF`, which is the default, or `BCF`: what the file is. Nothing is converted.
    pub format: Option<HtsgetWord>,
    /// `header` for the header alone, without other parameters than `format`.
    pub class: Option<HtsgetWord>,
    /// Fields to include. The answer has all of them whatever is asked.
    #[schema(inline)]
    pub fields: Option<WordList>,
    /// Tags to include. The answer has all of them whatever is asked.
    #[schema(inline)]
    pub tags: Option<WordList>,
    /// Tags to leave out. The answer has all of them whatever is asked.
    #[schema(inline)]
    pub notags: Option<WordList>,
    /// Only records that overlap one of these; all if it is left out.
    #[schema(inline)]
    pub regions: Option<RegionList>,
}

/// A scaffold or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketRegion {
    /// The scaffold.
    pub reference_name: ScaffoldName,
    /// The first position, 0-based; that of the scaffold if it is left out.
    #[schema(inline)]
    pub start: Option<Position>,
    /// The position behind the last, 0-based; that of the scaffold if it is left out.
    #[schema(inline)]
    pub end: Option<Position>,
}

/// A ticket, as it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketAnswer {
    /// The ticket.
    pub htsget: Ticket,
}

/// Where the parts of a file are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    /// What they are when they are joined.
    pub format: TicketFormat,
    /// The parts, in the order in which they are joined.
    pub urls: Vec<TicketUrl>,
}

/// Formats that are served, both bgzipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum TicketFormat {
    /// VCF.
    Vcf,
    /// BCF.
    Bcf,
}

/// Where a part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketUrl {
    /// A signed URL of the store, or a `data:` URL that has the part in it.
    pub url: String,
    /// Headers that are sent to it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// What the part holds; absent in a ticket one of whose parts holds header and records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<TicketClass>,
}

/// What a part holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TicketClass {
    /// Header.
    Header,
    /// Records, or the end of the file.
    Body,
}

/// Why there is no ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoTicketAnswer {
    /// The error.
    pub htsget: NoTicket,
}

/// An error of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoTicket {
    /// One of the protocol's types.
    pub error: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// What the service is (GA4GH service-info 1.0.0).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceInfo {
    /// Name of the service for programs.
    pub id: String,
    /// Name of the service.
    pub name: String,
    /// What kind of service it is.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// What it does.
    pub description: String,
    /// Who runs it.
    pub organization: ServiceOrganization,
    /// Version of the program.
    pub version: String,
    /// What it can do.
    pub htsget: ServiceAbilities,
}

/// A kind of service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceType {
    /// Whose protocol it speaks.
    pub group: String,
    /// The protocol.
    pub artifact: String,
    /// Its version.
    pub version: String,
}

/// Who runs a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceOrganization {
    /// The name.
    pub name: String,
    /// A page about them.
    pub url: String,
}

/// What an htsget service can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAbilities {
    /// `variants`.
    pub datatype: String,
    /// Formats.
    pub formats: Vec<TicketFormat>,
    /// Whether `fields` has an effect.
    pub fields_parameters_effective: bool,
    /// Whether `tags` and `notags` have an effect.
    pub tags_parameters_effective: bool,
}
