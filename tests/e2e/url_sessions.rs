//! Signed URLs end with what they were given for, where a role's sessions sign them: a membership, a role in the project, a link,
//! a project that is public, an account. The proxy before the store enforces what AWS does.

use std::time::Duration;

use divbase_local::system::SystemSettings;
use divbase_storage::{MOST_REFUSED, UrlRole};
use divbase_tests::{
    Outcome, TestResult,
    accounts::Person,
    bucket::client,
    client::{Answer, Method, Request},
    eventually::eventually,
    installation::Installation,
    refusing_store::RefusingStore,
    scene::Scene,
    surroundings::Surroundings,
};
use serde_json::{Value, json};

fn role(settings: &mut SystemSettings) {
    settings.store.url_role = Some(UrlRole {
        arn: "arn:aws:iam::000000000000:role/urls".to_owned(),
        life: Duration::from_secs(900),
    });
}

/// A project with a file that is indexed and one that is not, on a store that refuses what AWS would refuse.
async fn set() -> TestResult<(Scene, RefusingStore)> {
    let mut surroundings = Surroundings::from_env()?;
    let store = RefusingStore::start(&surroundings.aws_endpoint).await?;
    surroundings.aws_endpoint.clone_from(&store.endpoint);
    surroundings.store.clone_from(&store.endpoint);
    surroundings.store_endpoint.clone_from(&store.endpoint);
    let installation = Installation::start_changed_in(surroundings, role).await?;
    let scene = Scene::over(installation).await?;
    scene.upload("a.txt", b"golden eagle").await?;
    scene.upload_vcf("a.vcf.gz", &["S1"], &[("1", 100)]).await?;
    scene.index().await?;
    Ok((scene, store))
}

async fn send(scene: &Scene, request: Request) -> TestResult<Answer> {
    scene.installation.client.send(request).await
}

/// Everything that signs URLs, as somebody; each with the method that it is for.
async fn urls(scene: &Scene, person: &Person) -> TestResult<Vec<(Method, String)>> {
    let of = |path: &str| format!("/v1/s3/{path}?project_name=herring");
    let ask = async |request: Request| -> TestResult<Value> {
        send(scene, request.bearer(&person.token)).await?.accepted()
    };
    let post = |path: &str, body: &Value| Request::post(&of(path)).json(body);
    let download = ask(post("download", &json!([{"name": "a.txt"}]))).await?;
    let single = json!([{"name": "b.txt", "content_length": 4}]);
    let single = ask(post("upload/single-part", &single)).await?;
    let begun = json!({"name": "c.txt", "content_length": 4});
    let begun = ask(post("upload/multi-part/create", &begun)).await?;
    let parts = json!({"name": "c.txt", "upload_id": begun["upload_id"], "parts_range_start": 1, "parts_range_end": 1});
    let parts = ask(post("upload/multi-part/part-urls", &parts)).await?;
    let indexed = Request::get(&format!("{}&object_name=a.vcf.gz", of("indexed-url")));
    let indexed = ask(indexed).await?;
    let ticket = ask(Request::get("/v1/htsget/variants/herring/a.vcf.gz")).await?;
    let of_ticket = ticket["htsget"]["urls"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| {
            one["url"]
                .as_str()
                .is_some_and(|url| url.starts_with("http"))
        })
        .ok_or("a ticket without the store")?;
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("no URL");
    Ok(vec![
        (Method::GET, text(&download[0]["pre_signed_url"])?),
        (Method::PUT, text(&single[0]["pre_signed_url"])?),
        (Method::PUT, text(&parts[0]["pre_signed_url"])?),
        (Method::GET, text(&indexed["pre_signed_url"])?),
        (Method::GET, text(&of_ticket["url"])?),
    ])
}

async fn used(scene: &Scene, (method, url): &(Method, String)) -> TestResult<u16> {
    let mut request = Request::new(method.clone(), url);
    if method == Method::PUT {
        if !url.contains("partNumber") {
            request = request.header("Content-Type", "application/octet-stream");
        }
        request = request.bytes(b"eagl");
    }
    Ok(send(scene, request).await?.status)
}

async fn opens(scene: &Scene, url: &(Method, String)) -> TestResult {
    let status = used(scene, url).await?;
    if status == 200 {
        return Ok(());
    }
    Err(format!("{} {}: {status}", url.0, url.1).into())
}

async fn ends(scene: &Scene, url: &(Method, String)) -> TestResult {
    eventually("a URL to end", || async {
        match used(scene, url).await {
            Ok(403) => Ok(()),
            Ok(other) => Err(other.to_string()),
            Err(error) => Err(error.to_string()),
        }
    })
    .await
}

/// The URL of a file for who has this token, or none.
async fn download(scene: &Scene, token: Option<&str>) -> TestResult<(Method, String)> {
    let request = Request::post("/v1/s3/download?project_name=herring");
    let request = request.json(&json!([{"name": "a.txt"}]));
    let request = match token {
        Some(token) => request.bearer(token),
        None => request,
    };
    let answer = send(scene, request).await?.accepted()?;
    let url = answer[0]["pre_signed_url"].as_str().ok_or("no URL")?;
    Ok((Method::GET, url.to_owned()))
}

async fn number_of(scene: &Scene, person: &Person) -> TestResult<i64> {
    let members = scene.get("/v1/projects/herring/members").await?;
    let mut members = members.as_array().into_iter().flatten();
    let found = members.find(|member| member["email"] == person.email.as_str());
    let number = found.and_then(|member| member["user_id"].as_i64());
    Ok(number.ok_or("no such member")?)
}

async fn add(scene: &Scene, person: &Person, role: &str) -> TestResult {
    let (client, admin) = (&scene.installation.client, &scene.installation.admin);
    scene.project.add(client, admin, person, role).await
}

async fn as_manager(scene: &Scene, request: Request) -> TestResult {
    let answer = send(scene, request.bearer(&scene.person.token)).await?;
    answer.accepted()?;
    Ok(())
}

async fn as_admin(scene: &Scene, request: Request) -> TestResult {
    let answer = send(scene, request.bearer(&scene.installation.admin.token)).await?;
    answer.accepted()?;
    Ok(())
}

#[tokio::test]
async fn urls_end_with_the_membership_and_those_of_others_do_not() -> Outcome {
    let (scene, store) = set().await?;
    let [erik, olof] = ["erik", "olof"].map(|name| scene.installation.person(name));
    let (erik, olof) = (erik.await?, olof.await?);
    add(&scene, &erik, "edit").await?;
    add(&scene, &olof, "edit").await?;
    // What somebody else has set stays.
    let theirs = json!({"Version": "2012-10-17", "Statement": [{"Sid": "Theirs", "Effect": "Deny", "Principal": "*",
        "Action": "s3:DeleteBucket", "Resource": format!("arn:aws:s3:::{}", scene.project.bucket)}]});
    let direct = client(&scene.installation);
    direct
        .put_bucket_policy()
        .bucket(&scene.project.bucket)
        .policy(theirs.to_string())
        .send()
        .await?;

    let before = urls(&scene, &erik).await?;
    let of_olof = urls(&scene, &olof).await?;
    for url in before.iter().chain(&of_olof) {
        opens(&scene, url).await?;
        let seconds = url.1.split("X-Amz-Expires=").nth(1).ok_or("no lifetime")?;
        let seconds: u64 = seconds.split('&').next().unwrap_or_default().parse()?;
        assert!(seconds <= 900, "no longer than the session: {}", url.1);
    }
    // A session is kept: it takes none for each URL.
    assert_eq!(store.sessions(), 3);

    // The store refuses the policy at first: the task is tried again.
    store.fail_policies(1);
    let path = format!(
        "/v1/projects/herring/members/{}",
        number_of(&scene, &erik).await?
    );
    let removed = Request::delete(&path).bearer(&scene.person.token);
    assert_eq!(send(&scene, removed).await?.status, 204);
    for url in &before {
        ends(&scene, url).await?;
    }
    assert_eq!(store.faults_left(), 0);
    for url in &of_olof {
        opens(&scene, url).await?;
    }
    let policy = direct
        .get_bucket_policy()
        .bucket(&scene.project.bucket)
        .send()
        .await?;
    let policy: Value = serde_json::from_str(policy.policy().ok_or("no policy")?)?;
    let sids: Vec<&str> = policy["Statement"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|statement| statement["Sid"].as_str())
        .collect();
    assert_eq!(sids, ["Theirs", "EndedUrlSessions"]);

    // Who is let in again gets URLs that open, and the old ones stay refused.
    add(&scene, &erik, "edit").await?;
    for url in urls(&scene, &erik).await? {
        opens(&scene, &url).await?;
    }
    for url in &before {
        assert_eq!(used(&scene, url).await?, 403, "{}", url.1);
    }
    scene.stop().await?;
    Ok(())
}

#[tokio::test]
async fn urls_end_with_whatever_they_were_given_for() -> Outcome {
    let (scene, _store) = set().await?;
    let erik = scene.installation.person("erik").await?;
    add(&scene, &erik, "query").await?;
    let member = format!(
        "/v1/projects/herring/members/{}",
        number_of(&scene, &erik).await?
    );

    // More rights end nothing; less do.
    let url = download(&scene, Some(&erik.token)).await?;
    let change = |role: &str| Request::patch(&member).json(&json!({"role": role}));
    as_manager(&scene, change("manage")).await?;
    opens(&scene, &url).await?;
    as_manager(&scene, change("read")).await?;
    ends(&scene, &url).await?;

    // Somebody leaves.
    let url = download(&scene, Some(&erik.token)).await?;
    opens(&scene, &url).await?;
    let leave = Request::post("/v1/projects/herring/leave").bearer(&erik.token);
    assert_eq!(send(&scene, leave).await?.status, 204);
    ends(&scene, &url).await?;

    // A link is revoked; another one stays.
    let (api, manager) = (&scene.installation.client, &scene.person);
    let revoked = scene.project.share(api, manager, "a.txt").await?;
    let kept = scene.project.share(api, manager, "a.txt").await?;
    let (of_revoked, of_kept) = (
        download(&scene, Some(&revoked)).await?,
        download(&scene, Some(&kept)).await?,
    );
    opens(&scene, &of_revoked).await?;
    let links = scene.get("/v1/projects/herring/share-links").await?;
    let first = links
        .as_array()
        .and_then(|links| links.last())
        .ok_or("no link")?;
    let revoke = Request::delete(&format!("/v1/projects/herring/share-links/{}", first["id"]));
    assert_eq!(
        send(&scene, revoke.bearer(&manager.token)).await?.status,
        204
    );
    ends(&scene, &of_revoked).await?;
    opens(&scene, &of_kept).await?;

    // A public project becomes private.
    scene.project.publish(api, manager).await?;
    let url = download(&scene, None).await?;
    opens(&scene, &url).await?;
    let private =
        Request::put("/v1/projects/herring/visibility").json(&json!({"is_public": false}));
    as_manager(&scene, private).await?;
    ends(&scene, &url).await?;

    // An account is turned off.
    add(&scene, &erik, "read").await?;
    let url = download(&scene, Some(&erik.token)).await?;
    opens(&scene, &url).await?;
    let account = format!("/v1/users/{}", number_of(&scene, &erik).await?);
    as_admin(
        &scene,
        Request::patch(&account).json(&json!({"is_active": false})),
    )
    .await?;
    ends(&scene, &url).await?;

    // An account is deleted by its owner.
    let olof = scene.installation.person("olof").await?;
    add(&scene, &olof, "read").await?;
    let url = download(&scene, Some(&olof.token)).await?;
    let delete = Request::post("/v1/auth/delete-account").bearer(&olof.token);
    let delete = delete.json(&json!({"password": olof.password}));
    assert_eq!(send(&scene, delete).await?.status, 204);
    ends(&scene, &url).await?;

    // A project is closed: nobody's URLs open, nor a link's; opened again it lets people in anew.
    let urls = [download(&scene, Some(&manager.token)).await?, of_kept];
    for url in &urls {
        opens(&scene, url).await?;
    }
    let change = |is_active: bool| {
        Request::patch("/v1/projects/herring").json(&json!({"is_active": is_active}))
    };
    as_admin(&scene, change(false)).await?;
    for url in &urls {
        ends(&scene, url).await?;
    }
    as_admin(&scene, change(true)).await?;
    opens(&scene, &download(&scene, Some(&manager.token)).await?).await?;
    scene.stop().await?;
    Ok(())
}

/// A bucket's policy names so many sessions. When more end, nobody's old URLs open again for want of room: those of everybody
/// in the project end, and who is let in gets others.
#[tokio::test]
async fn more_sessions_than_a_policy_names_end_together() -> Outcome {
    let (scene, _store) = set().await?;
    let [erik, olof] = ["erik", "olof"].map(|name| scene.installation.person(name));
    let (erik, olof) = (erik.await?, olof.await?);
    add(&scene, &erik, "edit").await?;
    add(&scene, &olof, "edit").await?;
    let link = scene
        .project
        .share(&scene.installation.client, &scene.person, "a.txt")
        .await?;
    let of_erik = urls(&scene, &erik).await?;
    let of_olof = urls(&scene, &olof).await?;
    let of_link = download(&scene, Some(&link)).await?;
    for url in of_erik.iter().chain(&of_olof).chain([&of_link]) {
        opens(&scene, url).await?;
    }

    // As many as a policy names, ended and told of long ago; the next is one too many.
    let mut database = scene.installation.database.connect().await?;
    let named = i64::try_from(MOST_REFUSED)?;
    sqlx::query(
        "INSERT INTO ended_url_session (url_session, project_id, refused_at)
         SELECT nextval('url_session'), (SELECT id FROM project WHERE name = 'herring'), now() FROM generate_series(1, $1)",
    )
    .bind(named)
    .execute(&mut database)
    .await?;
    let path = format!(
        "/v1/projects/herring/members/{}",
        number_of(&scene, &erik).await?
    );
    let removed = Request::delete(&path).bearer(&scene.person.token);
    assert_eq!(send(&scene, removed).await?.status, 204);
    for url in of_erik.iter().chain(&of_olof).chain([&of_link]) {
        ends(&scene, url).await?;
    }
    let again = urls(&scene, &olof).await?;
    for url in &again {
        opens(&scene, url).await?;
    }
    let of_link_again = download(&scene, Some(&link)).await?;
    opens(&scene, &of_link_again).await?;
    let policy = client(&scene.installation)
        .get_bucket_policy()
        .bucket(&scene.project.bucket)
        .send()
        .await?;
    let policy = policy.policy().ok_or("no policy")?;
    assert!(policy.len() < 20 << 10, "{} bytes", policy.len());

    // The next that ends is named beside them.
    let path = format!(
        "/v1/projects/herring/members/{}",
        number_of(&scene, &olof).await?
    );
    let removed = Request::delete(&path).bearer(&scene.person.token);
    assert_eq!(send(&scene, removed).await?.status, 204);
    for url in &again {
        ends(&scene, url).await?;
    }
    for url in of_erik.iter().chain(&of_olof).chain([&of_link]) {
        assert_eq!(used(&scene, url).await?, 403, "{}", url.1);
    }
    opens(&scene, &of_link_again).await?;
    scene.stop().await?;
    Ok(())
}
