//! The tasks that users submit, one file each, and below [`periodic`] those that schedules run.

mod attempts;
mod bcftools_query;
mod end_urls;
mod in_pieces;
mod in_windows;
mod index_piece;
mod make_sample_groups;
pub mod periodic;
mod query_parts;
mod query_window;
mod query_work;
mod sample_groups_part;
mod sample_metadata_query;
mod send_mail;
mod update_dimensions;
pub mod update_key;

pub use bcftools_query::BcftoolsQuery;
pub use end_urls::{EndUrls, EndUrlsKwargs, EndedUrls};
pub(crate) use index_piece::IndexPiece;
pub use make_sample_groups::{MadeSampleGroups, MakeSampleGroups, MakeSampleGroupsKwargs};
pub(crate) use query_parts::QueryParts;
pub(crate) use query_window::QueryWindow;
pub(crate) use sample_groups_part::SampleGroupsPart;
pub use sample_metadata_query::SampleMetadataQuery;
pub use send_mail::{AccountNotice, MailKwargs, MailOutcome, MailResult, SendMail};
pub use update_dimensions::UpdateDimensions;
