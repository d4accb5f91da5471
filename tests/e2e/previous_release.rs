//! The program of the release before, on the schema of this one: while a deployment is under way both run side by side, and after a
//! roll-back the older one runs alone. Run by `make test-rollback`, which builds it; `make test` leaves it out, because that takes minutes.

use std::path::Path;

use divbase_local::own_server::OwnServer;
use divbase_services::{RunFolder, workspace_root};
use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    client::{Client, Request},
    eventually::eventually,
    process::{Cli, program},
    vcf,
};
use serde_json::json;
use sqlx::{Connection, PgConnection};

/// Somebody's files and questions, whichever release answers.
struct Tour<'a> {
    person: &'a Person,
    folder: &'a Path,
}

impl Tour<'_> {
    /// Uploads a file of its own, waits until it is indexed, and asks for what lies in all files so far.
    async fn take(&self, api_url: &str, number: u32) -> TestResult {
        let cli = Cli::new(api_url, self.folder)?;
        cli.log_in(self.person).await?;
        cli.ok(&["config", "add", "herring", "--default"]).await?;
        let name = format!("file_{number}.vcf.gz");
        let text = vcf::text(&["A", "B"], &[(&number.to_string(), 100)]);
        std::fs::write(self.folder.join(&name), vcf::bgzipped(&text)?)?;
        cli.ok(&["files", "upload", &name]).await?;
        eventually(&format!("{name} to be indexed"), || async {
            match cli.ok(&["dimensions", "show", "--cached-vcf-files"]).await {
                Ok(shown) if shown.contains(&name) => Ok(()),
                Ok(shown) => Err(shown),
                Err(error) => Err(error.to_string()),
            }
        })
        .await?;
        let command = ["query", "vcf", "--all-samples", "--command", "view"];
        let submitted = cli.ok(&command).await?;
        let task_id: String = submitted
            .split("task id: ")
            .nth(1)
            .ok_or("no task id")?
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        cli.ok(&["query", "get-vcf-results", &task_id]).await?;
        let result = self.folder.join(format!("result_of_job_{task_id}.vcf.gz"));
        let records =
            divbase_tests::bcftools::Bcftools(workspace_root().join(".local/venv/bin/bcftools"))
                .records(&result)
                .await?;
        assert_eq!(records.len(), number as usize, "{records:?}");
        Ok(())
    }
}

async fn newest_migration(server: &OwnServer) -> TestResult<i64> {
    let mut database = PgConnection::connect(&server.database_url).await?;
    let newest = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
        .fetch_one(&mut database)
        .await?;
    database.close().await?;
    Ok(newest)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_release_before_and_this_one_take_turns() -> Outcome {
    let Ok(before) = std::env::var("DIVBASE_PREVIOUS_SERVER") else {
        eprintln!("left out: `make test-rollback` builds the release before and runs it");
        return Ok(());
    };
    let (before, now) = (Path::new(&before), program("divbase-server")?);
    let root = workspace_root();
    let run = RunFolder::throw_away(&root)?;
    let mut server = OwnServer::start(&root, run, before, &["migrate", "all"], &[]).await?;
    let old_schema = newest_migration(&server).await?;
    let client = Client::new(&server.api_url)?;
    let admin = Person::log_in(&client, &server.admin.0, &server.admin.1).await?;
    let account = json!({
        "name": "Linnea", "email": "linnea@example.org", "organisation": "Institute", "organisation_role": "Researcher",
        "password": server.admin.1, "is_admin": false,
    });
    let made = Request::post("/v1/users")
        .bearer(&admin.token)
        .json(&account);
    client.send(made).await?.accepted()?;
    let project = json!({"name": "herring", "manager_email": "linnea@example.org"});
    let made = Request::post("/v1/projects")
        .bearer(&admin.token)
        .json(&project);
    client.send(made).await?.accepted()?;
    let person = Person::log_in(&client, "linnea@example.org", &server.admin.1).await?;
    let folder = server.folder().join("linnea");
    let tour = Tour {
        person: &person,
        folder: &folder,
    };
    let old_url = server.api_url.clone();
    tour.take(&old_url, 1).await?;

    // The upgrade: the schema first, then both releases side by side, each with workers of its own.
    let new_url = server.join(&now, &["migrate", "all"]).await?;
    let new_schema = newest_migration(&server).await?;
    assert!(
        new_schema > old_schema,
        "nothing was migrated: choose an older release"
    );
    println!("the schema went from {old_schema} to {new_schema}");
    tour.take(&old_url, 2).await?;
    tour.take(&new_url, 3).await?;
    server.leave(1).await?;
    tour.take(&new_url, 4).await?;

    // The roll-back: the older program migrates, which changes nothing, and takes over.
    let old_url = server.join(before, &["migrate", "all"]).await?;
    server.leave(1).await?;
    assert_eq!(newest_migration(&server).await?, new_schema);
    tour.take(&old_url, 5).await?;

    // And forward again.
    let new_url = server.join(&now, &["migrate", "all"]).await?;
    server.leave(1).await?;
    tour.take(&new_url, 6).await?;
    let log = server.log()?;
    assert!(!log.contains("ERROR"), "{log}");
    server.stop().await?;
    Ok(())
}
