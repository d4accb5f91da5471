//! The whole system in one process, over HTTP.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use divbase_local::{
    AnyError,
    system::{Indexing, Parts, System, SystemSettings},
};
use divbase_storage::StorageSettings;
use divbase_task_tests::Rig;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

const PASSWORD: &str = "a long enough password";

/// It, and who may call it.
pub(crate) struct Site {
    pub(crate) rig: Rig,
    pub(crate) system: System,
    http: Client,
    url: String,
}

impl Site {
    /// Starts these parts of it.
    pub(crate) async fn start(parts: Parts) -> Result<Self, AnyError> {
        // A second test in this process finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let rig = Rig::new().await?;
        let prefix = rig
            .database_url
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        let system = System::start(
            SystemSettings {
                database_url: rig.database_url.clone(),
                store: StorageSettings::at(std::env::var("AWS_ENDPOINT_URL")?),
                queue_prefix: prefix,
                bcftools: "bcftools".into(),
                work_dir: std::env::temp_dir(),
                largest_query: None,
                sample_groups: divbase_service::SampleGroupSettings::default(),
                windows: divbase_service::WINDOWS,
                heavy_workers: true,
                project_creation: Default::default(),
                requests_per_second: None,
                registration: Default::default(),
                patience: Duration::from_secs(60),
                providers: Vec::new(),
                public_api_url: None,
                mail: None,
                lease: Duration::from_secs(30),
                jwt_secret: "0123456789abcdef0123456789abcdef".to_owned(),
                access_seconds: 900,
                admin: ("admin@example.org".to_owned(), PASSWORD.to_owned()),
                listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
                parts,
                upload_types: Default::default(),
                operator_pages: Default::default(),
                urls: Default::default(),
                project_rules: Default::default(),
                waiting: divbase_tasks::WaitingLimits {
                    per_user: 100,
                    per_project: 100,
                },
                indexing: Indexing::OnRequest,
            },
            &rig.sdk,
        )
        .await?;
        let url = system.api_url.clone().ok_or("no API")?;
        Ok(Self {
            rig,
            system,
            http: Client::new(),
            url,
        })
    }

    /// An access token.
    pub(crate) async fn log_in(&self, email: &str) -> Result<String, AnyError> {
        let form = [
            ("grant_type", "password"),
            ("username", email),
            ("password", PASSWORD),
        ];
        let answer: Value = self
            .http
            .post(format!("{}/v1/auth/login", self.url))
            .form(&form)
            .send()
            .await?
            .json()
            .await?;
        let token = answer["access_token"].as_str();
        Ok(token.ok_or_else(|| answer.to_string())?.to_owned())
    }

    /// What a call answers.
    pub(crate) async fn call(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<(StatusCode, Value), AnyError> {
        let mut request = self
            .http
            .request(method, format!("{}/v1/{path}", self.url))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// A user who can log in, with a role in the project if one is given.
    pub(crate) async fn user(
        &self,
        admin: &str,
        email: &str,
        role: Option<(i64, &str)>,
    ) -> Result<String, AnyError> {
        let body = json!({"name": "Mary Anning", "email": email, "organisation": "Museum",
            "organisation_role": "Collector", "password": PASSWORD, "confirm_password": PASSWORD});
        let path = "admin/users/?email_verified=true";
        self.call(admin, Method::POST, path, Some(body)).await?;
        if let Some((project_id, role)) = role {
            let path = format!("admin/projects/{project_id}/members/{email}?role={role}");
            self.call(admin, Method::POST, &path, None).await?;
        }
        self.log_in(email).await
    }
}
