//! What the pages of a project have in common: its name, the reader's role, and the tabs.

use divbase_contract::{Role, projects::ProjectInfo};
use divbase_db::ProjectMember;

use crate::{AppState, error::ApiError, extract::Governed, routes::projects::list};

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

    /// For a member, or an administrator who is none, and what the project is.
    pub(super) async fn governed<R, B>(
        state: &AppState,
        call: &Governed<R, B>,
        tab: &'static str,
    ) -> Result<(Self, ProjectInfo), ApiError> {
        let info = list::show(state.clone(), call.as_role()?).await?.0;
        let head = Self {
            is_member: info.role.is_some(),
            ..Self::of(&call.project, tab)
        };
        Ok((head, info))
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
