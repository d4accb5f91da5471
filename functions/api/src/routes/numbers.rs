//! Numbers that stand in paths.

use serde::Deserialize;

macro_rules! paths {
    ($($(#[$doc:meta])* $name:ident { $field:ident })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize)]
        pub(crate) struct $name {
            pub(crate) $field: i64,
        }
    )*};
}

paths! {
    /// Which account.
    UserPath { user_id }
    /// Which identity at a provider.
    IdentityPath { identity_id }
    /// Which announcement.
    AnnouncementPath { announcement_id }
    /// Which request for a project.
    ProjectRequestPath { request_id }
    /// Which invitation.
    InvitationPath { invitation_id }
    /// Which session.
    SessionPath { session_id }
    /// Which link that shares something.
    ShareLinkPath { link_id }
    /// Which personal access token.
    TokenPath { token_id }
}
