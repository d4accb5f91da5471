//! Whose account an identity opens.

use divbase_sso::Vouches;
use divbase_tests::{
    Outcome, TestResult,
    browser::{Browser, location},
    client::Request,
    installation::Installation,
    lying_provider::LyingProvider,
};
use serde_json::{Value, json};

use super::{Asked, browser, come_back, installation, is_in, return_as};

fn verified(email: &str) -> Value {
    json!({"email": email, "email_verified": true, "name": "Asa Nylund"})
}

async fn audit(installation: &Installation) -> TestResult<Vec<String>> {
    let request = Request::get("/v1/audit?limit=100").bearer(&installation.admin.token);
    let page = installation.client.send(request).await?.accepted()?;
    let entries = page["entries"].as_array().cloned().unwrap_or_default();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(entries
        .iter()
        .map(|entry| format!("{} {}", word(&entry["action"]), word(&entry["user"])))
        .collect())
}

async fn deactivate(installation: &Installation, token: &str) -> TestResult {
    let (client, admin) = (&installation.client, &installation.admin);
    let me = Request::get("/v1/auth/whoami").bearer(token);
    let id = client.send(me).await?.accepted()?["id"].clone();
    let off = Request::patch(&format!("/v1/users/{id}")).bearer(&admin.token);
    client
        .send(off.json(&json!({"is_active": false})))
        .await?
        .accepted()?;
    Ok(())
}

#[tokio::test]
async fn an_address_that_nobody_vouches_for_takes_no_account_and_makes_none() -> Outcome {
    let liar = LyingProvider::start().await?;
    for (vouches, said) in [
        (Vouches::Never, json!(true)),
        (Vouches::IfVerified, json!(false)),
        (Vouches::IfVerified, Value::Null),
        (Vouches::Always, json!(false)),
    ] {
        let installation = installation(liar.described(vouches), "open").await?;
        let linnea = installation.person("linnea").await?;
        let mut texts = Vec::new();
        for email in [linnea.email.as_str(), "nobody@example.org"] {
            let mut browser = browser(&installation)?;
            let info = json!({"email": email, "email_verified": said});
            let answer = come_back(&mut browser, &liar, "1", &info).await?;
            assert_eq!(answer.status, 403, "{vouches:?}: {}", answer.text());
            assert!(!is_in(&mut browser).await?);
            let text = answer.text();
            let begin = text.find("No account is linked").ok_or("no reason")?;
            texts.push(text[begin..begin + 200].to_owned());
        }
        // Whether the address has an account is not told.
        assert_eq!(texts[0], texts[1]);
        let mut without = browser(&installation)?;
        let answer = come_back(&mut without, &liar, "1", &json!({})).await?;
        assert_eq!(answer.status, 403);
        installation.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_address_that_is_vouched_for_opens_its_account() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = installation(liar.described(Vouches::IfVerified), "invitation").await?;
    let linnea = installation.person("linnea").await?;
    let mut one = browser(&installation)?;
    let answer = come_back(&mut one, &liar, "1", &verified("Linnea@Example.ORG")).await?;
    assert_eq!(location(&answer)?, "/projects/");
    let page = one.read("/profile/").await?;
    assert!(
        page.contains("linnea@example.org") && page.contains("Liars"),
        "{page}"
    );
    // From now on it is the subject that counts: the address may go to somebody else there.
    let mut again = browser(&installation)?;
    let answer = come_back(&mut again, &liar, "1", &json!({})).await?;
    assert_eq!(location(&answer)?, "/projects/");
    assert!(
        again
            .read("/profile/")
            .await?
            .contains("linnea@example.org")
    );
    let mut other = browser(&installation)?;
    let answer = come_back(&mut other, &liar, "2", &verified("nobody@example.org")).await?;
    assert_eq!(answer.status, 403);
    assert!(!is_in(&mut other).await?);
    let linked = "identity.linked linnea@example.org".to_owned();
    assert!(audit(&installation).await?.contains(&linked));
    // Sessions of it are sessions like others.
    let listed = Request::get("/v1/auth/sessions").bearer(&linnea.token);
    let listed = installation.client.send(listed).await?.accepted()?;
    assert_eq!(listed.as_array().map(Vec::len), Some(3));
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn whoever_registered_the_address_of_another_keeps_no_way_in() -> Outcome {
    let mut mailbox = divbase_tests::mailbox::Mailbox::start().await?;
    let mailer = mailbox.mailer()?;
    let liar = LyingProvider::start().await?;
    let provider = liar.described(Vouches::IfVerified);
    let installation = Installation::start_with(|settings| {
        settings.providers = vec![provider];
        settings.public_api_url = Some(super::PUBLIC_API_URL.to_owned());
        settings.registration = divbase_api::Registration::Open;
        settings.mail = Some(mailer);
    })
    .await?;
    let password = "heron lake fog 71";
    let register = Request::post("/v1/auth/register")
        .json(&json!({"email": "asa@example.org", "name": "Somebody Else",
        "organisation": "Nowhere", "organisation_role": "None", "password": password}));
    installation.client.send(register).await?.accepted()?;
    let letter = mailbox.next().await?;
    let mut asa = browser(&installation)?;
    let answer = come_back(&mut asa, &liar, "1", &verified("asa@example.org")).await?;
    assert_eq!(location(&answer)?, "/profile/");
    let login = [("username", "asa@example.org"), ("password", password)];
    let login = Request::post("/v1/auth/login").form(&login);
    assert_eq!(installation.client.send(login).await?.status, 401);
    let text = letter["text"].as_str().unwrap_or_default();
    let token = text
        .split("token=")
        .nth(1)
        .and_then(|text| text.split_whitespace().next());
    let confirm = Request::post("/v1/auth/confirm-email")
        .json(&json!({"token": token.ok_or("no token")?, "password": password}));
    assert_eq!(installation.client.send(confirm).await?.status, 400);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn who_may_register_may_come_this_way_and_nobody_else() -> Outcome {
    let liar = LyingProvider::start().await?;
    for (registration, email, may) in [
        ("open", "asa@elsewhere.org", true),
        ("@example.org", "asa@example.org", true),
        ("@example.org", "asa@elsewhere.org", false),
        ("invitation", "asa@example.org", false),
    ] {
        let installation = installation(liar.described(Vouches::Always), registration).await?;
        let mut asa = browser(&installation)?;
        let answer = come_back(&mut asa, &liar, "1", &verified(email)).await?;
        if may {
            assert_eq!(location(&answer)?, "/profile/");
            let page = asa.read("/profile/").await?;
            assert!(
                page.contains("Asa Nylund") && page.contains(email),
                "{page}"
            );
            assert!(page.contains("Your account is made"));
            let registered = format!("user.registered {email}");
            assert!(audit(&installation).await?.contains(&registered));
        } else {
            assert_eq!(answer.status, 403, "{registration} {email}");
            assert!(
                answer.text().contains("was not invited"),
                "{}",
                answer.text()
            );
            assert!(!is_in(&mut asa).await?);
        }
        installation.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_invitation_is_accepted_by_who_has_its_address() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = installation(liar.described(Vouches::Always), "invitation").await?;
    let linnea = installation.person("linnea").await?;
    installation.project("herring", &linnea, "manage").await?;
    let invite = Request::post("/v1/projects/herring/invitations").bearer(&linnea.token);
    let invite = invite.json(&json!({"email": "asa@example.org", "role": "query"}));
    let invited = installation.client.send(invite).await?.accepted()?;
    let token = invited["token"].as_str().ok_or("no token")?;
    let page = browser(&installation)?.read("/accept-invitation").await?;
    assert!(page.contains("/login/with/liar"), "{page}");
    let mut asa = browser(&installation)?;
    let answer = come_back(&mut asa, &liar, "1", &verified("asa@example.org")).await?;
    assert_eq!(location(&answer)?, "/profile/");
    assert!(
        asa.read("/projects/herring/query")
            .await?
            .contains("herring")
    );
    assert_eq!(asa.open("/projects/herring/audit").await?.status, 403);
    // It is used up.
    let accept = Request::post("/v1/auth/accept-invitation")
        .json(&json!({"token": token, "name": "Some One",
        "organisation": "Nowhere", "organisation_role": "None", "password": "heron lake fog 71"}));
    assert_eq!(installation.client.send(accept).await?.status, 400);
    let accepted = "invitation.accepted asa@example.org".to_owned();
    assert!(audit(&installation).await?.contains(&accepted));
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_account_that_is_turned_off_stays_so() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = installation(liar.described(Vouches::Always), "open").await?;
    let (linnea, erik) = (
        installation.person("linnea").await?,
        installation.person("erik").await?,
    );
    let mut known = browser(&installation)?;
    come_back(&mut known, &liar, "1", &verified(&linnea.email)).await?;
    assert!(is_in(&mut known).await?);
    deactivate(&installation, &linnea.token).await?;
    deactivate(&installation, &erik.token).await?;
    assert!(!is_in(&mut known).await?);
    for (subject, email) in [("1", linnea.email.as_str()), ("2", &erik.email)] {
        let mut browser = browser(&installation)?;
        let answer = come_back(&mut browser, &liar, subject, &verified(email)).await?;
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert!(answer.text().contains("cannot be used"));
        assert!(!is_in(&mut browser).await?);
    }
    installation.stop().await?;
    Ok(())
}

/// Has a browser that is signed in link an identity.
async fn link(browser: &mut Browser, liar: &LyingProvider, subject: &str) -> TestResult<u16> {
    let page = browser.submit("/profile/link/liar", &[]).await?.text();
    let url = page
        .split('"')
        .find(|text| text.starts_with(&liar.issuer))
        .ok_or_else(|| format!("no way on: {page}"))?;
    let asked = Asked::of(&url.replace("&#38;", "&").replace("&amp;", "&"))?;
    let answer = return_as(browser, liar, &asked, subject, &json!({})).await?;
    Ok(answer.status)
}

#[tokio::test]
async fn identities_are_linked_and_unlinked_but_for_the_last_way_in() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = installation(liar.described(Vouches::Always), "open").await?;
    let linnea = installation.person("linnea").await?;
    let mut signed_in = browser(&installation)?;
    signed_in.sign_in(&linnea).await?;
    assert_eq!(link(&mut signed_in, &liar, "1").await?, 303);
    assert!(
        signed_in
            .read("/profile/")
            .await?
            .contains("You can sign in with Liars")
    );
    let mut fresh = browser(&installation)?;
    let answer = come_back(&mut fresh, &liar, "1", &json!({})).await?;
    assert_eq!(location(&answer)?, "/projects/");
    // Nobody else's.
    let mut asa = browser(&installation)?;
    let answer = come_back(&mut asa, &liar, "2", &verified("asa@example.org")).await?;
    assert_eq!(location(&answer)?, "/profile/");
    assert_eq!(link(&mut asa, &liar, "1").await?, 409);
    // Whoever began it has to end it.
    let page = signed_in.submit("/profile/link/liar", &[]).await?.text();
    let url = page
        .split('"')
        .find(|text| text.starts_with(&liar.issuer))
        .ok_or("no way on")?;
    let asked = Asked::of(&url.replace("&#38;", "&"))?;
    let erik = installation.person("erik").await?;
    signed_in.sign_in(&erik).await?;
    let answer = return_as(&mut signed_in, &liar, &asked, "3", &json!({})).await?;
    assert_eq!(answer.status, 400, "{}", answer.text());

    let list = Request::get("/v1/auth/identities").bearer(&linnea.token);
    let listed = installation.client.send(list.clone()).await?.accepted()?;
    assert_eq!(listed[0]["provider"], "Liars", "{listed}");
    let id = listed[0]["id"].as_i64().ok_or("no number")?;
    let path = format!("/profile/identities/{id}/unlink");
    assert_eq!(asa.submit(&path, &[]).await?.status, 404);
    let unlink = Request::delete(&format!("/v1/auth/identities/{id}")).bearer(&linnea.token);
    assert_eq!(installation.client.send(unlink).await?.status, 204);
    assert_eq!(installation.client.send(list).await?.accepted()?, json!([]));
    let mut gone = browser(&installation)?;
    assert_eq!(
        come_back(&mut gone, &liar, "1", &json!({})).await?.status,
        403
    );
    // Asa has no password.
    let page = asa.read("/profile/").await?;
    assert!(page.contains("This account has no password"), "{page}");
    let form = page
        .split('"')
        .find(|text| text.ends_with("/unlink"))
        .ok_or("no form")?;
    let refused = asa.submit(form, &[]).await?;
    assert_eq!(refused.status, 409, "{}", refused.text());
    assert!(refused.text().contains("Nothing else opens your account"));
    assert_eq!(link(&mut asa, &liar, "4").await?, 303);
    assert_eq!(asa.submit(form, &[]).await?.status, 303);
    let unlinked = "identity.unlinked asa@example.org".to_owned();
    assert!(audit(&installation).await?.contains(&unlinked));
    // Without a password there is nothing to guess, and no fault.
    let login = [("username", "asa@example.org"), ("password", "!")];
    let login = Request::post("/v1/auth/login").form(&login);
    assert_eq!(installation.client.send(login).await?.status, 401);
    installation.stop().await?;
    Ok(())
}
