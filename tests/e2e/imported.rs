//! Coming from public DivBase: users, projects, members and snapshots out of a dump of its database.

use std::{fs, path::Path, process::Command};

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult, accounts::Person, client::Request, installation::Installation,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

/// Runs the import; what it printed.
fn import(from: &str, to: &str, more: &[&str]) -> TestResult<Vec<String>> {
    let root = workspace_root();
    let bindir = fs::read_to_string(root.join(".local/postgres-bindir"))?;
    let psql = Path::new(bindir.trim()).join("psql");
    let ran = Command::new(root.join("infra/import/import-public.sh"))
        .args([from, to])
        .args(more)
        .env(
            "PSQL",
            if psql.exists() {
                psql.as_path()
            } else {
                Path::new("psql")
            },
        )
        .output()?;
    if !ran.status.success() {
        return Err(String::from_utf8_lossy(&ran.stderr).into_owned().into());
    }
    let said = String::from_utf8(ran.stdout)?;
    Ok(said.lines().map(str::to_owned).collect())
}

#[tokio::test]
async fn people_go_on_where_they_were() -> Outcome {
    let installation = Installation::start_api().await?;
    let server_url = &installation.surroundings.postgres_url;
    let name = format!("e2e_public_{}", Uuid::new_v4().simple());
    let from = divbase_local::database::ensure(server_url, &name, Some("template0")).await?;
    let mut public = PgConnection::connect(&from).await?;
    let dump = fs::read_to_string(workspace_root().join("tests/e2e/imported/public.sql"))?;
    public.execute(AssertSqlSafe(dump)).await?;
    public.close().await?;

    // The administrator of this installation is there already.
    let expected = [
        "4 users, 2 projects, 3 members, 2 snapshots",
        "left out: project with blanks: its name has blanks, or fewer than 3 characters",
        "left out: user bo@example.org: its name has fewer than 3 characters",
    ];
    let to = installation.database.url.clone();
    assert_eq!(import(&from, &to, &["--dry-run"])?, expected);
    let mut database = installation.database.connect().await?;
    let users: i64 = sqlx::query_scalar("SELECT count(*) FROM app_user")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(users, 1, "a dry run keeps nothing");
    // Twice: the second time there is nothing new.
    assert_eq!(import(&from, &to, &[])?, expected);
    assert_eq!(import(&from, &to, &[])?, expected);

    // The password of there is good here, and so is what its owner may do.
    let linnea = Person::log_in(
        &installation.client,
        "linnea@example.org",
        "korrekt häst batteri",
    )
    .await?;
    let get = async |path: &str| -> TestResult<serde_json::Value> {
        let request = Request::get(path).bearer(&linnea.token);
        installation.client.send(request).await?.accepted()
    };
    let versions = get("/v1/project-versions/list?project_name=herring").await?;
    assert_eq!(versions[0]["name"], "v1", "{versions}");
    assert_eq!(versions.as_array().map(Vec::len), Some(1));
    let details =
        get("/v1/project-versions/version_details?project_name=herring&version_name=v1").await?;
    assert_eq!(
        details["files"]["a.vcf.gz"]["version_id"], "x1",
        "{details}"
    );
    let roles: Vec<(String, String)> = sqlx::query_as(
        "SELECT u.email, m.role FROM project_membership m JOIN app_user u ON u.id = m.user_id
         JOIN project p ON p.id = m.project_id WHERE p.name = 'herring' ORDER BY u.email",
    )
    .fetch_all(&mut database)
    .await?;
    let role = |email: &str, role: &str| (email.to_owned(), role.to_owned());
    assert_eq!(
        roles,
        [
            role("gone@example.org", "read"),
            role("linnea@example.org", "edit"),
            role("sten@example.org", "manage"),
        ]
    );
    let gone = Person::log_in(
        &installation.client,
        "gone@example.org",
        "korrekt häst batteri",
    )
    .await;
    assert!(gone.is_err(), "who was deleted there signs in here");
    let mut server = PgConnection::connect(server_url).await?;
    server
        .execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
        .await?;
    installation.stop().await?;
    Ok(())
}
