//! Operations on files, as one call each.

use divbase_tests::{
    Outcome, TestResult,
    accounts::{Person, Project},
    api_process::ApiProcess,
    bucket,
    client::{Client, Request},
    fuse::{Fuse, Moment},
    installation::Installation,
};
use serde_json::{Value, json};

use crate::desk::noise;

/// More than any of them asks of the store.
const ENOUGH: u32 = 60;
/// Larger than one part of a copy.
const LARGE: usize = (33 << 20) + 7;

/// A server that can be killed, on an installation that lives on.
struct Stage {
    installation: Installation,
    person: Person,
    project: Project,
    fuse: Fuse,
    api: ApiProcess,
}

/// Keys, and a content that one of them has at least.
type Somewhere = (Vec<String>, &'static str);

/// What is asked, of files whose names hold the number of the try.
struct Operation {
    name: &'static str,
    /// What has to be there before.
    set: &'static [Step],
    route: &'static str,
    body: fn(&str, &[String]) -> Value,
    /// Keys that must be there, and their content, whenever the server dies; one of each group.
    never_lost: fn(&str) -> Vec<Somewhere>,
    /// Keys that are there in the end, and no others of this try.
    end: fn(&str) -> Vec<(String, &'static str)>,
    /// Versions that the last of them has in the end: nothing is made twice.
    versions: usize,
}

#[derive(Clone, Copy)]
enum Step {
    Put(&'static str, &'static str),
    /// A file that is copied in parts.
    PutLarge(&'static str),
    Delete(&'static str),
}

static OPERATIONS: [Operation; 5] = [
    Operation {
        name: "restore",
        set: &[
            Step::Put("a.txt", "old"),
            Step::Put("a.txt", "new"),
            Step::Put("b.txt", "other"),
            Step::Delete("a.txt"),
            Step::Delete("b.txt"),
        ],
        route: "restore",
        body: |own, _| json!([format!("{own}/a.txt"), format!("{own}/b.txt")]),
        never_lost: |_| vec![],
        end: |own| {
            vec![
                (format!("{own}/a.txt"), "new"),
                (format!("{own}/b.txt"), "other"),
            ]
        },
        versions: 1,
    },
    Operation {
        name: "move",
        set: &[Step::Put("a.txt", "moved")],
        route: "move",
        body: |own, _| json!({"from": format!("{own}/a.txt"), "to": format!("{own}/b.txt")}),
        never_lost: |own| {
            vec![(
                vec![format!("{own}/a.txt"), format!("{own}/b.txt")],
                "moved",
            )]
        },
        end: |own| vec![(format!("{own}/b.txt"), "moved")],
        versions: 1,
    },
    Operation {
        name: "copy in parts",
        set: &[Step::PutLarge("a.txt")],
        route: "copy",
        body: |own, _| json!({"from": format!("{own}/a.txt"), "to": format!("{own}/b.txt")}),
        never_lost: |own| vec![(vec![format!("{own}/a.txt")], "large")],
        end: |own| {
            vec![
                (format!("{own}/a.txt"), "large"),
                (format!("{own}/b.txt"), "large"),
            ]
        },
        versions: 1,
    },
    Operation {
        name: "move in parts",
        set: &[Step::PutLarge("a.txt"), Step::Put("b.txt", "overwritten")],
        route: "move",
        body: |own, _| json!({"from": format!("{own}/a.txt"), "to": format!("{own}/b.txt"), "overwrite": true}),
        never_lost: |own| {
            vec![(
                vec![format!("{own}/a.txt"), format!("{own}/b.txt")],
                "large",
            )]
        },
        end: |own| vec![(format!("{own}/b.txt"), "large")],
        versions: 2,
    },
    Operation {
        name: "purge",
        set: &[
            Step::Put("a.txt", "secret"),
            Step::Put("a.txt", "more"),
            Step::Put("a.txt", "now"),
        ],
        route: "purge",
        body: |own, versions| {
            let name = format!("{own}/a.txt");
            let doomed = versions.iter().skip(1);
            doomed
                .map(|id| json!({"name": name, "version_id": id}))
                .collect()
        },
        never_lost: |own| vec![(vec![format!("{own}/a.txt")], "now")],
        end: |own| vec![(format!("{own}/a.txt"), "now")],
        versions: 1,
    },
];

impl Stage {
    async fn set() -> TestResult<Self> {
        let installation = Installation::start_api().await?;
        let person = installation.person("linnea").await?;
        let project = installation.project("herring", &person, "manage").await?;
        let fuse = Fuse::start(&installation.surroundings.store).await?;
        let api = ApiProcess::start_before(&installation, &fuse.endpoint).await?;
        Ok(Self {
            installation,
            person,
            project,
            fuse,
            api,
        })
    }

    async fn prepare(&self, own: &str, steps: &[Step], large: &[u8]) -> TestResult {
        for step in steps {
            let (installation, person, project) = (&self.installation, &self.person, &self.project);
            match step {
                Step::Put(name, content) => {
                    let key = format!("{own}/{name}");
                    installation
                        .upload(person, project, &key, content.as_bytes())
                        .await?;
                }
                Step::PutLarge(name) => {
                    let key = format!("{own}/{name}");
                    installation.upload(person, project, &key, large).await?;
                }
                Step::Delete(name) => {
                    let request = Request::delete("/v1/s3/?project_name=herring")
                        .bearer(&person.token)
                        .json(&json!([format!("{own}/{name}")]));
                    installation.client.send(request).await?.accepted()?;
                }
            }
        }
        Ok(())
    }

    fn asked(&self, route: &str, body: &Value) -> Request {
        Request::post(&format!("/v1/s3/{route}?project_name=herring"))
            .bearer(&self.person.token)
            .json(body)
    }

    /// Asks, and kills the server if the request comes to the point; says whether it did.
    async fn killed(&mut self, route: &str, body: &Value) -> TestResult<bool> {
        let client = Client::new(&self.api.api_url)?;
        let answer = client.send(self.asked(route, body));
        tokio::select! {
            answer = answer => {
                self.fuse.unset();
                answer?.accepted()?;
                return Ok(false);
            }
            () = self.fuse.blown() => {}
        }
        self.api.kill().await?;
        self.fuse.unset();
        self.api = ApiProcess::start_before(&self.installation, &self.fuse.endpoint).await?;
        Ok(true)
    }

    /// Asks until it is done, as the command line does.
    async fn done(&self, route: &str, body: &Value) -> TestResult {
        let client = Client::new(&self.api.api_url)?;
        for _ in 0..ENOUGH {
            let answer = client.send(self.asked(route, body)).await?.accepted()?;
            if answer["done"] != false {
                return Ok(());
            }
        }
        Err(format!("{route} is never done").into())
    }

    async fn content(&self, key: &str) -> TestResult<Vec<u8>> {
        self.installation
            .download(&self.person, &self.project, key)
            .await
    }

    async fn keys(&self, own: &str) -> TestResult<Vec<String>> {
        let asked = json!({"prefix": format!("{own}/")});
        let request = self.asked("list", &asked);
        let listed = self.installation.client.send(request).await?.accepted()?;
        let files = listed["files"].as_array().into_iter().flatten();
        Ok(files
            .filter_map(|file| Some(file["name"].as_str()?.to_owned()))
            .collect())
    }
}

/// Kills the server at each point of an operation, and asks again.
async fn at_every_point(name: &str) -> TestResult {
    let operation = OPERATIONS.iter().find(|one| one.name == name);
    let operation = operation.ok_or("no such operation")?;
    let mut stage = Stage::set().await?;
    let large = noise(LARGE, 11);
    let is = |found: &[u8], wanted: &str| match wanted {
        "large" => found == large,
        plain => found == plain.as_bytes(),
    };
    let mut kills = 0;
    for moment in [Moment::Before, Moment::After] {
        for point in 0..ENOUGH {
            let own = format!("{moment:?}-{point}");
            let place = format!("{name} killed {moment:?} request {point}");
            stage.prepare(&own, operation.set, &large).await?;
            let first = format!("{own}/a.txt");
            let versions = bucket::versions(&stage.installation, &stage.project, &first).await?;
            let body = (operation.body)(&own, &versions);
            stage.fuse.set(point, moment);
            let was_killed = stage.killed(operation.route, &body).await?;
            for (keys, wanted) in (operation.never_lost)(&own) {
                let there = stage.keys(&own).await?;
                let mut has = false;
                for key in keys.iter().filter(|key| there.contains(key)) {
                    has |= is(&stage.content(key).await?, wanted);
                }
                assert!(has, "{place}: lost, there are {there:?}");
            }
            stage.done(operation.route, &body).await?;
            let end = (operation.end)(&own);
            let keys: Vec<&str> = end.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!(stage.keys(&own).await?, keys, "{place}");
            for (key, wanted) in &end {
                assert!(is(&stage.content(key).await?, wanted), "{place}: {key}");
            }
            let last = keys.last().ok_or("no key")?;
            let made = bucket::versions(&stage.installation, &stage.project, last).await?;
            assert_eq!(made.len(), operation.versions, "{place}: {last}");
            let open = bucket::open_uploads(&stage.installation, &stage.project).await?;
            assert_eq!(open, Vec::<String>::new(), "{place}");
            // The emulator keeps everything in memory.
            for file in ["a.txt", "b.txt"] {
                let store = &stage.installation.wiring().store;
                let key = format!("{own}/{file}");
                store.destroy_key(&stage.project.bucket, &key).await?;
            }
            if !was_killed {
                break;
            }
            kills += 1;
        }
    }
    println!("{name}: killed at {kills} points");
    assert!(kills >= 4, "{name}: {kills}");
    stage.api.kill().await?;
    stage.installation.stop().await
}

#[tokio::test]
async fn a_restore_that_is_killed_can_be_asked_again() -> Outcome {
    Ok(at_every_point("restore").await?)
}

#[tokio::test]
async fn a_move_that_is_killed_can_be_asked_again() -> Outcome {
    Ok(at_every_point("move").await?)
}

#[tokio::test]
async fn a_copy_in_parts_that_is_killed_can_be_asked_again() -> Outcome {
    Ok(at_every_point("copy in parts").await?)
}

#[tokio::test]
async fn a_move_in_parts_that_is_killed_can_be_asked_again() -> Outcome {
    Ok(at_every_point("move in parts").await?)
}

#[tokio::test]
async fn a_purge_that_is_killed_can_be_asked_again() -> Outcome {
    Ok(at_every_point("purge").await?)
}
