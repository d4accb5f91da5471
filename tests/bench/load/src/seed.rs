//! A database as a service has it after some time: 10,000 accounts, tasks and attempts.

use serde_json::Value;
use sqlx::{Connection, Executor, PgConnection};

use crate::{
    client::{Answer, Client},
    error::BenchError,
    request::Request,
    server::{Environment, Server},
};

pub(crate) const ADMIN: &str = "admin@example.org";
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Where the servers find everything.
pub(crate) struct Setting {
    pub(crate) environment: Environment,
    database_url: String,
}

impl Setting {
    /// The database's address.
    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    /// A fresh database in the stack's cluster, and the variables of the servers.
    pub(crate) async fn from_env() -> Result<Self, BenchError> {
        let read = |name| std::env::var(name).map_err(|_| BenchError::NoStack(name));
        let server_url = read("DIVBASE_TEST_POSTGRES_URL")?;
        let mut server = PgConnection::connect(&server_url).await?;
        server.execute("CREATE DATABASE bench").await?;
        server.close().await?;
        let database_url = match server_url.rsplit_once("/postgres") {
            Some((front, rest)) => format!("{front}/bench{rest}"),
            None => {
                return Err(BenchError::Answer(
                    "the stack's URL names no database".into(),
                ));
            }
        };
        // Another store than the emulator's, which answers one question at a time.
        let store = match std::env::var("DIVBASE_TEST_STORE_URL") {
            Ok(store) => store,
            Err(_) => read("AWS_ENDPOINT_URL")?,
        };
        Ok(Self {
            environment: vec![
                ("S3_ENDPOINT_URL", store),
                ("DATABASE_URL", database_url.clone()),
                ("AWS_ENDPOINT_URL", read("AWS_ENDPOINT_URL")?),
                (
                    "JWT_SECRET_KEY",
                    "0123456789abcdef0123456789abcdef".to_owned(),
                ),
                ("JWT_ACCESS_EXPIRES_SECONDS", "86400".to_owned()),
                ("FIRST_ADMIN_EMAIL", ADMIN.to_owned()),
                ("FIRST_ADMIN_PASSWORD", PASSWORD.to_owned()),
            ],
            database_url,
        })
    }
}

/// Fills the database and gives a token of a manager of the project `bench`.
pub(crate) async fn fill(setting: &Setting, api: &Server) -> Result<String, BenchError> {
    let mut client = Client::connect(&api.address).await?;
    let form = format!("username={ADMIN}&password={}", PASSWORD.replace(' ', "+"));
    let login = Request::form("/api/v1/auth/login", &form);
    let token = accepted(&login, client.send(&login).await?)?["access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let project = Request::post(
        "/api/v1/admin/projects",
        &token,
        r#"{"name": "bench", "description": null, "bucket_name": "bench-bucket", "storage_quota_bytes": 1000000}"#,
    );
    let made = accepted(&project, client.send(&project).await?)?;
    let path = format!(
        "/api/v1/admin/projects/{}/members/{ADMIN}?role=manage",
        made["id"]
    );
    let member = Request::post(&path, &token, "");
    accepted(&member, client.send(&member).await?)?;
    let mut database = PgConnection::connect(&setting.database_url).await?;
    database.execute(ROWS).await?;
    database.close().await?;
    Ok(token)
}

fn accepted(request: &Request, answer: Answer) -> Result<Value, BenchError> {
    let text = String::from_utf8_lossy(&answer.body);
    if !(200..300).contains(&answer.status) {
        return Err(BenchError::Answer(format!(
            "{}: {} {text}",
            request.name, answer.status
        )));
    }
    serde_json::from_str(&text).map_err(|error| BenchError::Answer(error.to_string()))
}

/// Every task has ended well, with arguments and result of a usual size.
const ROWS: &str = r#"
INSERT INTO app_user (name, email, organisation, organisation_role, password_hash, email_verified)
    SELECT 'User ' || n, 'user' || n || '@example.org', 'Institute', 'Researcher', 'x', true
    FROM generate_series(1, 9999) n;
INSERT INTO task (name, queue, kwargs, user_id, project_id, status, attempt, max_attempts, worker, result,
                  created_at, started_at, finished_at)
    SELECT 'tasks.bcftools_query', 'long',
           jsonb_build_object('command', 'view -r scaffold_1:1-1000', 'samples', '["S1", "S2"]'::jsonb, 'job_id', u.id,
                              'bucket_name', 'bench-bucket', 'project_name', 'bench', 'all_samples', false),
           u.id, p.id, 'SUCCESS', 1, 3, 'lambda-0123456789abcdef',
           jsonb_build_object('status', 'completed', 'output_file', 'result_of_job_' || u.id || '.vcf.gz'),
           now() - interval '1 hour', now() - interval '59 minutes', now() - interval '58 minutes'
    FROM app_user u, project p WHERE p.name = 'bench' ORDER BY u.id LIMIT 10000;
INSERT INTO task_attempt (task_id, attempt, worker, started_at, finished_at, outcome)
    SELECT id, 1, worker, started_at, finished_at, 'success' FROM task;
ANALYZE;
"#;
