//! Personal access tokens: make, list, revoke. By a session only, so that a token cannot make another one.

use std::collections::BTreeMap;

use axum::Json;
use chrono::{Duration, Utc};
use divbase_auth::Secret;
use divbase_contract::{
    ErrorType, Role,
    pats::{IssuedPat, MAX_PAT_DAYS, MAX_PAT_PROJECTS, MAX_PATS, NewPat, PAT_PREFIX, Pat},
};
use divbase_db::{PatMade, PatPermissions, User};
use divbase_service::tasks::AccountNotice;
use http::StatusCode;

use crate::{
    AppState,
    error::ApiError,
    extract::{JsonBody, Path, SignedIn},
    mail,
    routes::numbers::TokenPath,
};

/// The account's tokens, newest first, without those that were revoked.
#[utoipa::path(get, path = "/auth/pats", tag = "auth", operation_id = "list_pats",
    responses((status = 200, body = [Pat]), crate::Refuses<401, 403>))]
pub(crate) async fn list(
    state: AppState,
    SignedIn { user, .. }: SignedIn,
) -> Result<Json<Vec<Pat>>, ApiError> {
    let rows = state.db.pats(user.id).await?;
    let ids: Vec<i64> = rows
        .iter()
        .flat_map(|row| row.permissions.projects.keys().copied())
        .collect();
    let names = state.db.project_names(&ids).await?;
    Ok(Json(
        rows.into_iter().map(|row| shown(row, &names)).collect(),
    ))
}

/// Makes a token; the answer shows it this once. It can do in a project what both the token and its owner's membership
/// allow. An account has at most five that have not expired.
#[utoipa::path(post, path = "/auth/pats", tag = "auth", operation_id = "create_pat", request_body = NewPat,
    responses((status = 201, body = IssuedPat), crate::Refuses<401, 403, 404, 409, 422>))]
pub(crate) async fn create(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    JsonBody(new): JsonBody<NewPat>,
) -> Result<(StatusCode, Json<IssuedPat>), ApiError> {
    let problems = problems(&new);
    if !problems.is_empty() {
        return Err(ApiError::validation(problems));
    }
    if new.admin && !user.is_admin {
        return Err(ApiError::forbidden(
            "Only administrators make tokens that may do what administrators may.",
        ));
    }
    let (projects, names) = numbered(&state, &user, &new).await?;
    let permissions = PatPermissions {
        all_projects: new.all_projects,
        projects,
        task_history: new.task_history,
        admin: new.admin,
    };
    let token = Secret::generate(PAT_PREFIX);
    let made = state
        .db
        .create_pat(
            divbase_db::NewPat {
                user_id: user.id,
                name: new.name.as_str(),
                description: new
                    .description
                    .as_ref()
                    .map(divbase_contract::field::TokenDescription::as_str),
                token_sha256: &token.digest(),
                permissions: &permissions,
                expires_at: Utc::now() + Duration::days(i64::from(new.expires_in_days)),
                limit: MAX_PATS,
            },
            &by,
        )
        .await
        .map_err(|error| {
            if error.violates("personal_access_token_live_name") {
                ApiError::new(
                    ErrorType::PatDuplicateName,
                    format!("You have a token named '{}' already.", new.name),
                )
            } else {
                error.into()
            }
        })?;
    match made {
        PatMade::Made(row) => {
            tracing::info!(
                user = user.id,
                token = row.id,
                "made a personal access token"
            );
            let name = Some(row.name.as_str());
            mail::tell(&state, user.id, AccountNotice::TokenCreated, name, &by).await;
            let issued = IssuedPat {
                pat: shown(*row, &names),
                token: token.expose().to_owned(),
            };
            Ok((StatusCode::CREATED, Json(issued)))
        }
        PatMade::TooMany => Err(ApiError::new(
            ErrorType::PatLimitExceeded,
            format!("You have {MAX_PATS} tokens already. Revoke one that you do not need."),
        )),
    }
}

/// Revokes a token, at once.
#[utoipa::path(delete, path = "/auth/pats/{token_id}", tag = "auth", operation_id = "revoke_pat",
    params(("token_id" = i64, Path)),
    responses((status = 204), crate::Refuses<401, 403, 404, 422>))]
pub(crate) async fn revoke(
    state: AppState,
    SignedIn { user, by }: SignedIn,
    Path(TokenPath { token_id: id }): Path<TokenPath>,
) -> Result<StatusCode, ApiError> {
    if let Some(name) = state.db.revoke_pat(user.id, id, &by).await? {
        let notice = AccountNotice::TokenRevoked;
        mail::tell(&state, user.id, notice, Some(&name), &by).await;
        tracing::info!(
            user = user.id,
            token = id,
            "revoked a personal access token"
        );
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(ApiError::not_found(format!(
            "You have no token with the number {id}."
        )))
    }
}

fn problems(new: &NewPat) -> Vec<String> {
    let opens_something =
        new.all_projects || !new.projects.is_empty() || new.task_history || new.admin;
    [
        (!(1..=MAX_PAT_DAYS).contains(&new.expires_in_days))
            .then(|| format!("body.expires_in_days: Value error, use 1 to {MAX_PAT_DAYS} days")),
        (new.projects.len() > MAX_PAT_PROJECTS).then(|| {
            format!("body.projects: Value error, name at most {MAX_PAT_PROJECTS} projects")
        }),
        (new.all_projects && !new.projects.is_empty()).then(|| {
            "body.projects: Value error, name none if the token opens all projects".to_owned()
        }),
        (!opens_something).then(|| {
            "body: Value error, the token opens nothing; name a project, or all, or a scope"
                .to_owned()
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

type Numbered = (BTreeMap<i64, Role>, BTreeMap<i64, String>);

/// Roles and names of the projects by number.
async fn numbered(state: &AppState, user: &User, new: &NewPat) -> Result<Numbered, ApiError> {
    let wanted: Vec<String> = new.projects.keys().map(ToString::to_string).collect();
    let known = state.db.projects_by_name(user.id, &wanted).await?;
    let (mut roles, mut names) = (BTreeMap::new(), BTreeMap::new());
    for (name, role) in &new.projects {
        let (id, own) = known
            .get(name.as_str())
            .ok_or_else(|| crate::extract::no_such_project(name.as_str()))?;
        // It would have it once its owner has it.
        if role > own {
            return Err(ApiError::forbidden(format!(
                "Your role in '{name}' is '{own}'; a token of yours has no higher one."
            )));
        }
        roles.insert(*id, *role);
        names.insert(*id, name.to_string());
    }
    Ok((roles, names))
}

fn shown(row: divbase_db::Pat, names: &BTreeMap<i64, String>) -> Pat {
    let projects = row.permissions.projects.iter();
    Pat {
        id: row.id,
        name: row.name,
        description: row.description,
        all_projects: row.permissions.all_projects,
        projects: projects
            .filter_map(|(id, role)| Some((names.get(id)?.clone(), *role)))
            .collect(),
        task_history: row.permissions.task_history,
        admin: row.permissions.admin,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        created_at: row.created_at,
    }
}
