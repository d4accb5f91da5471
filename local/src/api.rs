//! The service's API as the programs of this crate use it: as somebody who has logged in.

use divbase_contract::auth::LoginResponse;
use reqwest::{Client, RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};

use crate::AnyError;

/// Somebody who has logged in.
pub(crate) struct Session {
    http: Client,
    api_url: String,
    token: String,
}

impl Session {
    /// Logs in.
    pub(crate) async fn log_in(
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
    pub(crate) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, AnyError> {
        let request = self.http.get(self.url(path)).bearer_auth(&self.token);
        Ok(accepted(request).await?.json().await?)
    }

    /// Changes something.
    pub(crate) async fn put<T: DeserializeOwned>(&self, path: &str) -> Result<T, AnyError> {
        let request = self.http.put(self.url(path)).bearer_auth(&self.token);
        Ok(accepted(request).await?.json().await?)
    }

    /// Makes something.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, AnyError> {
        let request = self.http.post(self.url(path)).bearer_auth(&self.token);
        Ok(accepted(request.json(body)).await?.json().await?)
    }

    /// Deletes something.
    pub(crate) async fn delete(&self, path: &str) -> Result<(), AnyError> {
        accepted(self.http.delete(self.url(path)).bearer_auth(&self.token)).await?;
        Ok(())
    }
}

async fn accepted(request: RequestBuilder) -> Result<Response, AnyError> {
    let response = request.send().await?;
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, url) = (response.status(), response.url().clone());
    Err(format!("{url} answered {status}: {}", response.text().await?).into())
}
