//! What is deployed, and how a test reaches its parts.

use aws_sdk_sqs::types::QueueAttributeName;
use divbase_tests::{
    TestResult,
    accounts::Person,
    client::{Client, Request},
    eventually::eventually,
};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// The deployment that all tests share; names that they make must be their own.
pub(crate) struct Place {
    /// Talks to the API behind the gateway.
    pub(crate) client: Client,
    /// The administrator.
    pub(crate) admin: Person,
    /// The queues, as the functions see them.
    pub(crate) sqs: aws_sdk_sqs::Client,
    /// The store.
    pub(crate) s3: aws_sdk_s3::Client,
    database_url: String,
}

pub(crate) fn read(name: &'static str) -> TestResult<String> {
    std::env::var(name).map_err(|_| format!("{name} is not set: run `make test-lambda`").into())
}

impl Place {
    /// Finds what `make test-lambda` has deployed.
    pub(crate) async fn find() -> TestResult<Self> {
        let client = Client::new(&read("DIVBASE_API_URL")?)?;
        let (email, password) = (read("FIRST_ADMIN_EMAIL")?, read("FIRST_ADMIN_PASSWORD")?);
        let admin = Person::log_in(&client, &email, &password).await?;
        let sdk = divbase_aws::local_sdk_config(&read("AWS_ENDPOINT_URL")?).await;
        Ok(Self {
            client,
            admin,
            sqs: aws_sdk_sqs::Client::new(&sdk),
            s3: aws_sdk_s3::Client::new(&sdk),
            database_url: read("DIVBASE_TEST_POSTGRES_URL")?,
        })
    }

    /// A connection for SQL that stands in for a fault, such as a crash between two steps.
    pub(crate) async fn database(&self) -> TestResult<PgConnection> {
        Ok(PgConnection::connect(&self.database_url).await?)
    }

    /// The URL of a queue of the template, such as `quick` or `quick-dead`.
    pub(crate) async fn queue_url(&self, name: &str) -> TestResult<String> {
        let answer = self
            .sqs
            .get_queue_url()
            .queue_name(format!("divbase-local-{name}"))
            .send()
            .await?;
        Ok(answer.queue_url().unwrap_or_default().to_owned())
    }

    /// Messages in a queue, waiting or hidden.
    pub(crate) async fn messages(&self, url: &str) -> TestResult<u32> {
        let answer = self
            .sqs
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(QueueAttributeName::All)
            .send()
            .await?;
        let number = |name: &QueueAttributeName| -> u32 {
            answer
                .attributes()
                .and_then(|found| found.get(name))
                .and_then(|text| text.parse().ok())
                .unwrap_or(0)
        };
        Ok(number(&QueueAttributeName::ApproximateNumberOfMessages)
            + number(&QueueAttributeName::ApproximateNumberOfMessagesNotVisible))
    }

    /// A task that nobody was told about: its row alone. It deletes old tokens, of which there are none.
    pub(crate) async fn silent_task(&self, due_after_seconds: f64) -> TestResult<i64> {
        let mut database = self.database().await?;
        let id = sqlx::query_scalar::<_, i64>(
            "INSERT INTO task (name, queue, kwargs, user_id, max_attempts, not_before)
             SELECT 'cron_tasks.cleanup_old_jwts_and_pats', 'quick', '{}', id, 3,
                    now() + make_interval(secs => $2)
             FROM app_user WHERE email = $1 RETURNING id",
        )
        .bind(&self.admin.email)
        .bind(due_after_seconds)
        .fetch_one(&mut database)
        .await?;
        database.close().await?;
        Ok(id)
    }

    /// A task of this name with one attempt, which nobody was told about.
    pub(crate) async fn task_of(&self, name: &str, queue: &str) -> TestResult<i64> {
        let mut database = self.database().await?;
        let id = sqlx::query_scalar::<_, i64>(
            "INSERT INTO task (name, queue, kwargs, user_id, max_attempts)
             SELECT $2, $3, '{}', id, 1 FROM app_user WHERE email = $1 RETURNING id",
        )
        .bind(&self.admin.email)
        .bind(name)
        .bind(queue)
        .fetch_one(&mut database)
        .await?;
        database.close().await?;
        Ok(id)
    }

    /// Sends the message of a task.
    pub(crate) async fn announce(&self, queue: &str, task_id: i64) -> TestResult {
        let body = format!(r#"{{"version":1,"task_id":{task_id}}}"#);
        let url = self.queue_url(queue).await?;
        let message = self.sqs.send_message().queue_url(url).message_body(body);
        message.send().await?;
        Ok(())
    }

    /// What history says of a task.
    pub(crate) async fn task(&self, task_id: i64) -> TestResult<Value> {
        let path = format!("/v1/task-history/tasks/{task_id}");
        let mut list = self
            .client
            .send(Request::get(&path).bearer(&self.admin.token))
            .await?
            .accepted()?;
        Ok(list[0].take())
    }

    /// Waits for a task's success; gives its history.
    pub(crate) async fn succeeded(&self, task_id: i64) -> TestResult<Value> {
        eventually(&format!("task {task_id} to succeed"), || async {
            let item = self
                .task(task_id)
                .await
                .map_err(|error| error.to_string())?;
            if item["status"] == "SUCCESS" {
                Ok(item)
            } else {
                Err(item.to_string())
            }
        })
        .await
    }

    /// A name that no other test has.
    pub(crate) fn own_name(what: &str) -> String {
        format!("{what}-{}", &Uuid::new_v4().simple().to_string()[..8])
    }
}
