//! How many versions, folders and waiting tasks a project may have.

use divbase_api::ProjectRules;
use divbase_tests::{
    Outcome, TestResult,
    client::{Answer, Request},
    installation::Installation,
    process::Cli,
    vcf,
};
use serde_json::{Value, json};

use super::get;

#[tokio::test]
async fn a_project_has_as_much_as_it_may_and_an_administrator_allows_more() -> Outcome {
    let installation = Installation::start_api_with(|settings| {
        settings.project_rules = ProjectRules {
            versions: 2,
            folders: 3,
            ..ProjectRules::default()
        };
    })
    .await?;
    let linnea = installation.person("linnea").await?;
    let herring = installation.project("herring", &linnea, "manage").await?;
    installation
        .upload(&linnea, &herring, "a.txt", b"x")
        .await?;
    let client = &installation.client;
    let add = |name: String| {
        let request = Request::patch("/v1/project-versions/add?project_name=herring");
        client.send(request.bearer(&linnea.token).json(&json!({"name": name})))
    };
    let mkdir = |names: Value| {
        let request = Request::post("/v1/s3/mkdir?project_name=herring");
        client.send(
            request
                .bearer(&linnea.token)
                .json(&json!({"directories": names})),
        )
    };

    // At once, so that none slips past.
    let statuses = |answers: Vec<TestResult<Answer>>| {
        let mut statuses = Vec::new();
        for answer in answers {
            statuses.push(answer?.status);
        }
        statuses.sort_unstable();
        TestResult::Ok(statuses)
    };
    let answers = futures::future::join_all((0..6).map(|n| add(format!("v{n}")))).await;
    assert_eq!(statuses(answers)?, [200, 200, 409, 409, 409, 409]);
    let (text, _) = add("more".to_owned()).await?.refused(409)?;
    assert!(text.contains("'herring' has 2 versions"), "{text}");
    let answers = futures::future::join_all((0..5).map(|n| mkdir(json!([format!("f{n}")])))).await;
    assert_eq!(statuses(answers)?, [200, 200, 200, 409, 409]);
    // Those that are there are no new ones; of several none is made if one is too many.
    let listed = Request::post("/v1/s3/list?project_name=herring").bearer(&linnea.token);
    let listed = listed.json(&json!({"prefix": null, "delimiter": null, "next_token": null}));
    let before = client.send(listed.clone()).await?.accepted()?;
    let (text, _) = mkdir(json!(["x1", "x2"])).await?.refused(409)?;
    assert!(text.contains("may have 3 folders"), "{text}");
    assert_eq!(client.send(listed).await?.accepted()?, before);

    let admin = Cli::new(&installation.api_url, &installation.path("admin"))?;
    admin.log_in(&installation.admin).await?;
    admin
        .ok(&[
            "project",
            "change",
            "--project",
            "herring",
            "--most-versions",
            "3",
            "--most-folders",
            "5",
            "--most-waiting",
            "1",
        ])
        .await?;
    let shown = get(&installation, &linnea, "/v1/projects/herring")
        .await?
        .accepted()?;
    assert_eq!(
        shown["limits"],
        json!({"versions": 3, "folders": 5, "waiting": 1})
    );
    add("more".to_owned()).await?.accepted()?;
    add("too-many".to_owned()).await?.refused(409)?;
    mkdir(json!(["x1", "x2"])).await?.accepted()?;

    // One task waits, and another project's are not counted with it.
    let cod = installation.project("cod", &linnea, "manage").await?;
    let file = vcf::bgzipped(&vcf::text(&["N1"], &[("1", 100)]))?;
    for project in [&herring, &cod] {
        installation
            .upload(&linnea, project, "a.vcf.gz", &file)
            .await?;
    }
    let mut database = installation.database.connect().await?;
    sqlx::query(
        "INSERT INTO task (name, queue, kwargs, project_id, max_attempts)
         VALUES ('tasks.bcftools_query', 'long', '{}', $1, 1)",
    )
    .bind(herring.id)
    .execute(&mut database)
    .await?;
    let update = |name: &str| {
        let path = format!("/v1/vcf-dimensions/projects/{name}");
        client.send(Request::put(&path).bearer(&linnea.token))
    };
    let (text, _) = update("herring").await?.refused(429)?;
    assert!(text.contains("The project has 1 tasks that wait"), "{text}");
    update("cod").await?.accepted()?;
    installation.stop().await?;
    Ok(())
}
