//! A second factor on the pages and at the command line.

use divbase_sso::Vouches;
use divbase_tests::{
    Outcome, TestResult,
    authenticator::Authenticator,
    browser::{Browser, location},
    installation::Installation,
    lying_provider::LyingProvider,
    process::Cli,
};
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::single_sign_on::{come_back, installation as with_provider};

/// What a page has between a tag with this id and the next one.
fn shown(page: &str, id: &str) -> TestResult<String> {
    let tag = format!("id=\"{id}\">");
    let rest = page
        .split_once(&tag)
        .ok_or_else(|| format!("no {id}: {page}"))?;
    Ok(rest.1.split('<').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_pages_ask_for_a_code() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let mut browser = Browser::new(&installation.client, &installation.api_url)?;
    browser.sign_in(&linnea).await?;
    let here = "/profile/second-factor";
    assert!(browser.read("/profile/").await?.contains(here));
    assert!(browser.read(here).await?.contains("Turn it on"));
    let begin = format!("{here}/begin");
    let refused = browser
        .submit(&begin, &[("password", "not the one")])
        .await?;
    assert_eq!(refused.status, 403, "{}", refused.text());
    let begun = browser
        .submit(&begin, &[("password", &linnea.password)])
        .await?;
    assert_eq!(begun.status, 200);
    let page = begun.text();
    assert!(page.contains("<svg class=\"qr\""), "{page}");
    let app = Authenticator::new(&shown(&page, "secret")?)?;
    let confirm = format!("{here}/confirm");
    let wrong = browser
        .submit(&confirm, &[("code", &app.shows_in(300))])
        .await?;
    assert_eq!(wrong.status, 403);
    assert!(!wrong.text().contains("<svg"), "the secret is shown again");
    let made = browser.submit(&confirm, &[("code", &app.shows())]).await?;
    let codes = shown(&made.text(), "recovery-codes")?;
    assert_eq!(codes.lines().count(), 10, "{codes}");

    // The password leads to the page that asks for a code, and opens nothing.
    let mut other = Browser::new(&installation.client, &installation.api_url)?;
    let fields = [
        ("email", linnea.email.as_str()),
        ("password", &linnea.password),
        ("next", "/pats/"),
    ];
    let answer = other.submit("/login", &fields).await?;
    assert_eq!(location(&answer)?, "/login/code");
    assert_eq!(other.open("/profile/").await?.status, 303);
    assert!(other.read("/login/code").await?.contains("one-time-code"));
    let wrong = other
        .submit("/login/code", &[("code", &app.shows_in(300))])
        .await?;
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    let answer = other
        .submit("/login/code", &[("code", &app.shows_next())])
        .await?;
    assert_eq!(location(&answer)?, "/pats/");
    assert!(other.read("/profile/").await?.contains(&linnea.email));
    // Whoever has given no password has nothing to ask for; nor has who gave one that was changed since.
    let mut stranger = Browser::new(&installation.client, &installation.api_url)?;
    assert_eq!(location(&stranger.open("/login/code").await?)?, "/login");
    location(&stranger.submit("/login", &fields).await?)?;
    let ended = browser.submit("/profile/sessions/end-all", &[]).await?;
    location(&ended)?;
    let code = codes.lines().next().ok_or("no code")?.to_owned();
    let answer = stranger.submit("/login/code", &[("code", &code)]).await?;
    assert_eq!(location(&answer)?, "/login");
    assert_eq!(stranger.open("/profile/").await?.status, 303);
    // A recovery code turns it off.
    location(&stranger.submit("/login", &fields).await?)?;
    let answer = stranger.submit("/login/code", &[("code", &code)]).await?;
    assert_eq!(location(&answer)?, "/pats/");
    let code = codes.lines().nth(1).ok_or("no code")?;
    let off = format!("{here}/turn-off");
    location(&stranger.submit(&off, &[("code", code)]).await?)?;
    assert!(stranger.read(here).await?.contains("Turn it on"));
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_identity_of_elsewhere_is_a_first_factor_alone() -> Outcome {
    let liar = LyingProvider::start().await?;
    let installation = with_provider(liar.described(Vouches::IfVerified), "invitation").await?;
    let linnea = installation.person("linnea").await?;
    let (app, _) = Authenticator::enrol(&installation, &linnea).await?;
    let mut browser = Browser::new(&installation.client, &installation.api_url)?;
    let info = json!({"email": linnea.email, "email_verified": true, "name": "Linnea"});
    let answer = come_back(&mut browser, &liar, "1", &info).await?;
    assert_eq!(location(&answer)?, "/login/code");
    assert_eq!(browser.open("/profile/").await?.status, 303);
    let code = app.shows_next();
    let answer = browser.submit("/login/code", &[("code", &code)]).await?;
    assert_eq!(location(&answer)?, "/projects/");
    assert_eq!(browser.open("/profile/").await?.status, 200);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_command_line_asks_for_a_code() -> Outcome {
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let cli = Cli::new(&installation.api_url, &installation.path("desk"))?;
    cli.log_in(&linnea).await?;
    let status = ["auth", "second-factor", "status"];
    assert!(cli.ok(&status).await?.starts_with("Off."));
    // The app is given the secret that is printed, and its code is typed.
    let mut child = cli.start(&["auth", "second-factor", "on"])?;
    let mut typed = child.stdin.take().ok_or("no stdin")?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no stdout")?).lines();
    typed
        .write_all(format!("{}\n", linnea.password).as_bytes())
        .await?;
    lines.next_line().await?;
    let app = Authenticator::new(&lines.next_line().await?.ok_or("no secret")?)?;
    let uri = lines.next_line().await?.unwrap_or_default();
    assert!(uri.starts_with("otpauth://totp/"), "{uri}");
    typed
        .write_all(format!("{}\n", app.shows()).as_bytes())
        .await?;
    let mut codes = Vec::new();
    while let Some(line) = lines.next_line().await? {
        codes.push(line);
    }
    assert!(child.wait().await?.success(), "{codes:?}");
    assert_eq!(codes.len(), 1 + 10, "{codes:?}");
    assert!(cli.ok(&status).await?.contains("Recovery codes left: 10"));

    let login = ["auth", "login", &linnea.email, "--force"];
    let wrong = format!("{}\n{}\n", linnea.password, app.shows_in(-30));
    let ran = cli.run(&login, &wrong).await?;
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains("used before"), "{ran:?}");
    let right = format!("{}\n{}\n", linnea.password, app.shows_next());
    let ran = cli.run(&login, &right).await?;
    assert!(ran.code == Some(0), "{ran:?}");
    assert!(ran.stdout.contains("Logged in successfully"), "{ran:?}");
    // Whoever has lost the app asks an administrator, or uses a recovery code.
    let admin = Cli::new(&installation.api_url, &installation.path("office"))?;
    admin.log_in(&installation.admin).await?;
    let off = ["auth", "second-factor", "off"];
    let ran = cli.run(&off, &format!("{}\n", codes[1])).await?;
    assert!(ran.code == Some(0), "{ran:?}");
    let ran = cli.run(&login, &format!("{}\n", linnea.password)).await?;
    assert!(ran.code == Some(0), "{ran:?}");
    Authenticator::enrol(&installation, &linnea).await?;
    let remove = ["admin", "user", "remove-second-factor", &linnea.email];
    admin.ok(&remove).await?;
    cli.ok(&["auth", "logout"]).await?;
    cli.log_in(&linnea).await?;
    installation.stop().await?;
    Ok(())
}
