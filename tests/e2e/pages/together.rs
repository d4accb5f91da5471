//! Pages that many open at the same time: one question to store and queues for many of them, and the same answer for all.

use divbase_local::system::Parts;
use divbase_storage::StorageSettings;
use divbase_tasks::Queue;
use divbase_tests::{
    Outcome, TestResult, browser::Browser, installation::Installation, object_calls::ObjectCalls,
    scene::Scene,
};
use futures::future::try_join_all;

use super::browser;

const READERS: usize = 50;

/// The same page in as many browsers of one person.
async fn at_once(browser: &Browser, path: &str) -> TestResult<Vec<String>> {
    let readers = std::iter::repeat_n(browser.clone(), READERS);
    try_join_all(readers.map(async |mut browser| browser.read(path).await)).await
}

#[tokio::test]
async fn the_store_lists_files_for_many_readers_at_once() -> Outcome {
    let endpoint = std::env::var("AWS_ENDPOINT_URL")?;
    let (calls, address) = ObjectCalls::start(&endpoint).await?;
    let installation = Installation::start_with(|settings| {
        settings.store = StorageSettings::at(address);
        settings.parts = Parts::Api;
    })
    .await?;
    let scene = Scene::over(installation).await?;
    scene.upload("reads/first.txt", b"text").await?;
    let mut browser = browser(&scene.installation)?;
    browser.sign_in(&scene.person).await?;
    let path = "/projects/herring/files?prefix=reads%2F";
    for name in ["first.txt", "second.txt"] {
        // Nothing is remembered: what was uploaded a moment ago is there.
        scene.upload(&format!("reads/{name}"), b"text").await?;
        let before = calls.lists();
        for page in at_once(&browser, path).await? {
            assert!(page.contains(name), "{page}");
        }
        let lists = calls.lists() - before;
        assert!(
            lists <= READERS as u64 / 2,
            "{lists} lists for {READERS} readers"
        );
    }
    scene.stop().await?;
    Ok(())
}

/// Who reads letters takes them for a moment: those who look together must not take them from each other.
#[tokio::test]
async fn all_who_look_together_see_the_dead_letters() -> Outcome {
    let scene = Scene::over(Installation::start_api().await?).await?;
    let queues = &scene.installation.wiring().queues;
    queues.bury(Queue::Quick, "a letter of nobody").await?;
    let mut browser = browser(&scene.installation)?;
    browser.sign_in(&scene.installation.admin).await?;
    for page in at_once(&browser, "/admin/dead-letters").await? {
        assert!(page.contains("a letter of nobody"), "{page}");
    }
    scene.stop().await?;
    Ok(())
}
