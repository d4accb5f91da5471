//! Tokens that are forged, worn out or of the wrong kind: 401 with the same text for all, so that nothing is learnt.

use divbase_tests::{Outcome, client::Request, forged, installation::Installation};

#[tokio::test]
async fn no_forged_token_opens_a_route() -> Outcome {
    let installation = Installation::start_api().await?;
    let client = &installation.client;
    let whoami = |token: &str| client.send(Request::get("/v1/auth/whoami").bearer(token));
    let me = whoami(&installation.admin.token).await?.accepted()?;
    let id = me["id"].as_i64().ok_or("no id")?;
    let secret = &installation.secret;
    let right = forged::claims(id, "access_token", 600);

    // Claims and secret are right: what follows is refused for what it says, not for how this test makes tokens.
    let made_here = whoami(&forged::signed(secret, &right)?).await?;
    assert_eq!(made_here.status, 200, "{}", made_here.text());

    let without = |claim: &str| {
        let mut claims = right.clone();
        if let Some(fields) = claims.as_object_mut() {
            fields.remove(claim);
        }
        forged::signed(secret, &claims)
    };
    let saying = |claim: &str, value: &str| {
        let mut claims = right.clone();
        claims[claim] = value.into();
        forged::signed(secret, &claims)
    };
    let ours = divbase_auth::key_id(secret.as_bytes());
    let own = &installation.admin.token;
    let mut changed = own.clone();
    let last = changed.pop();
    changed.push(if last == Some('A') { 'B' } else { 'A' });
    changed.insert(changed.len() - 8, 'x');
    let cases = [
        (
            "another secret",
            forged::signed("another secret of 32 characters!", &right)?,
        ),
        (
            "another secret in the name of ours",
            forged::signed_as("another secret of 32 characters!", Some(&ours), &right)?,
        ),
        ("no secret named", forged::signed_as(secret, None, &right)?),
        (
            "a secret that nobody has",
            forged::signed_as(secret, Some("0123456789abcdef"), &right)?,
        ),
        (
            "another issuer",
            saying("iss", "https://elsewhere.example")?,
        ),
        ("for somebody else", saying("aud", "another-api")?),
        ("without an issuer", without("iss")?),
        ("without an audience", without("aud")?),
        ("the empty secret", forged::signed("", &right)?),
        ("no signature", forged::unsigned(&right)),
        (
            "expired",
            forged::signed(secret, &forged::claims(id, "access_token", -120))?,
        ),
        (
            "a refresh token",
            forged::signed(secret, &forged::claims(id, "refresh_token", 600))?,
        ),
        (
            "a password reset token",
            forged::signed(secret, &forged::claims(id, "password_reset", 600))?,
        ),
        (
            "nobody's",
            forged::signed(secret, &forged::claims(999_999, "access_token", 600))?,
        ),
        ("without an end", without("exp")?),
        ("without a type", without("type")?),
        ("without a subject", without("sub")?),
        ("without an id", without("jti")?),
        ("changed", changed),
        ("cut off", own[..own.len() / 2].to_owned()),
        ("two of them", format!("{own} {own}")),
    ];
    let mut texts = Vec::new();
    for (what, token) in cases {
        let answer = whoami(&token).await?;
        let (text, kind) = answer
            .refused(401)
            .map_err(|error| format!("{what}: {error}"))?;
        assert_eq!(kind, "authentication_error", "{what}");
        assert!(text.contains("log in"), "{what}: {text}");
        texts.push(text);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "the reason shows: {texts:?}");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn accounts_that_are_closed_are_closed_at_once() -> Outcome {
    let installation = Installation::start_api().await?;
    let person = installation.person("linnea").await?;
    let mut database = installation.database.connect().await?;
    sqlx::query("UPDATE app_user SET is_active = false WHERE email = $1")
        .bind(&person.email)
        .execute(&mut database)
        .await?;
    let whoami = Request::get("/v1/auth/whoami").bearer(&person.token);
    installation.client.send(whoami).await?.refused(401)?;
    let form = [
        ("username", person.email.as_str()),
        ("password", &person.password),
    ];
    let login = installation
        .client
        .send(Request::post("/v1/auth/login").form(&form))
        .await?;
    assert_eq!(login.refused(401)?.0, "Invalid email or password");
    installation.stop().await?;
    Ok(())
}
