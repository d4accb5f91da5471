//! What people do in a project, without a script.

use divbase_tests::{
    Outcome, TestResult,
    browser::{Browser, location},
    client::Request,
    scene::Scene,
};
use serde_json::json;

use super::browser;

/// What stands between two texts of a page.
pub(super) fn between<'a>(page: &'a str, before: &str, after: &str) -> TestResult<&'a str> {
    let start = page
        .find(before)
        .ok_or_else(|| format!("no {before}: {page}"))?
        + before.len();
    let end = page[start..].find(after).ok_or("no end")?;
    Ok(&page[start..start + end])
}

pub(super) async fn signed_in(scene: &Scene) -> TestResult<Browser> {
    let mut browser = browser(&scene.installation)?;
    browser.sign_in(&scene.person).await?;
    Ok(browser)
}

#[tokio::test]
async fn a_query_is_planned_run_and_downloaded() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["s1", "s2"], &[("chr1", 10), ("chr1", 20)])
        .await?;
    scene.upload("bad.vcf.gz", b"no bgzip at all").await?;
    let mut browser = signed_in(&scene).await?;
    let files = browser.read("/projects/herring/files").await?;
    assert!(files.contains("waiting for the index"), "{files}");
    let update = scene
        .installation
        .update_dimensions(&scene.person, &scene.project)
        .await?;
    let update = browser.read(&format!("/tasks/{}", update["id"])).await?;
    assert!(
        update.contains("it begins with &#34;no bgzip at all&#34;"),
        "{update}"
    );
    let files = browser.read("/projects/herring/files").await?;
    assert!(
        files.contains("✓ indexed") && files.contains("✗ cannot be queried"),
        "{files}"
    );
    let overview = browser.read("/projects/herring").await?;
    for part in [
        "<b>1</b> VCF file<",
        "<b>2</b> samples",
        "<b>1</b> scaffold<",
        "<b>2</b> variants",
        "What is wrong",
    ] {
        assert!(overview.contains(part), "{part}: {overview}");
    }
    let file = browser.read("/projects/herring/file?name=a.vcf.gz").await?;
    assert!(file.contains("chr1") && file.contains("s1 s2"), "{file}");
    let samples = browser.read("/projects/herring/samples").await?;
    assert!(
        samples.contains("samples in the files") && samples.contains("id=\"count\">2<"),
        "{samples}"
    );

    let wrong = [
        ("selection", "all"),
        ("command", "view -R x.bed"),
        ("action", "plan"),
    ];
    let refused = browser.submit("/projects/herring/query", &wrong).await?;
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(
        refused.text().contains("view -R x.bed</textarea>"),
        "{}",
        refused.text()
    );
    let mut form = [
        ("selection", "names"),
        ("samples", "s2"),
        ("command", "view -r chr1:15-30"),
        ("action", "plan"),
    ];
    let planned = browser.submit("/projects/herring/query", &form).await?;
    let text = planned.text();
    assert_eq!(planned.status, 200, "{text}");
    assert!(
        text.contains("--samples s2") && text.contains("<b>1</b> sample<"),
        "{text}"
    );
    let history = browser.read("/tasks/").await?;
    assert!(!history.contains("VCF query</td>"), "{history}");
    form[3].1 = "run";
    let submitted = browser.submit("/projects/herring/query", &form).await?;
    let task = location(&submitted)?;
    let id: i64 = task.strip_prefix("/tasks/").ok_or("no task")?.parse()?;
    scene.installation.succeeded(&scene.person, id).await?;
    let page = browser.read(&task).await?;
    assert!(
        page.contains("<b>1</b> record<") && page.contains("SUCCESS"),
        "{page}"
    );
    assert!(!page.contains("http-equiv"), "{page}");
    let download = between(&page, "id=\"download\" href=\"", "\"")?.to_owned();
    let url = location(&browser.open(&download).await?)?;
    let result = scene.installation.client.send(Request::get(&url)).await?;
    assert_eq!(result.status, 200);
    assert!(result.body.starts_with(&[0x1f, 0x8b]));
    let again = between(&page, "<p><a href=\"", "\">Ask again")?.replace("&#38;", "&");
    let filled = browser.read(&again).await?;
    assert!(filled.contains("view -r chr1:15-30</textarea>"), "{filled}");
    let listed = browser
        .read("/projects/herring/tasks?status=SUCCESS&name=tasks.bcftools_query&user=")
        .await?;
    assert!(
        listed.contains(&format!("href=\"/tasks/{id}\"")),
        "{listed}"
    );
    // An ended task cannot be cancelled, and one that has not failed is not run again.
    assert_eq!(
        browser.submit(&format!("{task}/cancel"), &[]).await?.status,
        409
    );
    assert_eq!(
        browser.submit(&format!("{task}/retry"), &[]).await?.status,
        409
    );
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn files_are_deleted_and_restored() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload("2026/notes & more.txt", b"text").await?;
    let mut browser = signed_in(&scene).await?;
    let top = browser.read("/projects/herring/files").await?;
    assert!(top.contains("prefix=2026%2F"), "{top}");
    let folder = browser
        .read("/projects/herring/files?prefix=2026%2F")
        .await?;
    assert!(
        folder.contains("name=2026%2Fnotes%20%26%20more.txt"),
        "{folder}"
    );
    let name = [("name", "2026/notes & more.txt")];
    let after = browser
        .submit_and_read("/projects/herring/files/delete", &name)
        .await?;
    assert!(after.contains("is deleted"), "{after}");
    let deleted = browser.read("/projects/herring/files/deleted").await?;
    assert!(deleted.contains("notes &#38; more.txt"), "{deleted}");
    let after = browser
        .submit_and_read("/projects/herring/files/restore", &name)
        .await?;
    assert!(after.contains("is restored"), "{after}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_project_has_its_reference_set_and_is_deleted_and_kept() -> Outcome {
    let scene = Scene::set().await?;
    scene
        .upload_vcf("a.vcf.gz", &["s1"], &[("1", 10), ("2", 20)])
        .await?;
    scene.upload("short.fai", b"1\t5\t3\t60\t61\n").await?;
    scene.index().await?;
    let mut browser = signed_in(&scene).await?;
    let settings = "/projects/herring/settings";
    let page = browser.read(settings).await?;
    for part in [
        "value=\"files\" checked",
        "<b>3</b> scaffolds",
        "of 9.3 GiB",
        "<dt>Folders</dt>",
        "aria-current=\"page\">Settings</a>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let path = format!("{settings}/reference");
    let missing = [("mode", "chosen"), ("file", "missing.fai")];
    let refused = browser.submit(&path, &missing).await?;
    assert_eq!(refused.status, 400, "{}", refused.text());
    assert!(
        refused.text().contains("value=\"missing.fai\""),
        "{}",
        refused.text()
    );
    let chosen = browser
        .submit_and_read(&path, &[("mode", "chosen"), ("file", "short.fai")])
        .await?;
    for part in [
        "The reference has 1 scaffold.",
        "Files that contradict it:",
        "value=\"short.fai\"",
    ] {
        assert!(chosen.contains(part), "{part}: {chosen}");
    }
    let none = browser
        .submit_and_read(&path, &[("mode", "none"), ("file", "short.fai")])
        .await?;
    assert!(none.contains("The project has no reference."), "{none}");

    let path = format!("{settings}/delete");
    let other = browser.submit(&path, &[("confirm", "sprat")]).await?;
    assert_eq!(other.status, 400, "{}", other.text());
    assert!(other.text().contains("repeat its name"), "{}", other.text());
    let list = browser
        .submit_and_read(&path, &[("confirm", "herring")])
        .await?;
    assert!(
        list.contains("The project herring is closed.") && list.contains("to be destroyed"),
        "{list}"
    );
    assert_eq!(browser.open("/projects/herring").await?.status, 404);
    let kept = browser
        .submit_and_read("/projects/herring/undelete", &[])
        .await?;
    assert!(
        kept.contains("The project herring is kept.") && kept.contains("<b>1</b> VCF file"),
        "{kept}"
    );
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn members_are_added_invited_changed_and_removed() -> Outcome {
    let scene = Scene::set().await?;
    let erik = scene.installation.person("erik").await?;
    let mut browser = signed_in(&scene).await?;
    let add = "/projects/herring/members/add";
    let added = browser
        .submit_and_read(add, &[("user_email", &erik.email), ("role", "query")])
        .await?;
    assert!(
        added.contains("erik@example.org is a member now."),
        "{added}"
    );
    let twice = browser
        .submit(add, &[("user_email", &erik.email), ("role", "query")])
        .await?;
    assert_eq!(twice.status, 409, "{}", twice.text());
    let path = between(
        &added,
        "href=\"/projects/herring/members\" aria-current",
        "/role\"",
    )?;
    let id = path.rsplit('/').next().ok_or("no number")?.to_owned();
    let change = format!("/projects/herring/members/{id}/role");
    let changed = browser
        .submit_and_read(&change, &[("role", "edit")])
        .await?;
    assert!(
        changed.contains("erik@example.org has the role edit now."),
        "{changed}"
    );
    assert_eq!(
        browser.submit(&change, &[("role", "king")]).await?.status,
        422
    );
    let audit = browser.read("/projects/herring/audit").await?;
    assert!(audit.contains("member.role_changed"), "{audit}");
    let removed = browser
        .submit_and_read(&format!("/projects/herring/members/{id}/remove"), &[])
        .await?;
    assert!(removed.contains("The membership has ended."), "{removed}");
    // No mail is sent here, so the manager hands the invitation over.
    let invited = browser
        .submit(add, &[("user_email", "anna@example.org"), ("role", "read")])
        .await?;
    let text = invited.text();
    assert!(
        text.contains("/accept-invitation?token=divbase_inv_"),
        "{text}"
    );
    let withdraw = between(&text, "action=\"/projects/herring/invitations/", "\"")?;
    let path = format!("/projects/herring/invitations/{withdraw}");
    let taken = browser.submit_and_read(&path, &[]).await?;
    assert!(
        taken.contains("taken back") && !taken.contains("anna@example.org</td>"),
        "{taken}"
    );
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_token_is_shown_once_and_revoked() -> Outcome {
    let scene = Scene::set().await?;
    let mut browser = signed_in(&scene).await?;
    let nothing = [
        ("name", "ci"),
        ("expires_in_days", "30"),
        ("project_access_mode", "specific"),
    ];
    assert_eq!(browser.submit("/pats/new", &nothing).await?.status, 422);
    let mut form = nothing.to_vec();
    form.push(("project_herring", "query"));
    let made = browser.submit("/pats/new", &form).await?;
    let text = made.text();
    assert_eq!(made.status, 201, "{text}");
    let token = between(&text, "<code id=\"token\">", "<")?.to_owned();
    let call = || Request::get("/v1/projects/herring").bearer(&token);
    assert_eq!(scene.installation.client.send(call()).await?.status, 200);
    let list = browser.read("/pats/").await?;
    assert!(
        list.contains("herring (query)") && !list.contains(&token),
        "{list}"
    );
    let revoke = between(&list, "action=\"/pats/", "\"")?;
    let after = browser
        .submit_and_read(&format!("/pats/{revoke}"), &[])
        .await?;
    assert!(after.contains("The token is revoked."), "{after}");
    assert_eq!(scene.installation.client.send(call()).await?.status, 401);
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_account_is_changed_and_its_sessions_end() -> Outcome {
    let scene = Scene::set().await?;
    let (mut here, mut there) = (signed_in(&scene).await?, signed_in(&scene).await?);
    let markup = "</title><script>alert(1)</script>";
    let form = [
        ("name", markup),
        ("organisation", markup),
        ("organisation_role", markup),
        ("is_admin", "true"),
    ];
    let profile = here.submit_and_read("/profile/edit", &form).await?;
    assert!(profile.contains("Your account is changed."), "{profile}");
    assert!(
        profile.contains("&#60;script&#62;") && !profile.contains("<script>alert"),
        "{profile}"
    );
    let whoami = Request::get("/v1/auth/whoami").bearer(&scene.person.token);
    let whoami = scene.installation.client.send(whoami).await?.accepted()?;
    assert_eq!(
        (&whoami["name"], &whoami["is_admin"]),
        (&json!(markup), &json!(false))
    );
    let members = here.read("/projects/herring/members").await?;
    assert!(!members.contains("<script>alert"), "{members}");
    let new = "otter river mist 17";
    let form = [
        ("current_password", scene.person.password.as_str()),
        ("new_password", new),
        ("confirm_password", new),
    ];
    let profile = here.submit_and_read("/profile/password", &form).await?;
    assert!(profile.contains("Your new password is set."), "{profile}");
    assert!(location(&there.open("/profile/").await?)?.starts_with("/login?next="));
    // The way to the login page ends there.
    assert!(
        there
            .read("/login?next=%2Fprofile%2F")
            .await?
            .contains("Sign in")
    );
    let ended = here
        .submit_and_read("/profile/sessions/end-all", &[])
        .await?;
    assert!(ended.contains("All sessions have ended"), "{ended}");
    assert!(location(&here.open("/profile/").await?)?.starts_with("/login?next=%2Fprofile%2F"));
    scene.stop().await?;
    Ok(())
}
