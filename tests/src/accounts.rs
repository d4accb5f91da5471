//! The people of a test: one for each role, an administrator and somebody who is a member of nothing.

use divbase_local::serve::random_secret;
use serde_json::{Value, json};

use crate::{
    TestResult,
    client::{Client, Request},
};

/// Somebody with an account, logged in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The access token.
    pub token: String,
}

/// A project and its bucket.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its bucket.
    pub bucket: String,
}

impl Person {
    /// Logs in.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn log_in(client: &Client, email: &str, password: &str) -> TestResult<Self> {
        let form = [
            ("grant_type", "password"),
            ("username", email),
            ("password", password),
        ];
        let login = client
            .send(Request::post("/v1/auth/login").form(&form))
            .await?
            .accepted()?;
        Ok(Self {
            email: email.to_owned(),
            password: password.to_owned(),
            token: text(&login, "access_token")?,
        })
    }

    /// Makes an account whose address is verified, and logs in. The address is `name@example.org`.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn make(client: &Client, admin: &Self, name: &str) -> TestResult<Self> {
        let (email, password) = (format!("{name}@example.org"), random_secret());
        let account = json!({
            "name": format!("{name} of the tests"), "email": email, "organisation": "Institute of Tests",
            "organisation_role": "Researcher", "password": password, "confirm_password": password,
        });
        client
            .send(
                Request::post("/v1/admin/users/?email_verified=true")
                    .bearer(&admin.token)
                    .json(&account),
            )
            .await?
            .accepted()?;
        Self::log_in(client, &email, &password).await
    }
}

impl Project {
    /// Makes a project with a bucket of its own.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn make(
        client: &Client,
        admin: &Person,
        name: &str,
        bucket: &str,
    ) -> TestResult<Self> {
        let project = json!({"name": name, "description": null, "bucket_name": bucket,
            "storage_quota_bytes": 10_000_000_000_u64});
        let made = client
            .send(
                Request::post("/v1/admin/projects")
                    .bearer(&admin.token)
                    .json(&project),
            )
            .await?
            .accepted()?;
        Ok(Self {
            id: made["id"].as_i64().ok_or("the project has no number")?,
            name: name.to_owned(),
            bucket: bucket.to_owned(),
        })
    }

    /// Makes somebody a member.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn add(
        &self,
        client: &Client,
        admin: &Person,
        person: &Person,
        role: &str,
    ) -> TestResult {
        let path = format!(
            "/v1/admin/projects/{}/members/{}?role={role}",
            self.id, person.email
        );
        client
            .send(Request::post(&path).bearer(&admin.token))
            .await?
            .accepted()?;
        Ok(())
    }

    /// Makes it public.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn publish(&self, client: &Client, manager: &Person) -> TestResult {
        let request = Request::put(&format!("/v1/projects/{}/visibility", self.name));
        let request = request
            .bearer(&manager.token)
            .json(&json!({"is_public": true}));
        client.send(request).await?.accepted()?;
        Ok(())
    }

    /// Makes a link to a file or folder; gives its token.
    ///
    /// # Errors
    /// If the service refuses.
    pub async fn share(&self, client: &Client, manager: &Person, path: &str) -> TestResult<String> {
        let request = Request::post(&format!("/v1/projects/{}/share-links", self.name));
        let request = request.bearer(&manager.token).json(&json!({"path": path}));
        text(&client.send(request).await?.accepted()?, "token")
    }
}

fn text(value: &Value, key: &str) -> TestResult<String> {
    let found = value[key]
        .as_str()
        .ok_or_else(|| format!("`{key}` is missing"))?;
    Ok(found.to_owned())
}

/// A hash of a password with less memory and fewer passes than the service uses today.
///
/// # Errors
/// Never with these parameters.
pub fn weak_hash(password: &str) -> TestResult<String> {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let params = Params::new(1024, 1, 1, None).map_err(|error| error.to_string())?;
    let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password(password.as_bytes())
        .map_err(|error| error.to_string())?;
    Ok(hash.to_string())
}
