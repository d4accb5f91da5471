//! Fields of requests. A value of one of these types is within its bounds, and can be stored and sent on by every part of
//! the service.
//!
//! Postgres stores no NUL, XML carries neither control characters nor U+FFFE and U+FFFF (XML 1.0 §2.2), and what ends a line
//! could forge a line of a log. So each field of a request has a type that says which characters it takes and how many. A
//! value that is refused is refused where the body is read, with the name of its field.

mod error;
mod excerpt;
mod form;
mod kinds;
mod list;
mod number;
mod tidy;

pub use error::{Chars, TextError, Unit};
pub use excerpt::{bounded, excerpt, on_one_line, shortened};
pub use kinds::{
    AnnouncementHeading, AnnouncementText, BucketName, Command, ContentMd5, ContentSha256,
    ContinuationToken, CronText, DeviceCode, DisplayName, EmailAddress, Filter, HtsgetWord,
    HtsgetWords, IdempotencyKey, IndexName, IndexToken, InfoRules, LanguageCode, LetterId,
    LoginName, ObjectKey, OneTimeToken, Organisation, OrganisationRole, PartEtag, Password,
    PersonName, ProgramName, ProjectDescription, ProjectName, ProjectReason, ProjectVersionName,
    QueueReason, RequestAnswer, ResumeToken, SampleName, ScaffoldName, ScheduleKey, SearchText,
    SecondFactorCode, SessionToken, TaskName, TimeZoneName, TokenDescription, TokenName,
    TypedPassword, UploadId, VersionDescription, VersionId,
};
pub use list::Items;
pub use number::Whole;

pub(crate) use error::check;
