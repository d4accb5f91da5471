//! A call on a project: caller, membership, body and role in one extractor, checked in one order.

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use divbase_contract::{
    ErrorType, Role,
    field::{ProjectName, TextError},
};
use divbase_db::{ProjectMember, ProjectSummary, User};
use http::request::Parts;

use super::{FromBody, Origin, Reading, body::read, caller::Bearer, path};
use crate::{AppState, error::ApiError};

/// A lowest role, as a type.
pub trait AtLeast: Send + Sync + 'static {
    /// The role.
    const ROLE: Role;
}

macro_rules! roles {
    ($($name:ident = $role:ident;)*) => {$(
        #[doc = concat!("`", stringify!($role), "` or more.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl AtLeast for $name {
            const ROLE: Role = Role::$role;
        }
    )*};
}

roles! {
    ReadRole = Read;
    QueryRole = Query;
    EditRole = Edit;
    ManageRole = Manage;
}

/// Whom a project's route lets in, as a type.
pub trait Door: Send + Sync + 'static {
    /// Whether it lets administrators in who are no members.
    const ADMINISTRATORS: bool;
}

/// Members alone.
#[derive(Clone, Copy, Debug)]
pub struct Members;

/// Members and administrators.
#[derive(Clone, Copy, Debug)]
pub struct Governors;

impl Door for Members {
    const ADMINISTRATORS: bool = false;
}

impl Door for Governors {
    const ADMINISTRATORS: bool = true;
}

/// A member with role `R` or more calls with body `B`. The project is named in the path or, for file routes, in
/// the query string, always as `project_name`.
#[derive(Clone, Debug)]
pub struct Project<R, B = (), D = Members> {
    /// Who calls.
    pub user: User,
    /// What they do by the call, for the audit log.
    pub by: divbase_db::Origin,
    /// The project as the caller sees it.
    pub project: ProjectMember,
    /// The body.
    pub body: B,
    lets_in: PhantomData<(R, D)>,
}

/// As [`Project`], and an administrator who is no member is let in as a manager, whatever the project's state: for
/// what is about the project, never for its files.
pub type Governed<R, B = ()> = Project<R, B, Governors>;

impl<R, B, D> Project<R, B, D> {
    /// The same call with another body: what a form said, in the type of the JSON route.
    pub(crate) fn with<C>(&self, body: C) -> Project<R, C, D> {
        self.through(body)
    }

    /// The same call, without its body, where another role is needed.
    ///
    /// # Errors
    /// 403 if the caller has not got it.
    pub(crate) fn as_role<S: AtLeast>(&self) -> Result<Project<S, (), D>, ApiError> {
        enough(&self.project, S::ROLE)?;
        Ok(self.through(()))
    }

    fn through<S, C, E>(&self, body: C) -> Project<S, C, E> {
        Project {
            user: self.user.clone(),
            by: self.by.clone(),
            project: self.project.clone(),
            body,
            lets_in: PhantomData,
        }
    }
}

impl<R, B> Project<R, B> {
    /// The same call on a route that others than members may read too.
    pub(crate) fn reading<S, C>(&self, body: C) -> Reading<S, C> {
        Reading::of(self.project.clone(), body)
    }

    /// The same call, without its body, on a route that administrators may call too.
    pub(crate) fn governed(&self) -> Governed<R> {
        self.through(())
    }
}

impl<R: AtLeast, B: FromBody, D: Door> FromRequest<AppState> for Project<R, B, D> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        // First, so that nobody has us read and parse megabytes without a token.
        let bearer = Bearer::of(&parts, state).await?;
        let bytes = read(Request::from_parts(parts.clone(), body), state).await?;
        let parsed = B::parse(&bytes)?;
        let (user, name, member) = named(&mut parts, state, &bearer).await?;
        let project = match member {
            _ if D::ADMINISTRATORS && user.is_admin => as_manager(state, &user, &name).await?,
            Some(project) => Some(within_scope(project, &bearer)?),
            None => None,
        };
        let project = project.ok_or_else(|| no_such_project(&name))?;
        let body = B::decode(parsed)?;
        enough(&project, R::ROLE)?;
        Ok(Self {
            by: Origin::of(&parts).by(&user),
            user,
            project,
            body,
            lets_in: PhantomData,
        })
    }
}

/// Who calls, which project they name, and their membership in it if they have one.
pub(super) async fn named(
    parts: &mut Parts,
    state: &AppState,
    bearer: &Bearer,
) -> Result<(User, ProjectName, Option<ProjectMember>), ApiError> {
    let name = match project_name(parts, state).await {
        Ok(name) => name,
        Err(missing) => {
            // Whoever may not act is told only that.
            bearer.admit(state.db.user(bearer.user_id).await?)?;
            return Err(missing);
        }
    };
    let (user, project) = state.db.member(bearer.user_id, &name).await?.unzip();
    Ok((bearer.admit(user)?, name, project.flatten()))
}

fn enough(project: &ProjectMember, lowest: Role) -> Result<(), ApiError> {
    if project.role >= lowest {
        return Ok(());
    }
    Err(ApiError::forbidden(format!(
        "Your role in the project '{}' is '{}'; this needs '{lowest}'. Ask a manager of the project.",
        project.project_name, project.role,
    )))
}

/// No project of this name, or none that the caller is let into: the two are not told apart.
pub(crate) fn no_such_project(name: &str) -> ApiError {
    ApiError::new(
        ErrorType::ProjectNotFound,
        format!("The project '{name}' does not exist or you are not a member of it."),
    )
}

/// The membership with the lower role of member and token.
pub(super) fn within_scope(
    project: ProjectMember,
    bearer: &Bearer,
) -> Result<ProjectMember, ApiError> {
    match bearer.access.role(project.project_id, project.role) {
        Some(role) => Ok(ProjectMember { role, ..project }),
        None => Err(ApiError::forbidden(format!(
            "Your personal access token does not open the project '{}'.",
            project.project_name
        ))),
    }
}

async fn as_manager(
    state: &AppState,
    admin: &User,
    name: &str,
) -> Result<Option<ProjectMember>, ApiError> {
    let project = state.db.project_summary(admin.id, true, name).await?;
    Ok(project.map(|ProjectSummary { project, .. }| ProjectMember {
        project_id: project.id,
        project_name: project.name,
        bucket_name: project.bucket_name,
        role: Role::Manage,
        // Of no membership, and so of nothing that could end: files are not for who is let in so.
        url_session: 0,
    }))
}

pub(super) async fn project_name(
    parts: &mut Parts,
    state: &AppState,
) -> Result<ProjectName, ApiError> {
    const NAME: &str = "project_name";
    let parse = |place: &str, name: &str| {
        name.parse()
            .map_err(|error: TextError| ApiError::field(&format!("{place}.{NAME}"), error))
    };
    if let Some((_, name)) = path::raw(parts, state)
        .await?
        .iter()
        .find(|(key, _)| *key == NAME)
    {
        return parse("path", name);
    }
    let query = parts.uri.query().unwrap_or_default();
    match url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == NAME) {
        Some((_, name)) => parse("query", &name),
        None => Err(ApiError::validation(vec![format!(
            "query.{NAME}: Field required"
        )])),
    }
}
