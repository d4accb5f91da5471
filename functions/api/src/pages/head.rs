//! What the pages of a project have in common: its name, the reader's role, and the tabs.

use divbase_contract::Role;
use divbase_db::ProjectMember;

/// Above the content.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) tab: &'static str,
    /// Whether the reader sees files: administrators who are no members do not.
    pub(super) is_member: bool,
}

impl Head {
    /// For a member.
    pub(super) fn of(project: &ProjectMember, tab: &'static str) -> Self {
        Self {
            name: project.project_name.clone(),
            role: project.role,
            tab,
            is_member: true,
        }
    }

    pub(super) fn queries(&self) -> bool {
        self.is_member && self.role >= Role::Query
    }

    pub(super) fn edits(&self) -> bool {
        self.is_member && self.role >= Role::Edit
    }

    pub(super) fn manages(&self) -> bool {
        self.role >= Role::Manage
    }
}
