//! A second factor, of which the client knows nothing.

use divbase_tests::{TestResult, authenticator::Authenticator, client::Request};

use super::desk::Desk;

/// It says what is missing, and logs in again once nothing is.
pub(super) async fn asked_for(desk: &mut Desk) -> TestResult {
    let (url, person) = (desk.installation.api_url.clone(), desk.person.clone());
    Authenticator::enrol(&desk.installation, &person).await?;
    let login = [
        "auth",
        "login",
        &person.email,
        "--divbase-url",
        &url,
        "--force",
    ];
    let typed = format!("{}\n", person.password);
    let refused = desk.client.run(&login, &typed).await?;
    let said = format!("{}{}", refused.stdout, refused.stderr);
    assert_ne!(refused.code, Some(0), "{said}");
    assert!(said.contains("a code of an authenticator app"), "{said}");
    desk.says("auth whoami", &[&person.email]).await?;
    let client = &desk.installation.client;
    let me = Request::get("/v1/auth/whoami").bearer(&person.token);
    let id = client.send(me).await?.accepted()?["id"].clone();
    let off = Request::delete(&format!("/v1/users/{id}/second-factor"));
    let off = off.bearer(&desk.installation.admin.token);
    assert_eq!(client.send(off).await?.status, 204);
    let said = ["Logged in successfully"];
    desk.client
        .says_when_typed(&login, &typed, &said)
        .await
        .map(drop)
}
