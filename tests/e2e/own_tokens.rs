//! Personal access tokens: what they open, for how long, and who may make them.

use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    client::{Answer, Request},
    installation::Installation,
};
use serde_json::{Value, json};

use crate::stage::Stage;

async fn make(installation: &Installation, who: &Person, body: Value) -> TestResult<Answer> {
    let request = Request::post("/v1/auth/pats")
        .bearer(&who.token)
        .json(&body);
    installation.client.send(request).await
}

async fn token(installation: &Installation, who: &Person, body: Value) -> TestResult<String> {
    let made = make(installation, who, body).await?.accepted()?;
    let token = made["token"].as_str().ok_or("no token")?;
    assert!(
        token.starts_with("divbase_pat_") && token.len() == 55,
        "{token}"
    );
    Ok(token.to_owned())
}

async fn list_files(installation: &Installation, token: &str, project: &str) -> TestResult<Answer> {
    let body = json!({"prefix": null, "delimiter": null, "next_token": null});
    let request = Request::post(&format!("/v1/s3/list?project_name={project}"));
    installation
        .client
        .send(request.bearer(token).json(&body))
        .await
}

async fn delete_files(installation: &Installation, token: &str) -> TestResult<Answer> {
    let request = Request::delete("/v1/s3/?project_name=herring").bearer(token);
    installation
        .client
        .send(request.json(&json!(["a.txt"])))
        .await
}

#[tokio::test]
async fn a_token_opens_what_it_says_and_no_more() -> Outcome {
    let stage = Stage::set(Installation::start_api().await?).await?;
    let (installation, editor) = (&stage.installation, stage.person("editor"));
    installation.project("cod", editor, "edit").await?;

    let some = token(
        installation,
        editor,
        json!({"name": "some", "projects": {"herring": "read"}}),
    )
    .await?;
    let whoami = Request::get("/v1/auth/whoami").bearer(&some);
    assert_eq!(
        installation.client.send(whoami).await?.accepted()?["email"],
        editor.email.as_str()
    );
    list_files(installation, &some, "herring")
        .await?
        .accepted()?;
    // The lower of the two roles counts; the membership has `edit`.
    let refused = delete_files(installation, &some).await?;
    assert!(
        refused.refused(403)?.0.contains("'read'"),
        "{}",
        refused.text()
    );
    assert_eq!(
        list_files(installation, &some, "cod")
            .await?
            .refused(403)?
            .1,
        "authorization_error"
    );
    assert_eq!(
        list_files(installation, &some, "nowhere")
            .await?
            .refused(404)?
            .1,
        "project_not_found_error"
    );
    let mine = Request::get("/v1/projects").bearer(&some);
    let mine = installation.client.send(mine).await?.accepted()?;
    assert_eq!(mine["projects"].as_array().map(Vec::len), Some(1), "{mine}");
    assert_eq!(mine["projects"][0]["role"], "read");
    let history = Request::get("/v1/task-history/tasks/user").bearer(&some);
    installation.client.send(history).await?.refused(403)?;

    let all = token(
        installation,
        editor,
        json!({"name": "all", "all_projects": true, "task_history": true}),
    )
    .await?;
    for project in ["herring", "cod"] {
        list_files(installation, &all, project).await?.accepted()?;
    }
    delete_files(installation, &all).await?.accepted()?;
    let history = Request::get("/v1/task-history/tasks/user").bearer(&all);
    installation.client.send(history).await?.accepted()?;

    // More than the membership has cannot be had by a token, nor kept when the membership gets less.
    let more = json!({"name": "more", "projects": {"herring": "manage"}});
    let (text, kind) = make(installation, stage.person("reader"), more)
        .await?
        .refused(403)?;
    assert_eq!(kind, "authorization_error");
    assert!(text.contains("Your role in 'herring' is 'read'"), "{text}");
    let edits = json!({"name": "edits", "projects": {"herring": "edit"}});
    let edits = token(installation, editor, edits).await?;
    delete_files(installation, &edits).await?.accepted()?;
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE project_membership SET role = 'read' WHERE user_id = (SELECT id FROM app_user WHERE email = $1)")
        .bind(&editor.email)
        .execute(&mut database)
        .await?;
    delete_files(installation, &edits).await?.refused(403)?;
    stage.installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_token_neither_makes_tokens_nor_administrates_unless_it_says_so() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let person = installation.person("linnea").await?;
    let plain = token(
        &installation,
        admin,
        json!({"name": "plain", "all_projects": true, "task_history": true}),
    )
    .await?;
    let holder = Person {
        token: plain,
        ..admin.clone()
    };
    let body = json!({"name": "another", "all_projects": true});
    make(&installation, &holder, body.clone())
        .await?
        .refused(403)?;
    let change =
        json!({"current_password": admin.password, "new_password": "correct horse battery"});
    let request = Request::post("/v1/auth/change-password")
        .bearer(&holder.token)
        .json(&change);
    installation.client.send(request).await?.refused(403)?;
    let users = |token: &str| Request::get("/v1/users").bearer(token);
    installation
        .client
        .send(users(&holder.token))
        .await?
        .refused(403)?;

    let strong = token(
        &installation,
        admin,
        json!({"name": "strong", "admin": true}),
    )
    .await?;
    installation.client.send(users(&strong)).await?.accepted()?;
    make(&installation, &person, json!({"name": "x", "admin": true}))
        .await?
        .refused(403)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn tokens_are_few_named_and_end() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    for bad in [
        json!({"name": "x"}),
        json!({"name": "", "all_projects": true}),
        json!({"name": "x", "all_projects": true, "projects": {"herring": "read"}}),
        json!({"name": "x", "all_projects": true, "expires_in_days": 0}),
        json!({"name": "x", "all_projects": true, "expires_in_days": 366}),
        json!({"name": "x", "projects": {"herring": "owner"}}),
    ] {
        make(&installation, &person, bad.clone())
            .await?
            .refused(422)
            .map_err(|error| format!("{bad}: {error}"))?;
    }
    make(
        &installation,
        &person,
        json!({"name": "x", "projects": {"herring": "read"}}),
    )
    .await?
    .refused(404)?;
    for name in ["1", "2", "3", "4"] {
        token(
            &installation,
            &person,
            json!({"name": name, "all_projects": true}),
        )
        .await?;
    }
    let twice = make(
        &installation,
        &person,
        json!({"name": "1", "all_projects": true}),
    )
    .await?;
    assert_eq!(twice.refused(409)?.1, "pat_duplicate_name_error");
    // Two ask for the last place at once.
    let (one, other) = tokio::join!(
        make(
            &installation,
            &person,
            json!({"name": "5", "all_projects": true})
        ),
        make(
            &installation,
            &person,
            json!({"name": "6", "all_projects": true})
        ),
    );
    let answers = [one?, other?];
    let refused = answers
        .iter()
        .find(|answer| answer.status == 409)
        .ok_or("six were made")?;
    assert_eq!(refused.refused(409)?.1, "pat_limit_exceeded_error");
    let last = answers
        .iter()
        .find(|answer| answer.status == 201)
        .ok_or("the fifth was refused")?;
    let (last, used) = (
        last.json(),
        last.json()["token"].as_str().unwrap_or_default().to_owned(),
    );

    // An expired one is refused and makes room.
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE personal_access_token SET expires_at = now() - interval '1 second' WHERE name = '1'")
        .execute(&mut database).await?;
    let whoami = |token: &str| Request::get("/v1/auth/whoami").bearer(token);
    installation.client.send(whoami(&used)).await?.accepted()?;
    token(
        &installation,
        &person,
        json!({"name": "1", "all_projects": true}),
    )
    .await?;

    let list = Request::get("/v1/auth/pats").bearer(&person.token);
    let listed = installation.client.send(list).await?.accepted()?;
    let listed = listed.as_array().ok_or("no list")?;
    assert_eq!(listed.len(), 5);
    assert!(
        listed
            .iter()
            .all(|pat| pat.get("token").is_none() && pat["expires_at"].is_string())
    );
    let seen = listed
        .iter()
        .find(|pat| pat["id"] == last["id"])
        .ok_or("it is not listed")?;
    assert!(seen["last_used_at"].is_string(), "{seen}");

    // Nobody else revokes it; once revoked it is refused at once.
    let other = installation.person("erik").await?;
    let revoke =
        |who: &Person| Request::delete(&format!("/v1/auth/pats/{}", last["id"])).bearer(&who.token);
    installation
        .client
        .send(revoke(&other))
        .await?
        .refused(404)?;
    assert_eq!(installation.client.send(revoke(&person)).await?.status, 204);
    installation
        .client
        .send(whoami(&used))
        .await?
        .refused(401)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn tokens_end_with_the_password_and_the_account() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let used = token(
        &installation,
        &person,
        json!({"name": "x", "all_projects": true}),
    )
    .await?;
    let whoami = || Request::get("/v1/auth/whoami").bearer(&used);
    let change = |current: &str, new: &str, keep: bool| json!({"current_password": current, "new_password": new, "keep_access_tokens": keep});
    let post = |token: &str, body: &Value| {
        Request::post("/v1/auth/change-password")
            .bearer(token)
            .json(body)
    };
    let kept = change(&person.password, "correct horse battery", true);
    let session = installation
        .client
        .send(post(&person.token, &kept))
        .await?
        .accepted()?;
    installation.client.send(whoami()).await?.accepted()?;
    let ended = change("correct horse battery", "another horse battery", false);
    let token_of_now = session["access_token"].as_str().unwrap_or_default();
    installation
        .client
        .send(post(token_of_now, &ended))
        .await?
        .accepted()?;
    installation.client.send(whoami()).await?.refused(401)?;
    installation.stop().await?;
    Ok(())
}
