//! The researcher of the demo and their project, made through the development routes.

use divbase_contract::{
    Role,
    admin::{CreateProject, CreateUser, Project},
    auth::LoginResponse,
};
use reqwest::{Client, Response};

use crate::{AnyError, serve::random_secret};

/// An account with a project.
pub(super) struct Researcher {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) project: String,
}

/// Makes a user, a project with its bucket, and the membership between them.
pub(super) async fn make(
    api_url: &str,
    (admin_email, admin_password): &(String, String),
) -> Result<Researcher, AnyError> {
    let http = http_client();
    let url = |path: &str| format!("{api_url}/v1{path}");
    let login: LoginResponse = accepted(
        http.post(url("/auth/login"))
            .form(&[("username", admin_email), ("password", admin_password)])
            .send()
            .await?,
    )
    .await?
    .json()
    .await?;
    let researcher = Researcher {
        email: "linnea@example.org".to_owned(),
        password: random_secret(),
        project: "herring".to_owned(),
    };
    let user = CreateUser {
        name: "Linnea Demo".to_owned(),
        email: researcher.email.clone(),
        organisation: "Institute of Marine Research".to_owned(),
        organisation_role: "Researcher".to_owned(),
        password: researcher.password.clone(),
        confirm_password: researcher.password.clone(),
    };
    let post = |path: &str| http.post(url(path)).bearer_auth(&login.access_token);
    accepted(
        post("/admin/users/?email_verified=true")
            .json(&user)
            .send()
            .await?,
    )
    .await?;
    let project = CreateProject {
        name: researcher.project.clone(),
        description: Some("The demo's project".to_owned()),
        bucket_name: "divbase-demo-herring".to_owned(),
        storage_quota_bytes: 10_000_000_000,
    };
    let project: Project = accepted(post("/admin/projects").json(&project).send().await?)
        .await?
        .json()
        .await?;
    let role = Role::Edit;
    let member = format!(
        "/admin/projects/{}/members/{}?role={role}",
        project.id, researcher.email
    );
    accepted(post(&member).send().await?).await?;
    Ok(researcher)
}

/// A client with the TLS that the workspace is built with.
fn http_client() -> Client {
    // A provider may be installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

async fn accepted(response: Response) -> Result<Response, AnyError> {
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, url) = (response.status(), response.url().clone());
    Err(format!("{url} answered {status}: {}", response.text().await?).into())
}
