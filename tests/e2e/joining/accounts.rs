//! Accounts: made, found, changed, closed; passwords changed and reset.

use divbase_tests::{Outcome, accounts::Person, client::Request, installation::Installation};
use serde_json::json;

use super::{accept, get, patch, post, try_login};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn an_administrator_makes_and_changes_accounts() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let new = json!({"name": " Åsa Ny ", "email": " Asa.Ny@Example.org", "organisation": "Umeå",
        "organisation_role": "Student", "password": PASSWORD});
    let made = post(&installation, admin, "/v1/users", new.clone()).await?;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    assert_eq!(
        (&made["email"], &made["name"]),
        (&json!("asa.ny@example.org"), &json!("Åsa Ny"))
    );

    let again = post(&installation, admin, "/v1/users", new.clone()).await?;
    assert_eq!(again.refused(400)?.1, "user_registration_error");

    // The address is found in any spelling, at login too.
    let asa = Person::log_in(&installation.client, " ASA.NY@example.org ", PASSWORD).await?;
    assert_eq!(
        post(&installation, &asa, "/v1/users", new).await?.status,
        403
    );

    let found = get(&installation, admin, "/v1/users?search=ÅSA")
        .await?
        .accepted()?;
    assert_eq!(found["users"][0]["id"], made["id"]);
    let page = get(&installation, admin, "/v1/users?limit=1")
        .await?
        .accepted()?;
    assert_eq!(page["users"].as_array().map(Vec::len), Some(1));
    let next = page["next"].as_i64().ok_or("there is no second page")?;
    let rest = get(
        &installation,
        admin,
        &format!("/v1/users?limit=1&after={next}"),
    )
    .await?;
    assert_eq!(rest.accepted()?["users"][0]["id"], made["id"]);

    let path = format!("/v1/users/{}", made["id"]);
    let change = json!({"name": "Åsa Nilsson", "email": "asa.nilsson@example.org"});
    let changed = patch(&installation, admin, &path, change)
        .await?
        .accepted()?;
    assert_eq!(changed["name"], "Åsa Nilsson");
    assert_eq!(changed["organisation"], "Umeå");
    Person::log_in(&installation.client, "asa.nilsson@example.org", PASSWORD).await?;
    try_login(&installation, "asa.ny@example.org", PASSWORD)
        .await?
        .refused(401)?;
    patch(&installation, admin, "/v1/users/999999", json!({}))
        .await?
        .refused(404)?;
    patch(&installation, admin, &path, json!({"nmae": "x"}))
        .await?
        .refused(422)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_closed_account_is_closed_at_once_and_stays_logged_out() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let person = installation.person("linnea").await?;
    let form = [
        ("username", person.email.as_str()),
        ("password", &person.password),
    ];
    let login = Request::post("/v1/auth/login").form(&form);
    let refresh = installation.client.send(login).await?.accepted()?["refresh_token"].clone();
    let me = get(&installation, &person, "/v1/auth/whoami")
        .await?
        .accepted()?;
    let path = format!("/v1/users/{}", me["id"]);

    let closed = patch(&installation, admin, &path, json!({"is_active": false})).await?;
    assert_eq!(closed.accepted()?["is_active"], false);
    get(&installation, &person, "/v1/auth/whoami")
        .await?
        .refused(401)?;
    let refused = try_login(&installation, &person.email, &person.password).await?;
    assert_eq!(refused.refused(401)?.0, "Invalid email or password");

    patch(&installation, admin, &path, json!({"is_active": true}))
        .await?
        .accepted()?;
    // Neither the access token nor the session came back.
    get(&installation, &person, "/v1/auth/whoami")
        .await?
        .refused(401)?;
    let body = json!({"refresh_token": refresh});
    let renewed = Request::post("/v1/auth/refresh").json(&body);
    installation.client.send(renewed).await?.refused(401)?;
    Person::log_in(&installation.client, &person.email, &person.password).await?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn there_is_always_an_administrator() -> Outcome {
    let installation = Installation::start_api().await?;
    let admin = &installation.admin;
    let me = get(&installation, admin, "/v1/auth/whoami")
        .await?
        .accepted()?;
    let own = format!("/v1/users/{}", me["id"]);
    for change in [json!({"is_admin": false}), json!({"is_active": false})] {
        patch(&installation, admin, &own, change)
            .await?
            .refused(400)?;
    }
    let invited = post(
        &installation,
        admin,
        "/v1/invitations",
        json!({"email": "second@example.org", "is_admin": true}),
    )
    .await?
    .accepted()?;
    let second = accept(&installation, &invited).await?;
    let they = get(&installation, &second, "/v1/auth/whoami")
        .await?
        .accepted()?;
    assert_eq!(they["is_admin"], true);

    // Each takes the other's rights at the same moment: one of them must fail.
    let others = format!("/v1/users/{}", they["id"]);
    let (one, other) = tokio::join!(
        patch(&installation, admin, &others, json!({"is_admin": false})),
        patch(&installation, &second, &own, json!({"is_admin": false})),
    );
    let statuses = [one?.status, other?.status];
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(statuses.iter().any(|status| *status >= 400), "{statuses:?}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_changed_password_ends_every_session() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let elsewhere = Person::log_in(&installation.client, &person.email, &person.password).await?;
    let change =
        |current: &str, new: &str| json!({"current_password": current, "new_password": new});
    let path = "/v1/auth/change-password";
    let wrong = post(
        &installation,
        &person,
        path,
        change("wrong password", PASSWORD),
    )
    .await?;
    assert_eq!(wrong.refused(403)?.1, "authorization_error");
    for (bad, word) in [
        ("short", "10 to 100"),
        ("1234567890", "commonest"),
        ("linnea@example.org", "e-mail"),
    ] {
        let refused = post(&installation, &person, path, change(&person.password, bad)).await?;
        assert!(refused.refused(422)?.0.contains(word), "{bad}");
    }
    let session = post(
        &installation,
        &person,
        path,
        change(&person.password, PASSWORD),
    )
    .await?;
    let token = session.accepted()?["access_token"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let renewed = Person {
        token,
        ..person.clone()
    };
    get(&installation, &renewed, "/v1/auth/whoami")
        .await?
        .accepted()?;
    for ended in [&person, &elsewhere] {
        get(&installation, ended, "/v1/auth/whoami")
            .await?
            .refused(401)?;
    }
    try_login(&installation, &person.email, &person.password)
        .await?
        .refused(401)?;
    Person::log_in(&installation.client, &person.email, PASSWORD).await?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_password_is_reset_once_by_who_has_the_token() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let me = get(&installation, &person, "/v1/auth/whoami")
        .await?
        .accepted()?;
    let path = format!("/v1/users/{}/password-reset", me["id"]);
    post(&installation, &person, &path, json!({}))
        .await?
        .refused(403)?;
    let first = post(&installation, &installation.admin, &path, json!({}))
        .await?
        .accepted()?;
    let issued = post(&installation, &installation.admin, &path, json!({}))
        .await?
        .accepted()?;
    let reset = |token: &serde_json::Value, password: &str| {
        Request::post("/v1/auth/reset-password")
            .json(&json!({"token": token, "password": password}))
    };
    let client = &installation.client;
    // The earlier token is void, and so is one that is made up.
    for void in [&first["token"], &json!("divbase_rst_x")] {
        client.send(reset(void, PASSWORD)).await?.refused(400)?;
    }
    client
        .send(reset(&issued["token"], "short"))
        .await?
        .refused(422)?;
    // Two use it at once: one password is set.
    let (one, other) = tokio::join!(
        client.send(reset(&issued["token"], PASSWORD)),
        client.send(reset(&issued["token"], "another horse battery")),
    );
    let mut statuses = [one?.status, other?.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 400]);
    get(&installation, &person, "/v1/auth/whoami")
        .await?
        .refused(401)?;
    try_login(&installation, &person.email, &person.password)
        .await?
        .refused(401)?;
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_weaker_hash_is_renewed_at_login() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let mut database = installation.database.connect().await?;
    let old: String = sqlx::query_scalar("SELECT password_hash FROM app_user WHERE email = $1")
        .bind(&person.email)
        .fetch_one(&mut database)
        .await?;
    assert!(old.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{old}");
    let hash = divbase_tests::accounts::weak_hash(&person.password)?;
    sqlx::query("UPDATE app_user SET password_hash = $2 WHERE email = $1")
        .bind(&person.email)
        .bind(&hash)
        .execute(&mut database)
        .await?;
    Person::log_in(&installation.client, &person.email, &person.password).await?;
    let new: String = sqlx::query_scalar("SELECT password_hash FROM app_user WHERE email = $1")
        .bind(&person.email)
        .fetch_one(&mut database)
        .await?;
    assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
    Person::log_in(&installation.client, &person.email, &person.password).await?;
    installation.stop().await?;
    Ok(())
}
