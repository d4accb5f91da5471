//! HTTP API to Lambda: what the gateway does to a request and an answer on the way.

use divbase_tests::{Outcome, client::Request};
use serde_json::json;

use crate::place::{Place, read};

/// The routes that say whether everything is reached: database, queues and store.
#[tokio::test]
async fn the_function_answers_and_reaches_everything() -> Outcome {
    let place = Place::find().await?;
    for path in ["/v1/core/health", "/v1/core/ready"] {
        let answer = place.client.send(Request::get(path)).await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
    Ok(())
}

/// Status, body and headers of a refusal come through as the router made them.
#[tokio::test]
async fn refusals_come_through() -> Outcome {
    let place = Place::find().await?;
    let answer = place
        .client
        .send(Request::get("/v1/task-history/tasks/user"))
        .await?;
    assert_eq!(answer.status, 401, "{}", answer.text());
    let unknown = place.client.send(Request::get("/v1/nothing/here")).await?;
    assert_eq!(unknown.status, 404, "{}", unknown.text());
    let half = Request::post("/v1/auth/login").form(&[("username", "somebody@example.org")]);
    let answer = place.client.send(half).await?;
    assert_eq!(answer.status, 422, "{}", answer.text());
    Ok(())
}

/// Query strings and bodies are what was sent, letters beyond ASCII included.
#[tokio::test]
async fn names_come_through_as_they_were_typed() -> Outcome {
    let place = Place::find().await?;
    let name = Place::own_name("sill-i-östersjön");
    let bucket = Place::own_name("divbase-names");
    let project = json!({"name": name, "description": "Räkor & krabbor", "bucket_name": bucket,
        "storage_quota_bytes": 1_000_000});
    let made = place
        .client
        .send(
            Request::post("/v1/admin/projects")
                .bearer(&place.admin.token)
                .json(&project),
        )
        .await?
        .accepted()?;
    assert_eq!(made["name"], name.as_str());
    let member = format!(
        "/v1/admin/projects/{}/members/{}?role=manage",
        made["id"], place.admin.email
    );
    place
        .client
        .send(Request::post(&member).bearer(&place.admin.token))
        .await?
        .accepted()?;
    let encoded = name.replace('ö', "%C3%B6");
    let list = Request::get(&format!("/v1/project-versions/list?project_name={encoded}"));
    let answer = place
        .client
        .send(list.bearer(&place.admin.token))
        .await?
        .accepted()?;
    assert_eq!(answer, json!([]));
    Ok(())
}

/// What a parameter of the template says reaches the function: an operator's page is named below ours, and our path leads there. Those
/// that no parameter names are not there.
#[tokio::test]
async fn pages_of_the_operator_are_those_of_the_parameters() -> Outcome {
    let place = Place::find().await?;
    let root = read("DIVBASE_API_URL")?;
    let root = root.strip_suffix("/api").ok_or("no address of the API")?;
    let page = |path: &str| Request::get(&format!("{root}{path}"));
    let led = place.client.send(page("/terms")).await?;
    assert_eq!(led.headers["location"], "https://example.org/terms");
    let about = place.client.send(page("/about")).await?;
    assert_eq!(about.status, 200, "{}", about.text());
    assert!(about.text().contains("Terms of use"), "{}", about.text());
    assert!(!about.text().contains("/privacy"), "{}", about.text());
    let nowhere = place.client.send(page("/privacy")).await?;
    assert_eq!(nowhere.status, 404, "{}", nowhere.text());
    Ok(())
}
