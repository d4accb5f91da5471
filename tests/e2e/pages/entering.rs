//! The way in: by registration, by invitation, with a new password; and out.

use divbase_tests::{
    Outcome, TestResult, browser::location, installation::Installation, mailbox::Mailbox,
};
use serde_json::Value;

use super::browser;

const PASSWORD: &str = "heron lake fog 71";
const OTHER: &str = "otter river mist 17";

async fn start() -> TestResult<(Mailbox, Installation)> {
    let mailbox = Mailbox::start().await?;
    let mailer = mailbox.mailer()?;
    let registration = "@example.org".parse()?;
    let installation = Installation::start_with(|settings| {
        settings.mail = Some(mailer);
        settings.registration = registration;
    })
    .await?;
    Ok((mailbox, installation))
}

/// Path and query of the link in a letter, and its token.
fn link(letter: &Value) -> TestResult<(String, String)> {
    let text = letter["text"].as_str().unwrap_or_default();
    let site = "https://divbase.example.org";
    let line = text.lines().find_map(|line| line.trim().strip_prefix(site));
    let path = line.ok_or_else(|| format!("no link: {text}"))?;
    let token = path.split_once("token=").ok_or("no token")?.1;
    Ok((path.to_owned(), token.to_owned()))
}

#[tokio::test]
async fn somebody_registers_follows_the_letter_and_signs_in_and_out() -> Outcome {
    let (mut mailbox, installation) = start().await?;
    let mut erik = browser(&installation)?;
    assert!(erik.read("/").await?.contains("href=\"/register\""));
    let mut form = vec![
        ("name", "Erik <b>Ek</b>"),
        ("email", "erik@example.org"),
        ("organisation", "Institute"),
        ("organisation_role", "Student"),
        ("password", PASSWORD),
        ("confirm_password", OTHER),
    ];
    let differs = erik.submit("/register", &form).await?;
    assert_eq!(differs.status, 422);
    // What was typed is kept, as text, and no password is sent back.
    let text = differs.text();
    assert!(text.contains("not the same as the password"), "{text}");
    assert!(
        text.contains("value=\"Erik &#60;b&#62;Ek&#60;/b&#62;\""),
        "{text}"
    );
    assert!(!text.contains(PASSWORD) && !text.contains(OTHER), "{text}");
    form[5].1 = PASSWORD;
    let asked = erik.submit("/register", &form).await?;
    assert_eq!(asked.status, 202);
    assert!(asked.text().contains("is on its way"), "{}", asked.text());

    let (path, token) = link(&mailbox.next().await?)?;
    assert!(
        path.starts_with("/verify-email?token=divbase_cnf_"),
        "{path}"
    );
    assert!(erik.read(&path).await?.contains(&token));
    let wrong = [("token", token.as_str()), ("password", OTHER)];
    assert_eq!(
        erik.submit("/confirm-email-verification", &wrong)
            .await?
            .status,
        403
    );
    let right = [("token", token.as_str()), ("password", PASSWORD)];
    let login = erik
        .submit_and_read("/confirm-email-verification", &right)
        .await?;
    assert!(login.contains("erik@example.org is confirmed"), "{login}");
    // It is said once.
    assert!(!erik.read("/login").await?.contains("is confirmed"));

    let wrong = [("email", "erik@example.org"), ("password", OTHER)];
    let refused = erik.submit("/login", &wrong).await?;
    assert_eq!(refused.status, 401);
    assert!(refused.text().contains("Invalid email or password"));
    let right = [("email", "erik@example.org"), ("password", PASSWORD)];
    let front = erik.submit_and_read("/login", &right).await?;
    assert!(front.contains("Sign out"), "{front}");
    let session = erik.cookies["__Host-divbase"].clone();
    let out = erik.submit_and_read("/logout", &[]).await?;
    assert!(out.contains("You are signed out."), "{out}");
    // The cookie is worth nothing any more, whoever has kept it.
    erik.cookies.insert("__Host-divbase".to_owned(), session);
    assert!(!erik.read("/").await?.contains("Sign out"));
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_forgotten_password_is_set_by_the_link_in_a_letter() -> Outcome {
    let (mut mailbox, installation) = start().await?;
    let linnea = installation.person("linnea").await?;
    let mut browser = browser(&installation)?;
    let asked = browser
        .submit("/forgot-password", &[("email", &linnea.email)])
        .await?;
    assert_eq!(asked.status, 202);
    let (path, token) = link(&mailbox.next().await?)?;
    assert!(
        path.starts_with("/reset-password?token=divbase_rst_"),
        "{path}"
    );
    assert!(browser.read(&path).await?.contains(&token));
    let form = |password| {
        [
            ("token", token.as_str()),
            ("password", password),
            ("confirm_password", password),
        ]
    };
    assert_eq!(
        browser
            .submit("/reset-password", &form("short"))
            .await?
            .status,
        422
    );
    let login = browser
        .submit_and_read("/reset-password", &form(PASSWORD))
        .await?;
    assert!(login.contains("Your new password is set"), "{login}");
    assert_eq!(
        browser
            .submit("/reset-password", &form(OTHER))
            .await?
            .status,
        400
    );
    let old = [
        ("email", linnea.email.as_str()),
        ("password", &linnea.password),
    ];
    assert_eq!(browser.submit("/login", &old).await?.status, 401);
    let new = [
        ("email", linnea.email.as_str()),
        ("password", PASSWORD),
        ("next", "/login?x=1"),
    ];
    let entered = browser.submit("/login", &new).await?;
    assert_eq!(location(&entered)?, "/login?x=1");
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn an_invitation_is_accepted_on_its_page() -> Outcome {
    let (mut mailbox, installation) = start().await?;
    let linnea = installation.person("linnea").await?;
    installation.project("herring", &linnea, "manage").await?;
    let mut manager = browser(&installation)?;
    manager.sign_in(&linnea).await?;
    let body = serde_json::json!({"email": "erik@example.org", "role": "query"});
    let invite = divbase_tests::client::Request::post("/v1/projects/herring/invitations")
        .bearer(&linnea.token)
        .json(&body);
    installation.client.send(invite).await?.accepted()?;
    let (path, token) = link(&mailbox.next().await?)?;
    assert!(
        path.starts_with("/accept-invitation?token=divbase_inv_"),
        "{path}"
    );
    let mut erik = browser(&installation)?;
    assert!(erik.read(&path).await?.contains(&token));
    let form = [
        ("token", token.as_str()),
        ("name", "Erik Ek"),
        ("organisation", "Institute"),
        ("organisation_role", "Student"),
        ("password", PASSWORD),
        ("confirm_password", PASSWORD),
    ];
    let login = erik.submit_and_read("/accept-invitation", &form).await?;
    assert!(login.contains("Sign in as erik@example.org"), "{login}");
    let again = erik.submit("/accept-invitation", &form).await?;
    assert_eq!(again.status, 400);
    assert!(again.text().contains("was used"), "{}", again.text());
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_pages_of_an_operator_are_named_on_each_page_and_led_to() -> Outcome {
    let pages =
        r#"{"terms": "https://example.org/terms?v=2", "contact": "mailto:divbase@example.org"}"#;
    let pages = pages.parse()?;
    let installation =
        Installation::start_api_with(|settings| settings.operator_pages = pages).await?;
    let mut visitor = browser(&installation)?;
    for path in ["/", "/login", "/about"] {
        let page = visitor.read(path).await?;
        for part in [
            "<a href=\"/terms\">Terms of use</a>",
            "<a href=\"/contact\">Contact</a>",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("/privacy"), "{page}");
    }
    let about = visitor.read("/about").await?;
    let version = format!("id=\"version\">{}<", env!("CARGO_PKG_VERSION"));
    assert!(about.contains(&version), "{about}");
    let terms = visitor.open("/terms").await?;
    assert_eq!(location(&terms)?, "https://example.org/terms?v=2");
    let contact = visitor.open("/contact").await?;
    assert_eq!(location(&contact)?, "mailto:divbase@example.org");
    assert_eq!(visitor.open("/privacy").await?.status, 404);
    installation.stop().await?;
    Ok(())
}
