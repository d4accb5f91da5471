//! The researcher of the demo and their project, made through the development routes.

use divbase_contract::{
    Role,
    admin::{CreateProject, CreateUser, Project},
    auth::LoginResponse,
};
use reqwest::{Client, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};

use crate::{AnyError, serve::random_secret};

/// An account with a project.
pub(super) struct Researcher {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) project: String,
}

/// Somebody who has logged in.
pub(super) struct Session {
    http: Client,
    api_url: String,
    token: String,
}

impl Session {
    /// Logs in.
    pub(super) async fn log_in(
        api_url: &str,
        (email, password): &(String, String),
    ) -> Result<Self, AnyError> {
        // A provider may be installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::new();
        let login: LoginResponse = accepted(
            http.post(format!("{api_url}/v1/auth/login"))
                .form(&[("username", email), ("password", password)]),
        )
        .await?
        .json()
        .await?;
        Ok(Self {
            http,
            api_url: api_url.to_owned(),
            token: login.access_token,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v1{path}", self.api_url)
    }

    /// Asks for something.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, AnyError> {
        let request = self.http.get(self.url(path)).bearer_auth(&self.token);
        Ok(accepted(request).await?.json().await?)
    }

    /// Makes something.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<T, AnyError> {
        let request = self.http.post(self.url(path)).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        Ok(accepted(request).await?.json().await?)
    }

    /// Deletes something.
    pub(super) async fn delete(&self, path: &str) -> Result<(), AnyError> {
        accepted(self.http.delete(self.url(path)).bearer_auth(&self.token)).await?;
        Ok(())
    }
}

/// Makes a user, a project with its bucket, and the membership between them. `suffix` keeps them apart from those of
/// an earlier demo on the same installation.
pub(super) async fn make(admin: &Session, suffix: &str) -> Result<Researcher, AnyError> {
    let researcher = Researcher {
        email: format!("linnea{suffix}@example.org"),
        password: random_secret(),
        project: format!("herring{suffix}"),
    };
    let user = CreateUser {
        name: "Linnea Demo".parse()?,
        email: researcher.email.parse()?,
        organisation: "Institute of Marine Research".parse()?,
        organisation_role: "Researcher".parse()?,
        password: researcher.password.parse()?,
        confirm_password: researcher.password.parse()?,
    };
    let _: serde_json::Value = admin
        .post("/admin/users/?email_verified=true", Some(&user))
        .await?;
    let project = CreateProject {
        name: researcher.project.parse()?,
        description: Some("The demo's project".parse()?),
        bucket_name: format!("divbase-demo-herring{suffix}").parse()?,
        storage_quota_bytes: 10_000_000_000.try_into()?,
    };
    let project: Project = admin.post("/admin/projects", Some(&project)).await?;
    let role = Role::Edit;
    let member = format!(
        "/admin/projects/{}/members/{}?role={role}",
        project.id, researcher.email
    );
    let _: serde_json::Value = admin.post(&member, None::<&()>).await?;
    Ok(researcher)
}

async fn accepted(request: RequestBuilder) -> Result<Response, AnyError> {
    let response = request.send().await?;
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, url) = (response.status(), response.url().clone());
    Err(format!("{url} answered {status}: {}", response.text().await?).into())
}
