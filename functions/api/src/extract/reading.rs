//! A call that reads what a project has, by its members, by everybody if it is public, or by who holds a link.

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use divbase_auth::secret::{self, SHARE_PREFIX};
use divbase_db::ProjectMember;
use http::request::Parts;

use super::{
    FromBody,
    address::{ClientAddress, client_address},
    body::read,
    caller::{Bearer, token},
    project::{named, no_such_project, project_name, within_scope},
};
use crate::{AppState, error::ApiError, throttle::Attempt};

/// What links open, as a type.
pub trait Reach: Send + Sync + 'static {
    /// Whether a link to a file or folder opens this.
    const BY_LINK: bool;
}

/// Files, each for itself.
#[derive(Clone, Copy, Debug)]
pub struct Files;

/// What is about the project as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

impl Reach for Files {
    const BY_LINK: bool = true;
}

impl Reach for Whole {
    const BY_LINK: bool = false;
}

/// Which keys the reader may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of the project's.
    Project,
    /// The one file, or those below the folder if it ends with a slash.
    Path(String),
}

impl Scope {
    fn has(&self, key: &str) -> bool {
        match self {
            Self::Project => true,
            Self::Path(path) if path.ends_with('/') => key.starts_with(path.as_str()),
            Self::Path(path) => key == path,
        }
    }
}

/// Somebody who may read a project calls with body `B`. The project is named as for [`super::Project`].
#[derive(Clone, Debug)]
pub struct Reading<R, B = ()> {
    /// The project; outsiders have the role `read`.
    pub project: ProjectMember,
    /// The body.
    pub body: B,
    scope: Scope,
    reach: PhantomData<R>,
}

impl<R, B> Reading<R, B> {
    /// A call by somebody who is let into the whole project.
    pub(crate) fn of(project: ProjectMember, body: B) -> Self {
        Self {
            project,
            body,
            scope: Scope::Project,
            reach: PhantomData,
        }
    }

    /// A call by somebody who is let into a part of the project.
    pub(crate) fn within(project: ProjectMember, scope: Scope, body: B) -> Self {
        Self {
            scope,
            ..Self::of(project, body)
        }
    }

    /// The same call with another body.
    pub(crate) fn with<C>(&self, body: C) -> Reading<R, C> {
        Reading {
            project: self.project.clone(),
            body,
            scope: self.scope.clone(),
            reach: PhantomData,
        }
    }

    /// Whether a file may be seen.
    pub(crate) fn sees(&self, key: &str) -> bool {
        self.scope.has(key)
    }

    /// What a listing begins with: what was asked for, or the link's file or folder if nothing was.
    ///
    /// # Errors
    /// 403 if it reaches beyond the link.
    pub(crate) fn prefix<'a>(&'a self, asked: &'a str) -> Result<&'a str, ApiError> {
        match &self.scope {
            Scope::Path(path) if asked.is_empty() => Ok(path),
            Scope::Path(path) if !asked.starts_with(path.as_str()) => Err(beyond(asked)),
            Scope::Project | Scope::Path(_) => Ok(asked),
        }
    }

    /// Nothing, if all these files may be seen.
    ///
    /// # Errors
    /// 403 that names the first one that may not.
    pub(crate) fn may_see<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k str>,
    ) -> Result<(), ApiError> {
        match keys.into_iter().find(|key| !self.scope.has(key)) {
            None => Ok(()),
            Some(key) => Err(beyond(key)),
        }
    }
}

fn beyond(key: &str) -> ApiError {
    ApiError::forbidden(format!(
        "The link does not open '{}'.",
        divbase_contract::field::excerpt(key)
    ))
}

/// What a link's token opens. Wrong tokens are counted.
///
/// # Errors
/// 401 if it opens nothing; 429 if wrong ones were tried too often.
pub(crate) async fn opened(
    state: &AppState,
    address: &ClientAddress,
    token: &str,
) -> Result<(ProjectMember, Scope), ApiError> {
    let found = match token.starts_with(SHARE_PREFIX) {
        true => state.db.use_share_link(&secret::digest(token)).await?,
        false => None,
    };
    let Some(found) = found else {
        Attempt::token(state, address).await?;
        return Err(ApiError::authentication(
            "The link is not valid, has expired or was revoked. Ask who gave it to you for a new one.",
        ));
    };
    Ok((found.project, Scope::Path(found.path)))
}

impl<R: Reach, B: FromBody> FromRequest<AppState> for Reading<R, B> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let (mut parts, body) = request.into_parts();
        // Nobody has us read and parse megabytes without something that opens the project.
        match Bearer::of(&parts, state).await {
            Ok(bearer) => {
                let bytes = read(Request::from_parts(parts.clone(), body), state).await?;
                let parsed = B::parse(&bytes)?;
                let project = of_account(&mut parts, state, &bearer).await?;
                Ok(Self::of(project, B::decode(parsed)?))
            }
            Err(refused) => {
                let (project, scope) = match token(&parts).map(str::to_owned) {
                    Some(link) if link.starts_with(SHARE_PREFIX) => {
                        of_link::<R>(&mut parts, state, &link).await?
                    }
                    Some(_) => return Err(refused),
                    None => (of_nobody(&mut parts, state, refused).await?, Scope::Project),
                };
                let bytes = read(Request::from_parts(parts, body), state).await?;
                let body = B::decode(B::parse(&bytes)?)?;
                Ok(Self::within(project, scope, body))
            }
        }
    }
}

async fn of_link<R: Reach>(
    parts: &mut Parts,
    state: &AppState,
    link: &str,
) -> Result<(ProjectMember, Scope), ApiError> {
    let (project, scope) = opened(state, &client_address(parts), link).await?;
    if !R::BY_LINK {
        return Err(ApiError::forbidden("A link opens files only."));
    }
    let name = project_name(parts, state).await?;
    if name.as_str() == project.project_name {
        Ok((project, scope))
    } else {
        Err(no_such_project(&name))
    }
}

/// The project if it is public. Whether another one exists is not told.
async fn of_nobody(
    parts: &mut Parts,
    state: &AppState,
    refused: ApiError,
) -> Result<ProjectMember, ApiError> {
    let Ok(name) = project_name(parts, state).await else {
        return Err(refused);
    };
    state.db.public_project(&name).await?.ok_or(refused)
}

/// The project of a member, or a public one.
async fn of_account(
    parts: &mut Parts,
    state: &AppState,
    bearer: &Bearer,
) -> Result<ProjectMember, ApiError> {
    let (_, name, project) = named(parts, state, bearer).await?;
    let member = match project {
        Some(project) => within_scope(project, bearer),
        None => Err(no_such_project(&name)),
    };
    match member {
        Ok(project) => Ok(project),
        Err(refused) => state.db.public_project(&name).await?.ok_or(refused),
    }
}

#[cfg(test)]
mod tests {
    use divbase_contract::Role;

    use super::*;

    fn reading(path: &str) -> Reading<Files> {
        let project = ProjectMember {
            project_id: 1,
            project_name: "herring".to_owned(),
            bucket_name: "bucket".to_owned(),
            role: Role::Read,
            url_session: 1,
        };
        Reading::within(project, Scope::Path(path.to_owned()), ())
    }

    #[test]
    fn a_link_to_a_file_opens_that_file_alone() {
        let link = reading("a/b.vcf.gz");
        assert!(link.sees("a/b.vcf.gz"));
        for other in ["a/b.vcf.gz.csi", "a/b.vcf", "a/", "b.vcf.gz"] {
            assert!(!link.sees(other), "{other}");
        }
        assert_eq!(link.prefix("").ok(), Some("a/b.vcf.gz"));
        assert!(link.prefix("a/").is_err());
    }

    #[test]
    fn a_link_to_a_folder_opens_what_is_below() {
        let link = reading("a/");
        assert!(link.sees("a/b.vcf.gz") && link.sees("a/c/d.tsv"));
        assert!(!link.sees("ab.vcf.gz") && !link.sees("a"));
        assert_eq!(link.prefix("a/c/").ok(), Some("a/c/"));
        assert!(link.prefix("b/").is_err());
        assert!(link.may_see(["a/x", "b"]).is_err());
    }
}
