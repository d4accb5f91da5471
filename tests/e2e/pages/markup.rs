//! Markup in every name and text that somebody can choose is shown, and never taken for markup of ours.

use divbase_tests::{
    Outcome, TestResult,
    browser::{Browser, location},
    client::Request,
    scene::Scene,
};

use super::{browser, permissions::paths};

/// It ends an attribute and begins an element. Without blanks, so that it can stand in a sample's name.
const MARKUP: &str = "\"'><i/id=stored>";

/// Opens pages; counts those that show the names, and lists those that take them for markup.
async fn look(
    browser: &mut Browser,
    paths: &[String],
    wrong: &mut Vec<String>,
) -> TestResult<usize> {
    let mut shown = 0;
    for path in paths {
        let request = Request::get(path).header("Accept", "text/html");
        let text = browser.send(request).await?.text();
        if text.contains("<i/id") || text.contains("\"'>&#60;i") || text.contains("'&#62;&#60;i") {
            let at = text.find("i/id").unwrap_or_default();
            let around: String = text[..at].chars().rev().take(120).collect();
            wrong.push(format!(
                "{path}: {}",
                around.chars().rev().collect::<String>()
            ));
        }
        shown += usize::from(text.contains("&#60;i/id=stored"));
    }
    Ok(shown)
}

#[tokio::test]
async fn names_are_shown_as_they_are_and_never_as_markup() -> Outcome {
    let scene = Scene::set().await?;
    let mut person = browser(&scene.installation)?;
    person.sign_in(&scene.person).await?;
    let mut admin = browser(&scene.installation)?;
    admin.sign_in(&scene.installation.admin).await?;

    // People, projects, tokens, versions, announcements, and what users are told.
    let oneself = [
        ("name", MARKUP),
        ("organisation", MARKUP),
        ("organisation_role", MARKUP),
    ];
    person.submit_and_read("/profile/edit", &oneself).await?;
    let project = [
        ("name", "sill"),
        ("description", MARKUP),
        ("manager_email", scene.person.email.as_str()),
    ];
    admin.submit_and_read("/projects/new", &project).await?;
    let news = [
        ("heading", MARKUP),
        ("message", MARKUP),
        ("action", "preview"),
    ];
    let preview = admin.submit("/admin/announcements", &news).await?;
    assert!(
        preview.text().contains("On the front page:"),
        "{}",
        preview.text()
    );
    assert!(!preview.text().contains("<i/id"), "{}", preview.text());
    let news = [
        ("heading", MARKUP),
        ("message", MARKUP),
        ("action", "announce"),
    ];
    admin.submit_and_read("/admin/announcements", &news).await?;
    let closed = [("is_closed", "true"), ("reason_for_users", MARKUP)];
    admin.submit_and_read("/admin/submissions", &closed).await?;
    let token = [
        ("name", MARKUP),
        ("description", MARKUP),
        ("expires_in_days", "5"),
        ("project_access_mode", "all"),
    ];
    let made = person.submit("/pats/new", &token).await?;
    assert!(!made.text().contains("<i/id"), "{}", made.text());

    // Files, samples, scaffolds, columns and values.
    let file = format!("f{MARKUP}.vcf.gz");
    let sample = format!("s{MARKUP}");
    scene
        .upload_vcf(&file, &[&sample, "s2"], &[("1", 10), ("1", 20)])
        .await?;
    scene
        .upload("plain\"'><i/id=stored>.vcf.gz", b"<i/id=stored>")
        .await?;
    let table =
        format!("#Sample_ID\tArea\n{sample}\tNorth{MARKUP}\ns2\tSouth\nnobody{MARKUP}\tSouth\n");
    scene
        .upload("sample_metadata.tsv", table.as_bytes())
        .await?;
    admin
        .submit_and_read("/admin/submissions", &[("is_closed", "false")])
        .await?;
    scene.index().await?;
    let version = [("name", MARKUP), ("description", MARKUP)];
    person
        .submit_and_read("/projects/herring/versions", &version)
        .await?;
    let link = [("path", file.as_str()), ("expires_in_days", "5")];
    let shared = person
        .submit("/projects/herring/sharing/links", &link)
        .await?;
    let shared = shared.text();
    assert!(!shared.contains("<i/id"), "{shared}");
    let outside = shared
        .split_once("/shared/")
        .and_then(|(_, rest)| rest.split_once('<'))
        .map(|(token, _)| format!("/shared/{token}"))
        .ok_or_else(|| format!("no link: {shared}"))?;

    // A query, and one that is refused with what was typed.
    let query = [
        ("selection", "names"),
        ("samples", sample.as_str()),
        ("include", "ID!=\"<i/id=stored>\""),
        ("action", "run"),
    ];
    let submitted = person.submit("/projects/herring/query", &query).await?;
    let task = location(&submitted)?;
    let id: i64 = task.strip_prefix("/tasks/").ok_or("no task")?.parse()?;
    scene.installation.succeeded(&scene.person, id).await?;
    let refused = [
        ("selection", "filter"),
        ("tsv_filter", MARKUP),
        ("metadata_tsv_name", MARKUP),
        ("regions", MARKUP),
        ("command", MARKUP),
        ("files", MARKUP),
        ("project_version", MARKUP),
        ("action", "plan"),
    ];
    let refused = person.submit("/projects/herring/query", &refused).await?;
    assert!(refused.status >= 400, "{}", refused.text());
    assert!(!refused.text().contains("<i/id"), "{}", refused.text());
    let gone = [("name", file.as_str())];
    let mut wrong = Vec::new();

    let encoded =
        |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let (name, all) = (encoded(&file), encoded(MARKUP));
    let mut special = vec![
        task,
        outside,
        "/projects/sill".to_owned(),
        format!("/projects/herring/file?name={name}"),
        format!("/projects/herring/file?name={all}"),
        format!("/projects/herring/browse?name={name}"),
        format!("/projects/herring/version?name={all}"),
        format!("/projects/herring/version?name={all}&to={all}"),
        format!("/projects/herring/samples?filter={all}&table={all}"),
        format!("/projects/herring/samples?filter=Area%3A{all}"),
        "/projects/herring/variants?region=1%3A1-100".to_owned(),
        format!("/projects/herring/variants?region={all}"),
        format!("/projects/herring/query?command={all}&samples={all}&regions={all}&include={all}"),
        format!("/projects/herring/files?prefix={all}"),
        format!("/projects/herring/tasks?status={all}&user={all}"),
        format!("/tasks/?project={all}&user={all}&name={all}"),
        format!("/help/?q={all}"),
        format!("/help/{all}"),
        format!("/login?next=%2F{all}"),
        format!("/device?code={all}&user_code={all}"),
        format!("/reset-password?token={all}"),
        format!("/verify-email?token={all}"),
        format!("/accept-invitation?token={all}"),
        format!("/nowhere/{all}"),
    ];
    special.extend(paths("GET"));
    let mut shown = look(&mut person, &special, &mut wrong).await?;
    let of_admin = [
        format!("/admin/tasks?name={all}&user={all}&project={all}&text={all}"),
        format!("/admin/users?search={all}"),
        "/projects/?all=true".to_owned(),
    ];
    let of_admin: Vec<String> = of_admin.into_iter().chain(paths("GET")).collect();
    shown += look(&mut admin, &of_admin, &mut wrong).await?;
    // Deleted files, and a project that everybody reads.
    person
        .submit_and_read("/projects/herring/files/delete", &gone)
        .await?;
    person
        .submit_and_read(
            "/projects/herring/sharing/visibility",
            &[("is_public", "true")],
        )
        .await?;
    let last = ["/projects/herring/files/deleted", "/public/herring"].map(str::to_owned);
    shown += look(&mut person, &last, &mut wrong).await?;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(shown >= 30, "only {shown} pages show the names");

    // What the API says as JSON is no page.
    let listed = Request::get("/v1/projects").bearer(&scene.person.token);
    let answer = scene.installation.client.send(listed).await?;
    let kind = answer.headers["content-type"].to_str()?;
    assert_eq!(kind, "application/json");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert_eq!(answer.status, 200);
    scene.stop().await?;
    Ok(())
}
