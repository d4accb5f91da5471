//! `/audit` and `/projects/{project_name}/audit`: who did what to whom, when and from where.

use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        pub enum AuditAction {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl AuditAction {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// As it stands in the log.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    /// An account was made by an administrator, or the first administrator by the service.
    UserCreated = "user.created";
    /// An account was changed by an administrator.
    UserChanged = "user.changed";
    /// Somebody registered; the address waits to be confirmed.
    UserRegistered = "user.registered";
    /// An account was deleted by its owner.
    UserDeleted = "user.deleted";
    /// An address was confirmed by who reads its mail.
    EmailConfirmed = "email.confirmed";
    /// The owner of an account wants another address for it.
    EmailChangeAsked = "email.change_asked";
    /// The owner of an account ended one of its sessions.
    SessionEnded = "session.ended";
    /// A refresh token that was replaced came back, and ended its session.
    SessionReplayed = "session.replayed";
    /// The owner of an account ended all its sessions.
    SessionsEnded = "sessions.ended";
    /// An administrator let an account's password be set anew.
    PasswordResetAllowed = "password.reset_allowed";
    /// A password was set anew with a one-time token.
    PasswordReset = "password.reset";
    /// A password was changed by its owner.
    PasswordChanged = "password.changed";
    /// An identity at a provider opens an account from now on.
    IdentityLinked = "identity.linked";
    /// An identity at a provider opens an account no more.
    IdentityUnlinked = "identity.unlinked";
    /// The owner of an account has it ask for a code besides.
    SecondFactorOn = "second_factor.on";
    /// An account asks for no code any more: its owner turned that off, or an administrator did.
    SecondFactorOff = "second_factor.off";
    /// A recovery code stood in for the owner's app.
    RecoveryCodeUsed = "second_factor.recovery_code_used";
    /// Somebody signed a program in that waited for it.
    DeviceApproved = "device.approved";
    /// Somebody refused to sign a program in.
    DeviceRefused = "device.refused";
    /// A personal access token was made.
    TokenCreated = "token.created";
    /// A personal access token was revoked.
    TokenRevoked = "token.revoked";
    /// Somebody without an account was invited.
    InvitationCreated = "invitation.created";
    /// An invitation was taken back.
    InvitationWithdrawn = "invitation.withdrawn";
    /// An invitation was accepted: an account was made.
    InvitationAccepted = "invitation.accepted";
    /// A project was made.
    ProjectCreated = "project.created";
    /// A project was changed, closed or opened.
    ProjectChanged = "project.changed";
    /// Somebody asked for a project.
    ProjectRequested = "project.requested";
    /// Who asked for a project needs none any more.
    ProjectRequestWithdrawn = "project.request_withdrawn";
    /// An administrator made a project that was asked for.
    ProjectRequestApproved = "project.request_approved";
    /// An administrator declined to make a project.
    ProjectRequestDeclined = "project.request_declined";
    /// A project was closed, to be deleted when its grace time is over.
    ProjectDeletionAsked = "project.deletion_asked";
    /// The deletion of a project was taken back.
    ProjectDeletionTakenBack = "project.deletion_taken_back";
    /// A project, its files and its bucket were destroyed for good.
    ProjectDeleted = "project.deleted";
    /// Where a project's reference comes from was changed, or other names of its scaffolds.
    ProjectReferenceChanged = "project.reference_changed";
    /// A project was made public, or private again.
    ProjectVisibilityChanged = "project.visibility_changed";
    /// A link was made by which people without an account read a file or folder.
    ShareLinkCreated = "share_link.created";
    /// Such a link was ended.
    ShareLinkRevoked = "share_link.revoked";
    /// Files were deleted; they can be restored.
    FilesDeleted = "files.deleted";
    /// Deleted files were restored.
    FilesRestored = "files.restored";
    /// A file was given another name.
    FileMoved = "file.moved";
    /// Versions of files were destroyed for good by a manager.
    FilesPurged = "files.purged";
    /// A version of the project was made.
    ProjectVersionCreated = "project_version.created";
    /// A version of the project was renamed or described.
    ProjectVersionChanged = "project_version.changed";
    /// A version of the project was deleted.
    ProjectVersionDeleted = "project_version.deleted";
    /// Its deletion was taken back.
    ProjectVersionRestored = "project_version.restored";
    /// Nobody can change it from now on.
    ProjectVersionFrozen = "project_version.frozen";
    /// Somebody became a member.
    MemberAdded = "member.added";
    /// A member was given another role.
    MemberRoleChanged = "member.role_changed";
    /// A manager handed a project over to another member.
    ProjectTransferred = "project.transferred";
    /// A membership was ended by somebody else.
    MemberRemoved = "member.removed";
    /// A member left.
    MemberLeft = "member.left";
    /// Tasks were cancelled by a filter.
    TasksCancelled = "tasks.cancelled";
    /// Tasks were run again by a filter.
    TasksRetried = "tasks.retried";
    /// The tasks of dead letters were run again.
    LettersRedriven = "dead_letters.redriven";
    /// Dead letters were thrown away.
    LettersDiscarded = "dead_letters.discarded";
    /// A schedule was made.
    ScheduleCreated = "schedule.created";
    /// A schedule was changed, switched on or off.
    ScheduleChanged = "schedule.changed";
    /// A schedule was deleted.
    ScheduleDeleted = "schedule.deleted";
    /// A run of a schedule was asked for.
    ScheduleTriggered = "schedule.triggered";
    /// The tasks of a queue no longer begin.
    QueuePaused = "queue.paused";
    /// The tasks of a queue begin again.
    QueueResumed = "queue.resumed";
    /// How many tasks may run or wait was changed.
    LimitsChanged = "limits.changed";
    /// The operators say something to everybody.
    AnnouncementCreated = "announcement.created";
    /// They no longer say it.
    AnnouncementRemoved = "announcement.removed";
}

impl fmt::Display for AuditAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number; later entries have larger ones.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What was done. A newer service may know more actions than [`AuditAction`].
    pub action: String,
    /// The account that did it, by number; absent for the service itself.
    pub actor_id: Option<i64>,
    /// Its address at that time.
    pub actor: Option<String>,
    /// The account that it was done to, by number.
    pub user_id: Option<i64>,
    /// Its address at that time, or the address that was invited.
    pub user: Option<String>,
    /// The project's name at that time.
    pub project_name: Option<String>,
    /// What the action says besides, such as `role`. Never a secret.
    pub detail: BTreeMap<String, String>,
    /// The network address that it came from: IPv4, or the first 64 bits of IPv6.
    pub address: Option<String>,
    /// The request, as its answer's `X-Request-ID` and the service's log name it.
    pub request_id: Option<String>,
}

/// A page of the audit log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// At most as many as were asked for.
    pub entries: Vec<AuditEntry>,
    /// `before` of the next page, which has older entries; absent on the last one.
    pub next: Option<i64>,
}
