//! The audit log: complete, read by those who may, and append only.

use divbase_contract::audit::AuditAction;
use divbase_tests::{Outcome, TestResult, accounts::Person, installation::Installation};
use serde_json::{Value, json};
use sqlx::Connection;

use super::{accept, delete, get, patch, post};

/// What the log says, oldest first, as `action actor user detail`.
fn told(page: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let mut lines: Vec<String> = page["entries"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|entry| {
            let (actor, user) = (text(&entry["actor"]), text(&entry["user"]));
            format!(
                "{} {actor} {user} {}",
                text(&entry["action"]),
                entry["detail"]
            )
        })
        .collect();
    lines.reverse();
    lines
}

async fn number(installation: &Installation, who: &Person) -> TestResult<i64> {
    let me = get(installation, who, "/v1/auth/whoami")
        .await?
        .accepted()?;
    Ok(me["id"].as_i64().ok_or("no number")?)
}

#[tokio::test]
async fn a_project_remembers_who_did_what() -> Outcome {
    let installation = Installation::start_api().await?;
    let (admin, linnea) = (&installation.admin, installation.person("linnea").await?);
    let new = json!({"name": "herring", "manager_email": linnea.email});
    let made = post(&installation, admin, "/v1/projects", new).await?;
    made.accepted()?;
    let base = "/v1/projects/herring";
    let invite = |email: &str| json!({"email": email, "role": "read"});
    let path = format!("{base}/invitations");
    let erik = post(&installation, &linnea, &path, invite("erik@example.org")).await?;
    let erik = accept(&installation, &erik.accepted()?).await?;
    let other = post(&installation, &linnea, &path, invite("other@example.org")).await?;
    let withdrawn = format!("{path}/{}", other.accepted()?["id"]);
    delete(&installation, &linnea, &withdrawn).await?;
    let member = format!("{base}/members/{}", number(&installation, &erik).await?);
    let role = json!({"role": "edit"});
    let changed = patch(&installation, &linnea, &member, role).await?;
    let request = changed.headers["x-request-id"].to_str()?.to_owned();
    changed.accepted()?;
    // What is refused is not told.
    let own = format!("{base}/members/{}", number(&installation, &linnea).await?);
    let refused = patch(&installation, admin, &own, json!({"role": "read"})).await?;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let leave = post(&installation, &erik, &format!("{base}/leave"), json!({})).await?;
    assert_eq!(leave.status, 204);
    patch(&installation, admin, base, json!({"is_active": false}))
        .await?
        .accepted()?;

    let audit = format!("{base}/audit");
    let page = get(&installation, admin, &audit).await?.accepted()?;
    assert_eq!(
        told(&page),
        [
            r#"project.created admin@example.org linnea@example.org {"role":"manage","storage_quota_bytes":"100000000000"}"#,
            r#"invitation.created linnea@example.org erik@example.org {"role":"read"}"#,
            r#"invitation.accepted erik@example.org erik@example.org {"role":"read"}"#,
            r#"invitation.created linnea@example.org other@example.org {"role":"read"}"#,
            r#"invitation.withdrawn linnea@example.org other@example.org {}"#,
            r#"member.role_changed linnea@example.org erik@example.org {"from":"read","role":"edit"}"#,
            r#"member.left erik@example.org erik@example.org {"role":"edit"}"#,
            r#"project.changed admin@example.org - {"is_active":"false"}"#,
        ]
    );
    let change = &page["entries"][2];
    assert_eq!(change["request_id"], request.as_str());
    assert_eq!(change["address"], "127.0.0.1");
    let known: Vec<&str> = AuditAction::ALL.iter().map(|one| one.as_str()).collect();
    for entry in page["entries"].as_array().into_iter().flatten() {
        assert!(
            known.contains(&entry["action"].as_str().unwrap_or("")),
            "{entry}"
        );
    }

    // Page by page it is the same.
    let (mut paged, mut path) = (Vec::new(), format!("{audit}?limit=3"));
    loop {
        let page = get(&installation, admin, &path).await?.accepted()?;
        paged.extend(page["entries"].as_array().cloned().unwrap_or_default());
        let Some(next) = page["next"].as_i64() else {
            break;
        };
        path = format!("{audit}?limit=3&before={next}");
    }
    assert_eq!(Some(&paged), page["entries"].as_array());
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn accounts_and_their_tokens_are_in_the_log_of_everything_without_secrets() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let new = json!({"name": "Linnea Berg", "email": "linnea@example.org", "organisation": "Institute",
        "organisation_role": "Researcher", "password": "heron lake fog 71"});
    let id = post(&installation, admin, "/v1/users", new)
        .await?
        .accepted()?["id"]
        .clone();
    let linnea = Person::log_in(
        &installation.client,
        "linnea@example.org",
        "heron lake fog 71",
    )
    .await?;
    let new = json!({"name": "laptop", "expires_in_days": 7, "task_history": true});
    let token = post(&installation, &linnea, "/v1/auth/pats", new)
        .await?
        .accepted()?;
    let path = format!("/v1/auth/pats/{}", token["id"]);
    delete(&installation, &linnea, &path).await?;
    let change =
        json!({"current_password": "heron lake fog 71", "new_password": "heron lake fog 72"});
    post(&installation, &linnea, "/v1/auth/change-password", change)
        .await?
        .accepted()?;
    let path = format!("/v1/users/{id}");
    let email = json!({"email": "linnea.berg@example.org"});
    patch(&installation, admin, &path, email)
        .await?
        .accepted()?;
    let reset = post(
        &installation,
        admin,
        &format!("{path}/password-reset"),
        json!({}),
    )
    .await?;
    let reset = reset.accepted()?["token"].clone();
    let body = json!({"token": reset, "password": "heron lake fog 73"});
    let set = divbase_tests::client::Request::post("/v1/auth/reset-password").json(&body);
    assert_eq!(installation.client.send(set).await?.status, 204);

    let page = get(&installation, admin, "/v1/audit").await?;
    for secret in [&reset, &token["token"], &json!("heron lake")] {
        let secret = secret.as_str().ok_or("no secret")?;
        assert!(!page.text().contains(secret), "{}", page.text());
    }
    let number = &token["id"];
    let (before, after) = ("linnea@example.org", "linnea.berg@example.org");
    assert_eq!(
        told(&page.accepted()?),
        [
            r#"user.created - admin@example.org {"is_admin":"true"}"#.to_owned(),
            format!("user.created admin@example.org {before} {{}}"),
            format!(r#"token.created {before} {before} {{"name":"laptop","token":"{number}"}}"#),
            format!(r#"token.revoked {before} {before} {{"name":"laptop","token":"{number}"}}"#),
            format!("password.changed {before} {before} {{}}"),
            format!(
                r#"user.changed admin@example.org {after} {{"email":"{after}","email_before":"{before}"}}"#
            ),
            format!("password.reset_allowed admin@example.org {after} {{}}"),
            format!("password.reset {after} {after} {{}}"),
        ]
    );
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_log_is_append_only_but_for_what_is_a_year_old() -> Outcome {
    let installation = Installation::start_api().await?;
    let mut database = installation.database.connect().await?;
    sqlx::query(
        "INSERT INTO audit_entry (at, action) VALUES (now() - interval '367 days', 'member.left'),
                                                     (now() - interval '363 days', 'member.left')",
    )
    .execute(&mut database)
    .await?;
    for statement in [
        "UPDATE audit_entry SET actor_id = 7",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE at > now() - interval '364 days'",
        "TRUNCATE audit_entry",
    ] {
        let mut attempt = database.begin().await?;
        let refused = sqlx::query(statement).execute(&mut *attempt).await;
        let text = refused
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(text.contains("append only"), "{statement}: {text}");
        attempt.rollback().await?;
    }
    let gone = sqlx::query("DELETE FROM audit_entry WHERE at < now() - interval '1 year'")
        .execute(&mut database)
        .await?;
    assert_eq!(gone.rows_affected(), 1);

    // A change whose entry cannot be written is not made.
    sqlx::query("ALTER TABLE audit_entry ADD CONSTRAINT is_full CHECK (action <> 'invitation.created') NOT VALID")
        .execute(&mut database)
        .await?;
    let new = json!({"email": "guest@example.org"});
    let failed = post(&installation, &installation.admin, "/v1/invitations", new).await?;
    assert_eq!(failed.status, 500, "{}", failed.text());
    let open = get(&installation, &installation.admin, "/v1/invitations").await?;
    assert_eq!(open.accepted()?, json!([]));
    installation.stop().await?;
    Ok(())
}
