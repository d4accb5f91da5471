//! At a real provider: `oidc-provider` of npm. These run by `make test-sso` alone, which fetches it and sets
//! `DIVBASE_TEST_SSO`.

use divbase_sso::Vouches;
use divbase_tests::{
    Outcome, TestResult, browser::location, eventually::eventually, installation::Installation,
    provider::RealProvider,
};
use serde_json::{Value, json};

use super::{browser, installation, is_in};

fn is_wanted() -> bool {
    let wanted = std::env::var_os("DIVBASE_TEST_SSO").is_some();
    if !wanted {
        println!("not asked for: make test-sso");
    }
    wanted
}

fn people() -> Value {
    json!({
        "linnea": {"email": "linnea@example.org", "email_verified": true, "name": "Linnea Berg"},
        "erik": {"email": "linnea@example.org", "email_verified": false, "name": "Erik Ek"},
    })
}

/// Signs in at the provider; gives where it led, or the status and what was said.
async fn sign_in(
    installation: &Installation,
    provider: &RealProvider,
    login: &str,
) -> TestResult<Result<String, String>> {
    let mut browser = browser(installation)?;
    let page = browser.read("/login?next=/tasks/").await?;
    let link = page
        .split('"')
        .find(|text| text.starts_with("/login/with/uni"))
        .ok_or("the page lists no provider")?
        .to_owned();
    let away = location(&browser.open(&link).await?)?;
    let back = provider.sign_in(&installation.client, &away, login).await?;
    let answer = browser.open(&back).await?;
    if answer.status != 303 {
        return Ok(Err(format!("{} {}", answer.status, answer.text())));
    }
    assert!(is_in(&mut browser).await?);
    // The same answer again: the provider's code is spent, and so is the flow.
    assert_eq!(browser.open(&back).await?.status, 400);
    Ok(Ok(location(&answer)?))
}

#[tokio::test]
async fn somebody_signs_in_with_tokens_of_each_algorithm() -> Outcome {
    if !is_wanted() {
        return Ok(());
    }
    for client_id in ["divbase", "divbase-es", "divbase-ed"] {
        let provider = RealProvider::start(people()).await?;
        let described = provider.described(client_id, Vouches::IfVerified);
        let installation = installation(described, "open").await?;
        let first = sign_in(&installation, &provider, "linnea").await?;
        assert_eq!(first.as_deref(), Ok("/profile/"), "{client_id}");
        let second = sign_in(&installation, &provider, "linnea").await?;
        assert_eq!(second.as_deref(), Ok("/tasks/"), "{client_id}");
        let other = sign_in(&installation, &provider, "erik").await?;
        let said = other
            .err()
            .ok_or("an address that is not verified opened an account")?;
        assert!(
            said.starts_with("403") && said.contains("does not vouch"),
            "{said}"
        );
        installation.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_provider_may_change_its_keys() -> Outcome {
    if !is_wanted() {
        return Ok(());
    }
    let mut provider = RealProvider::start(people()).await?;
    let described = provider.described("divbase", Vouches::IfVerified);
    let installation = installation(described, "open").await?;
    let first = sign_in(&installation, &provider, "linnea").await?;
    assert_eq!(first.as_deref(), Ok("/profile/"));
    provider.restart().await?;
    // Keys that are a second old are not asked for again.
    let again = eventually("the new keys to be taken", || async {
        let again = sign_in(&installation, &provider, "linnea").await;
        again.map_err(|error| error.to_string())?
    });
    assert_eq!(again.await?, "/tasks/");
    installation.stop().await?;
    Ok(())
}
