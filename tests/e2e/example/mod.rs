//! The example of `docs/adding-a-task.md`, from the HTTP request to what the CLI prints.

mod route;
mod task;

use std::{fs, sync::Arc};

use divbase_service::{described_tasks, registry};
use divbase_services::workspace_root;
use divbase_tasks::{LongPoll, Queue, Runner, TaskList, Timing};
use divbase_tests::{
    Outcome,
    client::{Client, Request},
    installation::{Installation, LEASE},
    process::{Cli, Worker},
    scene::{Scene, failure},
};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use utoipa_axum::{router::OpenApiRouter, routes};

use task::CountSamples;

#[test]
fn the_page_shows_the_code() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("docs/adding-a-task.md"))?;
    let shown: Vec<&str> = page
        .split("```rust\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(shown, [include_str!("task.rs"), include_str!("route.rs")]);
    Ok(())
}

#[tokio::test]
async fn a_task_runs_from_its_route_to_the_command_line() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let (wiring, state) = (scene.installation.wiring(), scene.installation.api_state()?);

    // The route, typed for the OpenAPI document.
    let (app, document) = OpenApiRouter::new()
        .routes(routes!(route::handler))
        .with_state(state)
        .split_for_parts();
    let document = serde_json::to_value(document)?;
    let body = &document["paths"]["/count-samples/projects/{project_name}"]["post"]["requestBody"];
    assert_eq!(
        body["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/CountSamplesRequest"
    );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let client = Client::new(&format!("http://{}", listener.local_addr()?))?;
    let api = tokio::spawn(axum::serve(listener, app.into_make_service()).into_future());

    // The registration, which types arguments and result in history.
    let registry = registry().with::<CountSamples>();
    let ours = described_tasks()
        .with::<CountSamples>()
        .into_schemas()
        .find(|task| task.name == "tasks.count_samples");
    let ours = ours.ok_or("no schemas")?;
    assert_eq!(
        (&*ours.kwargs, &*ours.result),
        ("CountSamplesKwargs", "SampleCount")
    );
    let shutdown = CancellationToken::new();
    let runner = Runner::new(
        wiring.db.clone(),
        registry,
        Arc::clone(wiring.runner.services()),
        wiring.queues.clone(),
        "example-1".to_owned(),
        Timing::with_lease(LEASE),
        shutdown.clone(),
    );

    let ask = async |prefix: &str| {
        let path = format!("/count-samples/projects/{}", scene.project.name);
        let request = Request::post(&path)
            .bearer(&scene.person.token)
            .json(&json!({"prefix": prefix}));
        let task_id = client.send(request).await?.accepted()?.as_i64();
        task_id.ok_or_else(|| divbase_tests::AnyError::from("the answer is no number"))
    };
    let wrong = Request::post(&format!("/count-samples/projects/{}", scene.project.name))
        .bearer(&scene.person.token)
        .json(&json!({"prefix": 7}));
    client.send(wrong).await?.refused(422)?;

    // An indexer of its own, gone before the example's worker comes.
    let early = ask("").await?;
    let poll = LongPoll::new(Arc::new(runner), wiring.queues.clone(), shutdown.clone());
    let working = tokio::spawn(async move { poll.run(&[(Queue::Quick, 1)]).await });
    let item = scene.installation.ended(&scene.person, early).await?;
    assert!(failure(&item).contains("dimensions update"), "{item}");

    scene
        .upload_vcf("a.vcf.gz", &["crow1", "crow2", "rook1"], &[("1", 100)])
        .await?;
    scene
        .upload_vcf("b.vcf.gz", &["crow2", "crow3"], &[("1", 100)])
        .await?;
    let indexer = Worker::start(&scene.installation, "indexer", LEASE).await?;
    scene.index().await?;
    indexer.kill().await?;

    let home = scene.installation.path("home");
    let cli = Cli::new(&scene.installation.api_url, &home)?;
    cli.log_in(&scene.person).await?;
    for (prefix, count) in [("", 4), ("crow", 3), ("owl", 0)] {
        let task_id = ask(prefix).await?;
        let item = scene.installation.ended(&scene.person, task_id).await?;
        assert_eq!(item["kwargs"]["prefix"], prefix, "{item}");
        assert_eq!(item["result"], json!({"samples": count}), "{item}");
        let printed = cli
            .ok(&["task-history", "id", &task_id.to_string()])
            .await?;
        assert!(printed.contains(&format!("Samples: {count}")), "{printed}");
    }
    shutdown.cancel();
    working.await?;
    api.abort();
    scene.stop().await?;
    Ok(())
}
