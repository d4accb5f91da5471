//! Members and invitations: managers decide who is in, and there is always a manager.

use divbase_tests::{
    Outcome, accounts::Person, client::Request, installation::Installation, process::Cli,
};
use serde_json::json;

use super::{accept, delete, get, patch, post};

#[tokio::test]
async fn managers_decide_who_is_in() -> Outcome {
    let installation = Installation::start_api().await?;
    let (manager, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    installation.project("herring", &manager, "manage").await?;
    let members = "/v1/projects/herring/members";

    get(&installation, &erik, members).await?.refused(404)?;
    let added = post(
        &installation,
        &manager,
        members,
        json!({"email": "ERIK@example.org", "role": "read"}),
    )
    .await?;
    assert_eq!(added.status, 201, "{}", added.text());
    let erik_path = format!("{members}/{}", added.json()["user_id"]);
    let again = post(
        &installation,
        &manager,
        members,
        json!({"email": "erik@example.org", "role": "edit"}),
    )
    .await?;
    assert_eq!(again.refused(409)?.1, "project_member_already_exists_error");
    let nobody = post(
        &installation,
        &manager,
        members,
        json!({"email": "nobody@example.org", "role": "edit"}),
    )
    .await?;
    assert_eq!(nobody.refused(404)?.1, "user_not_found_error");

    let listed = get(&installation, &erik, members).await?.accepted()?;
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
    // A reader changes nothing, not even their own role.
    for request in [
        patch(&installation, &erik, &erik_path, json!({"role": "manage"})).await?,
        delete(&installation, &erik, &erik_path).await?,
        post(
            &installation,
            &erik,
            members,
            json!({"email": "x@example.org", "role": "read"}),
        )
        .await?,
        get(&installation, &erik, "/v1/projects/herring/invitations").await?,
    ] {
        assert_eq!(request.refused(403)?.1, "authorization_error");
    }
    let changed = patch(
        &installation,
        &manager,
        &erik_path,
        json!({"role": "query"}),
    )
    .await?;
    assert_eq!(changed.accepted()?["role"], "query");
    let own = get(&installation, &manager, "/v1/auth/whoami")
        .await?
        .accepted()?;
    let own = format!("{members}/{}", own["id"]);
    patch(&installation, &manager, &own, json!({"role": "read"}))
        .await?
        .refused(400)?;
    delete(&installation, &manager, &own).await?.refused(400)?;

    // The last manager can neither leave nor be removed by an administrator.
    let leave = "/v1/projects/herring/leave";
    post(&installation, &manager, leave, json!({}))
        .await?
        .refused(409)?;
    delete(&installation, &installation.admin, &own)
        .await?
        .refused(409)?;
    patch(
        &installation,
        &manager,
        &erik_path,
        json!({"role": "manage"}),
    )
    .await?
    .accepted()?;
    assert_eq!(
        post(&installation, &manager, leave, json!({}))
            .await?
            .status,
        204
    );
    get(&installation, &manager, members).await?.refused(404)?;
    delete(&installation, &erik, &own).await?.refused(404)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn two_managers_cannot_both_leave() -> Outcome {
    let installation = Installation::start_api().await?;
    let (one, other) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let project = installation.project("herring", &one, "manage").await?;
    project
        .add(&installation.client, &installation.admin, &other, "manage")
        .await?;
    let leave = "/v1/projects/herring/leave";
    let (first, second) = tokio::join!(
        post(&installation, &one, leave, json!({})),
        post(&installation, &other, leave, json!({})),
    );
    let mut statuses = [first?.status, second?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn who_is_invited_becomes_a_member_once() -> Outcome {
    let installation = Installation::start_api().await?;
    let manager = installation.person("linnea").await?;
    installation.project("herring", &manager, "manage").await?;
    let path = "/v1/projects/herring/invitations";
    let invitation = json!({"email": "Erik@example.org", "role": "query"});
    let first = post(&installation, &manager, path, invitation.clone())
        .await?
        .accepted()?;
    let issued = post(&installation, &manager, path, invitation.clone())
        .await?
        .accepted()?;
    let open = get(&installation, &manager, path).await?.accepted()?;
    assert_eq!(open.as_array().map(Vec::len), Some(1), "{open}");
    assert!(open[0].get("token").is_none(), "the token is shown again");
    accept(&installation, &first)
        .await
        .err()
        .ok_or("the replaced invitation works")?;

    let erik = accept(&installation, &issued).await?;
    let project = get(&installation, &erik, "/v1/projects")
        .await?
        .accepted()?;
    assert_eq!(project["projects"][0]["name"], "herring");
    assert_eq!(project["projects"][0]["role"], "query");
    accept(&installation, &issued)
        .await
        .err()
        .ok_or("the invitation works twice")?;
    let again = post(&installation, &manager, path, invitation).await?;
    assert!(again.refused(409)?.0.contains("account already"));
    // The database has no token that could be used.
    let mut database = installation.database.connect().await?;
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM invitation")
        .fetch_one(&mut database)
        .await?;
    assert_eq!(stored, 0);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_invitation_of_somebody_who_may_not_invite_is_void() -> Outcome {
    let installation = Installation::start_api().await?;
    let manager = installation.person("linnea").await?;
    installation.project("herring", &manager, "manage").await?;
    let path = "/v1/projects/herring/invitations";
    let mut issued = Vec::new();
    for name in ["erik", "eva", "eskil"] {
        let body = json!({"email": format!("{name}@example.org"), "role": "read"});
        issued.push(
            post(&installation, &manager, path, body)
                .await?
                .accepted()?,
        );
    }
    let taken_back = format!("{path}/{}", issued[0]["id"]);
    assert_eq!(
        delete(&installation, &manager, &taken_back).await?.status,
        204
    );
    delete(&installation, &manager, &taken_back)
        .await?
        .refused(404)?;
    accept(&installation, &issued[0])
        .await
        .err()
        .ok_or("it was taken back")?;

    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE invitation SET expires_at = now() - interval '1 second' WHERE email = 'eva@example.org'")
        .execute(&mut database).await?;
    accept(&installation, &issued[1])
        .await
        .err()
        .ok_or("it has expired")?;

    let me = get(&installation, &manager, "/v1/auth/whoami")
        .await?
        .accepted()?;
    let account = format!("/v1/users/{}", me["id"]);
    patch(
        &installation,
        &installation.admin,
        &account,
        json!({"is_active": false}),
    )
    .await?
    .accepted()?;
    accept(&installation, &issued[2])
        .await
        .err()
        .ok_or("who invited is gone")?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn administrators_govern_projects_and_do_not_see_files() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin: &Person = &installation.admin;
    let manager = installation.person("linnea").await?;
    installation.project("herring", &manager, "manage").await?;
    let info = get(&installation, admin, "/v1/projects/herring")
        .await?
        .accepted()?;
    assert_eq!(info["role"], serde_json::Value::Null);
    assert!(info["bucket_name"].is_string());
    let seen = get(&installation, &manager, "/v1/projects/herring")
        .await?
        .accepted()?;
    assert_eq!(
        (&seen["role"], &seen["bucket_name"]),
        (&json!("manage"), &json!(null))
    );
    get(&installation, admin, "/v1/projects/herring/members")
        .await?
        .accepted()?;
    let list = Request::post("/v1/s3/list?project_name=herring")
        .bearer(&admin.token)
        .json(&json!({"prefix": null, "delimiter": null, "next_token": null}));
    assert_eq!(
        installation.client.send(list).await?.refused(404)?.1,
        "project_not_found_error"
    );
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_project_is_handed_over_in_one_step() -> Outcome {
    let installation = Installation::start_api().await?;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let project = installation.project("herring", &linnea, "manage").await?;
    let path = "/v1/projects/herring/transfer";
    let to = |keep: &str| json!({"email": "ERIK@example.org", "keep": keep});
    // Nobody who is not a member gets it, nor does oneself.
    let refused = post(&installation, &linnea, path, to("edit")).await?;
    assert_eq!(refused.refused(404)?.1, "project_member_not_found_error");
    let oneself = json!({"email": linnea.email, "keep": "read"});
    post(&installation, &linnea, path, oneself)
        .await?
        .refused(400)?;
    let (client, admin) = (&installation.client, &installation.admin);
    project.add(client, admin, &erik, "read").await?;
    post(&installation, &erik, path, to("read"))
        .await?
        .refused(403)?;
    // Nor does an account that is turned off: then nobody would manage it.
    let mut database = installation.database.connect().await?;
    let turn = |on: bool| {
        sqlx::query("UPDATE app_user SET is_active = $1 WHERE email = 'erik@example.org'").bind(on)
    };
    turn(false).execute(&mut database).await?;
    post(&installation, &linnea, path, to("read"))
        .await?
        .refused(409)?;
    turn(true).execute(&mut database).await?;
    let cli = Cli::new(&installation.api_url, &installation.path("desk"))?;
    cli.log_in(&linnea).await?;
    let said = cli
        .ok(&[
            "project",
            "transfer",
            "erik@example.org",
            "--keep",
            "query",
            "--project",
            "herring",
        ])
        .await?;
    assert!(said.contains("your role is 'query'"), "{said}");
    let members = get(&installation, &erik, "/v1/projects/herring/members").await?;
    let members = members.accepted()?;
    let mut roles: Vec<String> = members
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| format!("{} {}", one["email"], one["role"]).replace('"', ""))
        .collect();
    roles.sort();
    assert_eq!(
        roles,
        ["erik@example.org manage", "linnea@example.org query"]
    );
    post(&installation, &linnea, path, to("read"))
        .await?
        .refused(403)?;
    let audit = get(&installation, &erik, "/v1/projects/herring/audit?limit=1").await?;
    let entry = audit.accepted()?["entries"][0].clone();
    assert_eq!(
        (&entry["action"], &entry["actor"], &entry["user"]),
        (
            &json!("project.transferred"),
            &json!("linnea@example.org"),
            &json!("erik@example.org")
        )
    );
    installation.stop().await?;
    Ok(())
}
