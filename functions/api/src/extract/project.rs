//! A call on a project: caller, membership, body and role in one extractor, checked in one order.

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use divbase_contract::{
    ErrorType, Role,
    field::{ProjectName, TextError},
};
use divbase_db::{ProjectMember, ProjectSummary, User};

use super::{FromBody, Reading, body::read, caller::Bearer, path};
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

/// A member with role `R` or more calls with body `B`. The project is named in the path or, for file routes, in
/// the query string, always as `project_name`.
#[derive(Clone, Debug)]
pub struct Project<R, B = ()> {
    /// Who calls.
    pub user: User,
    /// The project as that member sees it.
    pub project: ProjectMember,
    /// The body.
    pub body: B,
    role: PhantomData<R>,
}

/// As [`Project`], and an administrator who is no member is let in as a manager, whatever the project's state: for
/// what is about the project, never for its files.
#[derive(Clone, Debug)]
pub struct Governed<R, B = ()> {
    /// Who calls.
    pub user: User,
    /// The project as the caller sees it.
    pub project: ProjectMember,
    /// The body.
    pub body: B,
    role: PhantomData<R>,
}

macro_rules! bodies {
    ($($name:ident)*) => {$(
        impl<R, B> $name<R, B> {
            /// The same call with another body: what a form said, in the type of the JSON route.
            pub(crate) fn with<C>(&self, body: C) -> $name<R, C> {
                $name {
                    user: self.user.clone(),
                    project: self.project.clone(),
                    body,
                    role: PhantomData,
                }
            }

            /// The same call, without its body, where another role is needed.
            ///
            /// # Errors
            /// 403 if the caller has not got it.
            pub(crate) fn as_role<S: AtLeast>(&self) -> Result<$name<S>, ApiError> {
                enough(&self.project, S::ROLE)?;
                Ok($name {
                    user: self.user.clone(),
                    project: self.project.clone(),
                    body: (),
                    role: PhantomData,
                })
            }
        }
    )*};
}

bodies! { Project Governed }

impl<R, B> Project<R, B> {
    /// The same call on a route that others than members may read too.
    pub(crate) fn reading<S, C>(&self, body: C) -> Reading<S, C> {
        Reading::of(self.project.clone(), body)
    }

    /// The same call, without its body, on a route that administrators may call too.
    pub(crate) fn governed(&self) -> Governed<R> {
        Governed {
            user: self.user.clone(),
            project: self.project.clone(),
            body: (),
            role: PhantomData,
        }
    }
}

/// Whom a project's route lets in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Members,
    MembersAndAdministrators,
}

impl<R: AtLeast, B: FromBody> FromRequest<AppState> for Project<R, B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (user, project, body) = enter(request, state, R::ROLE, Door::Members).await?;
        Ok(Self {
            user,
            project,
            body,
            role: PhantomData,
        })
    }
}

impl<R: AtLeast, B: FromBody> FromRequest<AppState> for Governed<R, B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let door = Door::MembersAndAdministrators;
        let (user, project, body) = enter(request, state, R::ROLE, door).await?;
        Ok(Self {
            user,
            project,
            body,
            role: PhantomData,
        })
    }
}

async fn enter<B: FromBody>(
    request: Request,
    state: &AppState,
    lowest: Role,
    door: Door,
) -> Result<(User, ProjectMember, B), ApiError> {
    let (mut parts, body) = request.into_parts();
    // First, so that nobody has us read and parse megabytes without a token.
    let bearer = Bearer::of(&parts, state).await?;
    let bytes = read(Request::from_parts(parts.clone(), body), state).await?;
    let parsed = B::parse(&bytes)?;
    let name = match project_name(&mut parts, state).await {
        Ok(name) => name,
        Err(missing) => {
            // Whoever may not act is told only that.
            bearer.admit(state.db.user(bearer.user_id).await?)?;
            return Err(missing);
        }
    };
    let (user, project) = state.db.member(bearer.user_id, &name).await?.unzip();
    let user = bearer.admit(user)?;
    let project = match (project.flatten(), door) {
        (_, Door::MembersAndAdministrators) if user.is_admin => {
            as_manager(state, &user, &name).await?
        }
        (Some(project), _) => Some(within_scope(project, &bearer)?),
        (None, _) => None,
    };
    let project = project.ok_or_else(|| no_such_project(&name))?;
    let body = B::decode(parsed)?;
    enough(&project, lowest)?;
    Ok((user, project, body))
}

fn enough(project: &ProjectMember, lowest: Role) -> Result<(), ApiError> {
    if project.role >= lowest {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorType::Authorization,
        format!(
            "Your role in the project '{}' is '{}'; this needs '{lowest}'. Ask a manager of the project.",
            project.project_name, project.role,
        ),
    ))
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
        None => Err(ApiError::new(
            ErrorType::Authorization,
            format!(
                "Your personal access token does not open the project '{}'.",
                project.project_name
            ),
        )),
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
    parts: &mut http::request::Parts,
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
