//! Public projects and links: what people read who are no members, by API, pages and command line, and what they do not.

use divbase_tests::{
    Outcome, TestResult,
    browser::{Browser, location},
    client::{Answer, Request},
    scene::Scene,
};
use serde_json::{Value, json};

fn browser(scene: &Scene) -> TestResult<Browser> {
    let installation = &scene.installation;
    Browser::new(&installation.client, &installation.api_url)
}

/// Calls a route of files, with a token or without.
async fn call(scene: &Scene, path: &str, token: &str, body: &Value) -> TestResult<Answer> {
    let request = Request::post(&format!("/v1/s3/{path}?project_name=herring")).json(body);
    let request = match token {
        "" => request,
        token => request.bearer(token),
    };
    scene.installation.client.send(request).await
}

fn names(listed: &Value) -> Vec<&str> {
    let files = listed["files"].as_array().into_iter().flatten();
    files.filter_map(|file| file["name"].as_str()).collect()
}

/// The bytes behind a URL of the store.
async fn bytes(url: &str) -> TestResult<Vec<u8>> {
    let answer = reqwest::get(url).await?.error_for_status()?;
    Ok(answer.bytes().await?.to_vec())
}

#[tokio::test]
async fn everybody_reads_a_public_project_and_nothing_else() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload("read/me.txt", b"hello").await?;
    let list = json!({});
    call(&scene, "list", "", &list).await?.refused(401)?;
    let page = browser(&scene)?.open("/public/herring").await?;
    assert!(location(&page)?.starts_with("/login"), "private");

    let client = &scene.installation.client;
    scene.project.publish(client, &scene.person).await?;
    let listed = call(&scene, "list", "", &list).await?.accepted()?;
    assert_eq!(names(&listed), ["read/me.txt"]);
    let asked = json!([{"name": "read/me.txt", "version_id": null}]);
    let urls = call(&scene, "download", "", &asked).await?.accepted()?;
    let url = urls[0]["pre_signed_url"].as_str().ok_or("no URL")?;
    assert_eq!(bytes(url).await?, b"hello");
    let public = client.send(Request::get("/v1/public-projects")).await?;
    assert_eq!(public.accepted()?["projects"][0]["name"], "herring");
    let outsider = scene.installation.person("olof").await?;
    let as_outsider = call(&scene, "list", &outsider.token, &list).await?;
    assert_eq!(names(&as_outsider.accepted()?), ["read/me.txt"]);
    // Members and their addresses are not public, and what is deleted is not either.
    let members = Request::get("/v1/projects/herring/members").bearer(&outsider.token);
    client.send(members).await?.refused(404)?;
    call(&scene, "list/soft-deleted", "", &list)
        .await?
        .refused(401)?;
    let upload = json!([{"name": "a.txt", "content_length": 1, "md5_hash": null}]);
    call(&scene, "upload/single-part", "", &upload)
        .await?
        .refused(401)?;
    // A token that is not valid is not passed over: its owner would take the answer for that of a member.
    call(&scene, "list", "nonsense", &list)
        .await?
        .refused(401)?;

    let mut somebody = browser(&scene)?;
    let front = somebody.read("/").await?;
    assert!(front.contains("href=\"/public/herring\""), "{front}");
    let folder = somebody.read("/public/herring").await?;
    assert!(folder.contains("read%2F"), "{folder}");
    let files = somebody.read("/public/herring?prefix=read/").await?;
    assert!(files.contains(">me.txt</a>"), "{files}");
    let sent = somebody
        .open("/public/herring/download?name=read/me.txt")
        .await?;
    assert_eq!(bytes(&location(&sent)?).await?, b"hello");

    let off = Request::put("/v1/projects/herring/visibility").bearer(&scene.person.token);
    client
        .send(off.json(&json!({"is_public": false})))
        .await?
        .accepted()?;
    call(&scene, "list", "", &list).await?.refused(401)?;
    let log = scene.get("/v1/projects/herring/audit").await?;
    let changes = log["entries"].as_array().into_iter().flatten();
    let changes = changes.filter(|entry| entry["action"] == "project.visibility_changed");
    assert_eq!(changes.count(), 2, "{log}");
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_link_opens_its_file_or_folder_until_it_is_revoked() -> Outcome {
    let scene = Scene::set().await?;
    for name in ["paper/a.txt", "paper/b/c.txt", "paper2.txt", "private.txt"] {
        scene.upload(name, name.as_bytes()).await?;
    }
    let client = &scene.installation.client;
    let (project, manager) = (&scene.project, &scene.person);
    let folder = project.share(client, manager, "paper/").await?;
    let file = project.share(client, manager, "private.txt").await?;
    let list = json!({});
    let of_folder = call(&scene, "list", &folder, &list).await?.accepted()?;
    assert_eq!(names(&of_folder), ["paper/a.txt", "paper/b/c.txt"]);
    let of_file = call(&scene, "list", &file, &list).await?.accepted()?;
    assert_eq!(names(&of_file), ["private.txt"]);
    call(&scene, "list", &folder, &json!({"prefix": "p"}))
        .await?
        .refused(403)?;
    let download = |name: &str| json!([{"name": name, "version_id": null}]);
    let urls = call(&scene, "download", &folder, &download("paper/b/c.txt")).await?;
    let urls = urls.accepted()?;
    let url = urls[0]["pre_signed_url"].as_str().ok_or("no URL")?;
    assert_eq!(bytes(url).await?, b"paper/b/c.txt");
    for name in ["paper2.txt", "private.txt", "paper"] {
        let refused = call(&scene, "download", &folder, &download(name)).await?;
        let (text, _) = refused.refused(403)?;
        assert!(text.contains(name), "{text}");
    }
    // Neither the project as a whole nor another one.
    let whole = Request::get("/v1/project-versions/list?project_name=herring").bearer(&folder);
    client.send(whole).await?.refused(403)?;
    let other = scene.installation.project("cod", manager, "manage").await?;
    let elsewhere = Request::post(&format!("/v1/s3/list?project_name={}", other.name));
    let elsewhere = elsewhere.bearer(&folder).json(&list);
    client.send(elsewhere).await?.refused(404)?;

    let mut somebody = browser(&scene)?;
    let page = somebody.read(&format!("/shared/{folder}")).await?;
    assert!(
        page.contains(">a.txt</a>") && !page.contains("private.txt"),
        "{page}"
    );
    let sent = format!("/shared/{folder}/download?name=paper/a.txt");
    let sent = somebody.open(&sent).await?;
    assert_eq!(bytes(&location(&sent)?).await?, b"paper/a.txt");
    let beyond = format!("/shared/{folder}/download?name=private.txt");
    assert_eq!(somebody.open(&beyond).await?.status, 403);

    let links = scene.get("/v1/projects/herring/share-links").await?;
    let of_file = links
        .as_array()
        .into_iter()
        .flatten()
        .find(|link| link["path"] == "private.txt")
        .ok_or("not listed")?;
    let path = format!("/v1/projects/herring/share-links/{}", of_file["id"]);
    let revoke = Request::delete(&path).bearer(&manager.token);
    assert_eq!(client.send(revoke).await?.status, 204);
    call(&scene, "list", &file, &list).await?.refused(401)?;
    assert_eq!(somebody.open(&format!("/shared/{file}")).await?.status, 404);
    let stays = call(&scene, "list", &folder, &list).await?.accepted()?;
    assert_eq!(names(&stays), ["paper/a.txt", "paper/b/c.txt"]);

    // A closed project opens for nobody.
    let admin = &scene.installation.admin;
    let close = Request::patch("/v1/projects/herring").bearer(&admin.token);
    client
        .send(close.json(&json!({"is_active": false})))
        .await?
        .accepted()?;
    call(&scene, "list", &folder, &list).await?.refused(401)?;
    scene.stop().await?;
    Ok(())
}

/// Programs that know htsget alone read public projects without a token, and what a link opens with that of the link.
#[tokio::test]
async fn tickets_are_given_to_everybody_and_to_links() -> Outcome {
    let scene = Scene::set().await?;
    let sites = [("1", 100), ("1", 900)];
    for name in ["paper/a.vcf.gz", "b.vcf.gz"] {
        scene.upload_vcf(name, &["S1"], &sites).await?;
    }
    scene.index().await?;
    let client = &scene.installation.client;
    let link = scene.project.share(client, &scene.person, "paper/").await?;
    let ticket = async |name: &str, token: &str| -> TestResult<u16> {
        let path = format!("/v1/htsget/variants/herring/{name}?referenceName=1&start=0&end=200");
        let request = match token {
            "" => Request::get(&path),
            token => Request::get(&path).bearer(token),
        };
        Ok(client.send(request).await?.status)
    };
    assert_eq!(ticket("b.vcf.gz", "").await?, 401);
    assert_eq!(ticket("paper/a.vcf.gz", &link).await?, 200);
    assert_eq!(ticket("b.vcf.gz", &link).await?, 403);
    scene.project.publish(client, &scene.person).await?;
    assert_eq!(ticket("b.vcf.gz", "").await?, 200);
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn a_link_ends_by_itself_and_needs_something_to_open() -> Outcome {
    let scene = Scene::set().await?;
    scene.upload("a.txt", b"a").await?;
    let (client, manager) = (&scene.installation.client, &scene.person);
    let token = scene.project.share(client, manager, "a.txt").await?;
    sqlx::query("UPDATE share_link SET expires_at = now()")
        .execute(&mut scene.installation.database.connect().await?)
        .await?;
    call(&scene, "list", &token, &json!({}))
        .await?
        .refused(401)?;
    let links = scene.get("/v1/projects/herring/share-links").await?;
    assert_eq!(links, json!([]));
    for (body, status) in [
        (json!({"path": "b.txt"}), 404),
        (json!({"path": "a"}), 404),
        (json!({"path": "a/"}), 404),
        (json!({"path": "a.txt", "expires_in_days": 0}), 422),
        (json!({"path": "a.txt", "expires_in_days": 366}), 422),
        (json!({"path": "a.txt", "forever": true}), 422),
    ] {
        let request = Request::post("/v1/projects/herring/share-links").bearer(&manager.token);
        let answer = client.send(request.json(&body)).await?;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
    scene.stop().await?;
    Ok(())
}
