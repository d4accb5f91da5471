//! `files sync`: a folder and a project become alike, and nothing outside of either is touched.

use std::{fs, os::unix::fs::symlink};

use divbase_tests::{Outcome, TestResult, bucket, installation::Installation};
use serde_json::{Value, json};

use crate::desk::Desk;

async fn names(desk: &Desk) -> TestResult<Vec<String>> {
    let (_, told) = desk.told(&["files", "ls", "--json"]).await?;
    let files = told["files"].as_array().into_iter().flatten();
    Ok(files
        .filter_map(|file| file["name"].as_str().map(str::to_owned))
        .collect())
}

#[tokio::test]
async fn both_sides_get_what_they_have_not_and_conflicts_are_told() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    for (name, content) in [
        ("data/a.txt", "a"),
        ("data/d/b.tsv", "b"),
        ("data/same.txt", "same"),
        ("data/other.txt", "here"),
        ("data/.hidden.txt", "x"),
        ("data/photo.jpg", "x"),
    ] {
        desk.write(name, content.as_bytes())?;
    }
    for (name, content) in [
        ("c.txt", "c"),
        ("e/f.md", "f"),
        ("same.txt", "same"),
        ("other.txt", "they!"),
    ] {
        desk.installation
            .upload(&desk.person, &desk.project, name, content.as_bytes())
            .await?;
    }
    let (code, planned) = desk
        .told(&["files", "sync", "data", "--dry-run", "--json"])
        .await?;
    assert_eq!(code, Some(1), "a conflict is no success: {planned}");
    assert_eq!(planned["sent"], json!(["a.txt", "d/b.tsv"]), "{planned}");
    assert_eq!(planned["fetched"], json!(["c.txt", "e/f.md"]), "{planned}");
    assert_eq!(planned["conflicts"], json!(["other.txt"]), "{planned}");
    assert_eq!(planned["unchanged"], 1, "{planned}");
    assert_eq!(planned["left_out"][0]["name"], "photo.jpg", "{planned}");
    assert!(desk.read("data/c.txt").is_err(), "it was a dry run");

    let (code, mut done) = desk.told(&["files", "sync", "data", "--json"]).await?;
    assert_eq!(code, Some(1), "{done}");
    assert_eq!(done["dry_run"], false, "{done}");
    done["dry_run"] = true.into();
    assert_eq!(done, planned, "what was done is what was foreseen");
    assert_eq!(desk.read("data/e/f.md")?, b"f");
    assert_eq!(desk.stored("d/b.tsv").await?, b"b");
    assert_eq!(desk.stored("other.txt").await?, b"they!");
    assert_eq!(desk.read("data/other.txt")?, b"here");

    desk.cli
        .ok(&["files", "sync", "data", "--to-project"])
        .await?;
    assert_eq!(desk.stored("other.txt").await?, b"here");
    let (code, nothing) = desk.told(&["files", "sync", "data", "--json"]).await?;
    assert_eq!(code, Some(0), "{nothing}");
    assert_eq!(nothing["unchanged"], 6, "{nothing}");
    for list in ["sent", "fetched", "conflicts", "failed"] {
        assert_eq!(nothing[list], json!([]), "{nothing}");
    }

    // A folder of the project, to a folder that is not there yet.
    desk.cli
        .ok(&["files", "sync", "new/d", "--from-project", "--folder", "d"])
        .await?;
    assert_eq!(desk.read("new/d/b.tsv")?, b"b");
    assert!(desk.read("new/d/a.txt").is_err());
    desk.stop().await?;
    Ok(())
}

#[tokio::test]
async fn deletions_are_asked_for_and_stay_on_their_side() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    for name in ["a.txt", "b.txt", "d/c.txt"] {
        desk.installation
            .upload(&desk.person, &desk.project, name, b"x")
            .await?;
    }
    desk.write("data/a.txt", b"x")?;
    desk.write("data/.hidden.txt", b"x")?;
    desk.write("data/mine/only.txt", b"x")?;
    let refused = desk
        .cli
        .run(&["files", "sync", "data", "--delete", "--yes"], "")
        .await?;
    assert_eq!(refused.code, Some(2), "on which side? {refused:?}");

    let to = ["files", "sync", "data", "--to-project", "--delete"];
    let no = desk.cli.run(&to, "n\n").await?;
    assert_eq!(no.code, Some(1), "{no:?}");
    assert!(
        no.stderr.contains("'b.txt'") && no.stderr.contains("'d/c.txt'"),
        "{no:?}"
    );
    assert_eq!(names(&desk).await?, ["a.txt", "b.txt"]);

    // The other way: what the project has not is deleted here, and nothing else.
    let from = ["files", "sync", "data", "--from-project", "--delete", "-y"];
    desk.cli.ok(&from).await?;
    assert!(desk.read("data/mine/only.txt").is_err());
    assert_eq!(desk.read("data/.hidden.txt")?, b"x");
    assert_eq!(desk.read("data/d/c.txt")?, b"x");

    fs::remove_file(desk.cli.folder().join("data/b.txt"))?;
    let yes = desk.cli.run(&to, "y\n").await?;
    assert_eq!(yes.code, Some(0), "{yes:?}");
    assert_eq!(names(&desk).await?, ["a.txt"]);
    desk.cli.ok(&["files", "restore", "b.txt"]).await?;
    desk.stop().await?;
    Ok(())
}

#[tokio::test]
async fn no_key_and_no_link_leads_out_of_the_folder() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    let bad = [
        "../evil.txt",
        "d/../../evil.txt",
        "//evil.txt",
        "d\\..\\..\\evil.txt",
        "link/evil.txt",
        "target.txt",
    ];
    for key in bad {
        bucket::put(&desk.installation, &desk.project, key, b"evil").await?;
    }
    bucket::put(&desk.installation, &desk.project, "good.txt", b"good").await?;
    desk.write("outside/target.txt", b"mine")?;
    fs::create_dir(desk.cli.folder().join("data"))?;
    let here = |name: &str| desk.cli.folder().join(name);
    symlink(here("outside"), here("data/link"))?;
    symlink(here("outside/target.txt"), here("data/target.txt"))?;
    let before = listing(&desk)?;
    let (code, told) = desk
        .told(&["files", "sync", "data", "--from-project", "--json"])
        .await?;
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(told["fetched"], json!(["good.txt"]), "{told}");
    let failed = told["failed"].as_array().map_or(0, Vec::len);
    let left = told["left_out"].as_array().map_or(0, Vec::len);
    assert!(failed + left >= bad.len(), "{told}");
    assert_eq!(desk.read("outside/target.txt")?, b"mine");
    assert_eq!(listing(&desk)?, before, "something was written outside");

    // Nor is anything sent that a link leads to, nor deleted behind one.
    let (_, sent) = desk
        .told(&["files", "sync", "data", "--to-project", "--json"])
        .await?;
    assert_eq!(sent["sent"], json!([]), "{sent}");
    let delete = [
        "files",
        "sync",
        "data",
        "--from-project",
        "--delete",
        "--yes",
        "--json",
    ];
    desk.told(&delete).await?;
    assert_eq!(desk.read("outside/target.txt")?, b"mine");
    desk.stop().await?;
    Ok(())
}

/// What lies in the desk's folder beside the folder that is synchronised.
fn listing(desk: &Desk) -> TestResult<Vec<String>> {
    let mut found = Vec::new();
    for folder in [
        desk.cli.folder().to_owned(),
        desk.cli.folder().join("outside"),
    ] {
        for entry in fs::read_dir(folder)? {
            found.push(entry?.path().to_string_lossy().into_owned());
        }
    }
    found.sort();
    Ok(found)
}

#[tokio::test]
async fn two_at_once_do_not_get_into_each_others_way() -> Outcome {
    let desk = Desk::set(Installation::start_api().await?).await?;
    let names: Vec<String> = (0..20).map(|n| format!("{n:02}.txt")).collect();
    for name in &names {
        desk.write(&format!("data/{name}"), name.as_bytes())?;
    }
    let held = fs::File::open(desk.cli.folder().join("data"))?;
    held.lock()?;
    let refused = desk
        .cli
        .run(&["files", "sync", "data", "--to-project"], "")
        .await?;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("another `divbase-cli files sync`"),
        "{refused:?}"
    );
    drop(held);
    let sync = ["files", "sync", "data", "--to-project"];
    let (first, second) = tokio::try_join!(desk.cli.run(&sync, ""), desk.cli.run(&sync, ""))?;
    let codes = [first.code, second.code];
    assert!(codes.contains(&Some(0)), "{first:?} {second:?}");
    for ran in [first, second] {
        assert!(
            ran.code == Some(0) || ran.stderr.contains("another `divbase-cli"),
            "{ran:?}"
        );
    }
    assert_eq!(self::names(&desk).await?, names);
    let (_, told) = desk
        .told(&["files", "sync", "data", "--from-project", "--json"])
        .await?;
    assert_eq!(told["unchanged"], Value::from(20), "{told}");
    desk.stop().await?;
    Ok(())
}
