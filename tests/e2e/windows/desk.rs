//! A project whose queries are answered by workers that cut them into windows.

use super::*;

pub(super) struct Desk {
    pub(super) installation: Installation,
    pub(super) person: Person,
    pub(super) project: Project,
}

/// A result, as far as it does not say when and by which task it was made.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) header: Vec<String>,
    pub(super) records: Vec<String>,
    pub(super) told: Value,
    /// As the index counts them.
    pub(super) count: usize,
    /// Those of [`REGION`], read through the index.
    pub(super) region: Vec<String>,
    pub(super) warnings: Value,
}

/// A region of every cohort here.
pub(super) const REGION: &str = "scaffold_1:1000000-1200000";

impl Desk {
    pub(super) async fn set() -> TestResult<Self> {
        let installation = Installation::start_api().await?;
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "edit").await?;
        Ok(Self {
            installation,
            person,
            project,
        })
    }

    pub(super) async fn worker(&self, windows: u16) -> TestResult<Worker> {
        self.worker_for(&format!("{windows}-windows"), LEASE * PATIENT, windows)
            .await
    }

    /// A worker that cuts every query into so many windows.
    pub(super) async fn worker_for(
        &self,
        name: &str,
        lease: Duration,
        windows: u16,
    ) -> TestResult<Worker> {
        let windows = [("DIVBASE_WINDOWS", windows.to_string())];
        Worker::start_set(&self.installation, name, lease, &windows).await
    }

    pub(super) async fn upload(&self, name: &str, bytes: &[u8]) -> TestResult {
        let (installation, person) = (&self.installation, &self.person);
        installation
            .upload(person, &self.project, name, bytes)
            .await?;
        Ok(())
    }

    pub(super) async fn index(&self) -> TestResult {
        let worker = Worker::start(&self.installation, "indexer", LEASE * PATIENT).await?;
        let (installation, person) = (&self.installation, &self.person);
        let update = installation
            .update_dimensions(person, &self.project)
            .await?;
        assert_eq!(update["status"], "SUCCESS", "{update}");
        worker.kill().await
    }

    pub(super) async fn submit(&self, asked: &Value, command: &str) -> TestResult<i64> {
        let mut selection = json!({"all_samples": true, "no_cache": true});
        for (field, value) in asked.as_object().into_iter().flatten() {
            selection[field] = value.clone();
        }
        let (installation, person) = (&self.installation, &self.person);
        installation
            .submit_vcf_query(person, &self.project, &selection, command)
            .await
    }

    pub(super) async fn fetch(&self, name: &str) -> TestResult<PathBuf> {
        let (installation, person) = (&self.installation, &self.person);
        let path = installation.path(name);
        fs::write(
            &path,
            installation.download(person, &self.project, name).await?,
        )?;
        Ok(path)
    }

    /// Asks in so many windows, and looks at what came.
    pub(super) async fn answer(
        &self,
        windows: u16,
        asked: &Value,
        command: &str,
    ) -> TestResult<Answer> {
        let worker = self.worker(windows).await?;
        let task_id = self.submit(asked, command).await?;
        let item = self.installation.ended(&self.person, task_id).await?;
        worker.kill().await?;
        assert_eq!(item["status"], "SUCCESS", "{item}");
        let children = self.windows(task_id, "status = 'SUCCESS'").await?;
        let expected = if windows == 1 { 0 } else { i64::from(windows) };
        assert_eq!(children, expected, "{item}");
        self.nothing_is_left().await?;
        let name = |field: &str| {
            item["result"][field]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let file = self.fetch(&name("output_file")).await?;
        self.fetch(&name("index_file")).await?;
        let bcftools = self.installation.bcftools();
        let path = file.to_string_lossy().into_owned();
        let header = bcftools
            .text(&["view", "-h", "--no-version", &path])
            .await?;
        let dated = [
            "##DivBase_created",
            "##DivBase_task",
            "##bcftools_viewCommand",
        ];
        let is_dated = |line: &&str| dated.iter().any(|prefix| line.starts_with(prefix));
        let count = bcftools.text(&["index", "--nrecords", &path]).await?;
        Ok(Answer {
            header: header
                .lines()
                .filter(|line| !is_dated(line))
                .map(str::to_owned)
                .collect(),
            records: bcftools.records(&file).await?,
            told: json!([
                item["result"]["records"],
                item["result"]["samples"],
                item["result"]["engine"]
            ]),
            count: count.trim().parse()?,
            region: bcftools
                .text(&["view", "-H", "-r", REGION, &path])
                .await?
                .lines()
                .map(str::to_owned)
                .collect(),
            warnings: item["result"]["warnings"].clone(),
        })
    }

    /// How many parts of a task are so.
    pub(super) async fn windows(&self, task_id: i64, are: &str) -> TestResult<i64> {
        let mut connection = self.installation.database.connect().await?;
        let count = format!("SELECT count(*) FROM task WHERE batch_of = $1 AND {are}");
        let count = sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(count)).bind(task_id);
        Ok(count.fetch_one(&mut connection).await?)
    }

    /// Runs the daily clean-up of files.
    pub(super) async fn clean_up(&self) -> TestResult {
        let (client, admin) = (&self.installation.client, &self.installation.admin);
        let body = json!({"key": "now", "task_name": "cron_tasks.cleanup_expired_files", "kwargs": {},
            "interval_seconds": 86_400, "enabled": false});
        let request = Request::post("/v1/schedules")
            .bearer(&admin.token)
            .json(&body);
        client.send(request).await?.accepted()?;
        let request = Request::post("/v1/schedules/now/trigger").bearer(&admin.token);
        let made = client.send(request).await?.accepted()?;
        let task_id = made["task_id"].as_i64().ok_or("no task")?;
        self.installation.succeeded(admin, task_id).await?;
        Ok(())
    }

    pub(super) async fn nothing_is_left(&self) -> TestResult {
        let (installation, project) = (&self.installation, &self.project);
        let pieces = bucket::below(installation, project, PIECES).await?;
        assert!(pieces.is_empty(), "{pieces:?}");
        let open = bucket::open_uploads(installation, project).await?;
        assert!(open.is_empty(), "{open:?}");
        Ok(())
    }
}

impl Answer {
    /// The first that is not the same.
    pub(super) fn differs(&self, other: &Self) -> String {
        let first = |one: &[String], other: &[String]| {
            let mut pairs = one.iter().zip(other);
            let pair = pairs.find(|(one, other)| one != other);
            format!("{} and {} lines, {pair:?}", one.len(), other.len())
        };
        if self.header != other.header {
            return format!("header: {}", first(&self.header, &other.header));
        }
        if self.records != other.records {
            return format!("records: {}", first(&self.records, &other.records));
        }
        format!(
            "{} {} {} and {} {} {}, region: {}",
            self.told,
            self.count,
            self.warnings,
            other.told,
            other.count,
            other.warnings,
            first(&self.region, &other.region)
        )
    }
}
