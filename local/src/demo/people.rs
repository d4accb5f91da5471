//! The researcher of the demo and their project, made as an administrator of any installation makes them.

use divbase_contract::{
    Role,
    accounts::NewUser,
    auth::User,
    field::{EmailAddress, Password},
    projects::{Member, NewMember, NewProject, ProjectInfo},
};

use crate::{AnyError, api::Session, serve::random_secret};

/// An account with a project.
pub(crate) struct Researcher {
    pub(crate) email: String,
    pub(crate) password: String,
    pub(crate) project: String,
}

/// Makes a user, a project with its bucket, and the membership between them. `suffix` keeps them apart from those of
/// an earlier demo on the same installation.
pub(super) async fn make(admin: &Session, suffix: &str) -> Result<Researcher, AnyError> {
    let researcher = Researcher {
        email: format!("linnea{suffix}@example.org"),
        password: random_secret(),
        project: format!("herring{suffix}"),
    };
    make_account(admin, &researcher).await?;
    make_project(admin, &researcher).await?;
    Ok(researcher)
}

/// Makes the researcher's account.
pub(crate) async fn make_account(admin: &Session, researcher: &Researcher) -> Result<(), AnyError> {
    let user = NewUser {
        name: "Linnea Demo".parse()?,
        email: researcher.email.parse()?,
        organisation: "Institute of Marine Research".parse()?,
        organisation_role: "Researcher".parse()?,
        password: Password::try_from(researcher.password.clone())?,
        is_admin: false,
    };
    let _: User = admin.post("/users", &user).await?;
    Ok(())
}

/// Makes the project with the researcher as a member; gives its bucket.
pub(crate) async fn make_project(
    admin: &Session,
    researcher: &Researcher,
) -> Result<String, AnyError> {
    let email: EmailAddress = researcher.email.parse()?;
    let project = NewProject {
        name: researcher.project.parse()?,
        description: Some("The demo's project".parse()?),
        storage_quota_bytes: None,
        manager_email: None,
    };
    let made: ProjectInfo = admin.post("/projects", &project).await?;
    let member = NewMember {
        email,
        role: Role::Edit,
    };
    let path = format!("/projects/{}/members", researcher.project);
    let _: Member = admin.post(&path, &member).await?;
    made.bucket_name
        .ok_or_else(|| "an administrator is not told the bucket".into())
}
