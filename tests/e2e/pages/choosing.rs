//! Several files are chosen on their page, and dealt with together.

use divbase_tests::{Outcome, scene::Scene};

use super::working::{between, signed_in};

#[tokio::test]
async fn files_are_chosen_downloaded_deleted_and_restored_together() -> Outcome {
    let scene = Scene::set().await?;
    // More than the JSON routes take at once.
    let names: Vec<String> = (0..102)
        .map(|n| format!("reads/{n:03} & more.txt"))
        .collect();
    for name in &names {
        scene.upload(name, b"text").await?;
    }
    scene.upload("reads/kept.txt", b"text").await?;
    let mut browser = signed_in(&scene).await?;
    let files = "/projects/herring/files";
    let folder = browser.read(&format!("{files}?prefix=reads%2F")).await?;
    assert_eq!(
        folder.matches("type=\"checkbox\" name=\"name\"").count(),
        103
    );
    // Enter in a box presses the first button, which must harm nothing.
    let form = between(&folder, "id=\"choice\">", "</form>")?;
    let first = between(form, "<button", "</button>")?;
    assert_eq!(first, ">Download the chosen");
    assert_eq!(form.matches("name=\"csrf\"").count(), 1, "{form}");

    let chosen: Vec<(&str, &str)> = names.iter().map(|name| ("name", name.as_str())).collect();
    let some = browser
        .submit(&format!("{files}/download"), &chosen[..2])
        .await?;
    let page = some.text();
    for part in [
        "2 files to download",
        "download?name=reads%2F000%20%26%20more.txt\">reads/000 &#38; more.txt</a>",
        "files download --project herring &#39;reads/000 &#38; more.txt&#39; &#39;reads/001",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let none = browser.submit(&format!("{files}/delete"), &[]).await?;
    assert_eq!(none.status, 422, "{}", none.text());
    assert!(
        none.text().contains("choose a file first"),
        "{}",
        none.text()
    );

    let after = browser
        .submit_and_read(&format!("{files}/delete"), &chosen)
        .await?;
    assert!(after.contains("102 files are deleted."), "{after}");
    assert!(
        after.contains("kept.txt") && !after.contains("101 &#38; more"),
        "{after}"
    );
    // The button of a file is about that file, whatever is chosen.
    let one = [chosen[0], chosen[1], ("only", names[2].as_str())];
    let after = browser
        .submit_and_read(&format!("{files}/restore"), &one)
        .await?;
    assert!(
        after.contains("reads/002 &#38; more.txt is restored."),
        "{after}"
    );
    assert!(!after.contains("reads%2F001"), "{after}");
    let rest = [chosen[0], chosen[1], ("name", "reads/never.txt")];
    let after = browser
        .submit_and_read(&format!("{files}/restore"), &rest)
        .await?;
    assert!(
        after.contains("2 files are restored. Of 1 nothing is left."),
        "{after}"
    );
    assert_eq!(after.matches("type=\"checkbox\" name=\"name\"").count(), 4);
    scene.stop().await?;
    Ok(())
}
