//! The error envelope: every API error body is `{"detail": …, "type": …}`.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of every error response of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// What is wrong and how to mend it; a list for validation errors only.
    pub detail: Detail,
    /// One of the names of [`ErrorType`].
    #[serde(rename = "type")]
    pub kind: String,
}

/// One message, or one per problem (422 only).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Detail {
    /// One message.
    One(String),
    /// One message per problem found in the request.
    Many(Vec<String>),
}

impl Detail {
    /// The messages joined for one line of text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::Many(texts) => texts.join("; "),
        }
    }
}

macro_rules! error_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal;)*) => {
        /// The closed set of error types with their HTTP status.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorType { $($(#[$doc])* $variant,)* }

        impl ErrorType {
            /// The `type` string in the envelope.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The HTTP status that goes with it unless the caller says otherwise (`http_error` has many).
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}

error_types! {
    /// Bad credentials or token.
    Authentication = "authentication_error", 401;
    /// The password is right, and the account asks for a code besides.
    SecondFactorRequired = "second_factor_required_error", 401;
    /// Known caller, too little right.
    Authorization = "authorization_error", 403;
    /// A program's user has not decided yet (RFC 8628).
    AuthorizationPending = "authorization_pending", 400;
    /// The same, and the program asks too often.
    SlowDown = "slow_down", 400;
    /// A program has waited for its user for too long.
    ExpiredToken = "expired_token", 400;
    /// A program's user refused.
    AccessDenied = "access_denied", 400;
    /// A program does not wait.
    InvalidGrant = "invalid_grant", 400;
    /// Any other refusal by HTTP status.
    Http = "http_error", 400;
    /// The request does not fit its schema.
    RequestValidation = "request_validation_error", 422;
    /// A fault of the service.
    Server = "server_error", 500;
    /// The client is older than the server accepts.
    CliVersionOutdated = "cli_version_outdated_error", 400;
    /// Account creation refused.
    UserRegistration = "user_registration_error", 400;
    /// No such project, or the caller is not a member.
    ProjectNotFound = "project_not_found_error", 404;
    /// No such membership.
    ProjectMemberNotFound = "project_member_not_found_error", 404;
    /// Already a member.
    ProjectMemberAlreadyExists = "project_member_already_exists_error", 409;
    /// Project or bucket name taken.
    ProjectCreation = "project_creation_error", 400;
    /// No such user.
    UserNotFound = "user_not_found_error", 404;
    /// More than 100 items where the schema did not already refuse.
    TooManyObjects = "too_many_objects_in_request_error", 400;
    /// A snapshot of nothing.
    ProjectVersionCreation = "project_version_creation_error", 400;
    /// The snapshot's name is taken.
    ProjectVersionAlreadyExists = "project_version_already_exists_error", 400;
    /// No such snapshot.
    ProjectVersionNotFound = "project_version_not_found_error", 404;
    /// The snapshot is soft-deleted.
    ProjectVersionSoftDeleted = "project_version_soft_deleted_error", 400;
    /// Nothing is indexed or skipped yet.
    DimensionsMissing = "vcf_dimensions_entry_missing_error", 404;
    /// A dimensions update is queued or running.
    DimensionsUpdateRunning = "dimensions_update_task_already_in_process_error", 409;
    /// No such object.
    ObjectDoesNotExist = "object_does_not_exist_error", 404;
    /// The queue is paused by an administrator.
    QueueClosed = "queue_closed_error", 400;
    /// The account has as many personal access tokens as it may have.
    PatLimitExceeded = "pat_limit_exceeded_error", 409;
    /// The account has a personal access token of that name.
    PatDuplicateName = "pat_duplicate_name_error", 409;
}
