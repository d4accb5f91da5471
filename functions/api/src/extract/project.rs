//! A call on a project: caller, membership, body and role in one extractor, checked in the agreed order.

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use divbase_contract::{
    ErrorType, Role,
    field::{ProjectName, TextError},
};
use divbase_db::{ProjectMember, User};

use super::{
    FromBody,
    body::read,
    caller::{acting, named},
    path,
};
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

impl<R: AtLeast, B: FromBody> FromRequest<AppState> for Project<R, B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        let bytes = read(Request::from_parts(parts.clone(), body), state).await?;
        let parsed = B::parse(&bytes)?;
        let user_id = named(&parts, state)?;
        let name = match project_name(&mut parts, state).await {
            Ok(name) => name,
            Err(missing) => {
                // Whoever may not act is told only that.
                acting(state.db.user(user_id).await?)?;
                return Err(missing);
            }
        };
        let (user, project) = state.db.member(user_id, &name).await?.unzip();
        let user = acting(user)?;
        let project = project.flatten().ok_or_else(|| {
            ApiError::new(
                ErrorType::ProjectNotFound,
                format!("The project '{name}' does not exist or you are not a member of it."),
            )
        })?;
        let body = B::decode(parsed)?;
        if project.role < R::ROLE {
            return Err(ApiError::new(
                ErrorType::Authorization,
                format!(
                    "Your role in the project '{name}' is '{}'; this needs '{}'. Ask a manager of the project.",
                    project.role,
                    R::ROLE
                ),
            ));
        }
        Ok(Self {
            user,
            project,
            body,
            role: PhantomData,
        })
    }
}

async fn project_name(
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
