//! An installation in which every text that somebody can choose is hostile.

use std::collections::BTreeMap;

use divbase_api::ProjectCreation;
use divbase_tasks::Queue;
use divbase_tests::{
    TestResult,
    browser::{Browser, location},
    bucket,
    client::Request,
    installation::Installation,
    mailbox::Mailbox,
    scene::Scene,
    vcf,
};
use serde_json::{Value, json};

use super::{super::browser, hostile::hostile, query};

/// The installation, and who looks at it.
pub(super) struct Stored {
    scene: Scene,
    browsers: BTreeMap<&'static str, Browser>,
    /// What the table's paths name in braces, as addresses write it.
    values: BTreeMap<&'static str, String>,
    /// All letters that were sent.
    pub(super) letters: Vec<Value>,
    mailbox: Mailbox,
}

impl Stored {
    pub(super) async fn set() -> TestResult<Self> {
        let mailbox = Mailbox::start().await?;
        let mailer = mailbox.mailer()?;
        let registration = "@example.org".parse()?;
        let installation = Installation::start_with(|settings| {
            settings.mail = Some(mailer);
            settings.registration = registration;
            settings.project_creation = ProjectCreation::OnRequest;
        })
        .await?;
        let scene = Scene::over(installation).await?;
        let mut browsers = BTreeMap::new();
        for (name, person) in [
            ("nobody", None),
            ("owner", Some(&scene.person)),
            ("admin", Some(&scene.installation.admin)),
        ] {
            let mut browser = browser(&scene.installation)?;
            if let Some(person) = person {
                browser.sign_in(person).await?;
            }
            browsers.insert(name, browser);
        }
        let mut stored = Self {
            scene,
            browsers,
            values: BTreeMap::new(),
            letters: Vec::new(),
            mailbox,
        };
        stored.account().await?;
        stored.files().await?;
        stored.project().await?;
        stored.tasks().await?;
        stored.operations().await?;
        Ok(stored)
    }

    pub(super) async fn stop(self) -> TestResult {
        self.scene.stop().await
    }

    pub(super) fn browser(&mut self, who: &str) -> TestResult<&mut Browser> {
        Ok(self.browsers.get_mut(who).ok_or("nobody of this name")?)
    }

    /// A path of the table with what its braces name.
    pub(super) fn filled(&self, path: &str) -> TestResult<String> {
        let path = self
            .values
            .iter()
            .fold(path.to_owned(), |path, (name, value)| {
                path.replace(&format!("{{{name}}}"), value)
            });
        match path.contains('{') {
            true => Err(format!("nothing fills {path}").into()),
            false => Ok(path),
        }
    }

    /// Remembers what addresses name.
    fn keep(&mut self, name: &'static str, value: &str) -> TestResult {
        let pair = query("", value)?;
        self.values
            .insert(name, pair.trim_start_matches('=').to_owned());
        Ok(())
    }

    /// Sends a form that has to be taken; gives the page to which it leads, or that it shows.
    async fn send(&mut self, who: &str, path: &str, form: &[(&str, &str)]) -> TestResult<String> {
        let browser = self.browser(who)?;
        let answer = browser.submit(path, form).await?;
        match answer.status {
            303 => browser.read(&location(&answer)?).await,
            200..300 => Ok(answer.text()),
            status => Err(format!("POST {path}: {status}: {}", answer.text()).into()),
        }
    }

    async fn letter(&mut self) -> TestResult {
        let letter = self.mailbox.next().await?;
        self.letters.push(letter);
        Ok(())
    }

    async fn account(&mut self) -> TestResult {
        let [name, organisation, position] = ["person", "organisation", "position"].map(hostile);
        let form = [
            ("name", name.as_str()),
            ("organisation", &organisation),
            ("organisation_role", &position),
        ];
        self.send("owner", "/profile/edit", &form).await?;
        let email = self.scene.person.email.clone();
        self.send("nobody", "/forgot-password", &[("email", &email)])
            .await?;
        self.letter().await?;
        let [name, purpose] = ["token", "purpose"].map(hostile);
        let form = [
            ("name", name.as_str()),
            ("description", &purpose),
            ("expires_in_days", "30"),
            ("project_access_mode", "all"),
        ];
        self.send("owner", "/pats/new", &form).await?;
        self.letter().await?;
        let mut database = self.scene.installation.database.connect().await?;
        sqlx::query(
            "INSERT INTO external_identity (user_id, issuer, subject, email)
             SELECT id, 'https://login.example.org', 'x', $2 FROM app_user WHERE email = $1",
        )
        .bind(&email)
        .bind(hostile("address"))
        .execute(&mut database)
        .await?;
        let begin = Request::post("/v1/auth/device").form(&[("client_id", &hostile("program"))]);
        let device = self
            .scene
            .installation
            .client
            .send(begin)
            .await?
            .accepted()?;
        let code = device["user_code"].as_str().ok_or("no code")?.to_owned();
        self.keep("user_code", &code)?;
        let shown = self
            .send("owner", "/device", &[("user_code", &code)])
            .await?;
        self.shown("program", &shown)
    }

    /// A text that no address leads to is on this page.
    fn shown(&mut self, name: &str, page: &str) -> TestResult {
        let wrong = super::foreign(page);
        let is_there = super::text(page).contains(&hostile(name));
        match wrong.is_empty() && is_there {
            true => Ok(()),
            false => Err(format!("{name}: {wrong:?}: {page}").into()),
        }
    }

    async fn files(&mut self) -> TestResult {
        let [folder, file, sample] = ["folder", "file", "sample"].map(hostile);
        let inner = format!("{folder}/{file}.vcf.gz");
        let record = hostile("record");
        let text = |sample: &str| {
            let text = vcf::text(&[sample], &[("1", 10), ("1", 20)])
                .replace("\t10\t.\t", &format!("\t10\t{record}\t"))
                .replace("#CHROM", &format!("##{}=1\n#CHROM", hostile("header")));
            vcf::bgzipped(&text)
        };
        let plain = format!("{file}.vcf.gz");
        let scaffold = vcf::text(&["s2"], &[(&hostile("scaffold"), 10)]);
        let bad = hostile("content");
        let table = format!(
            "#Sample_ID\t{}\tLatitude\tLongitude\n{sample}\t{}\t57.9\t9.6\ns2\tplain\t\t\n",
            hostile("column"),
            hostile("value")
        );
        let gone = format!("gone {file}");
        // No upload takes such names: they come from programs that write to the bucket themselves.
        for (name, bytes) in [
            (inner.as_str(), &text("s3")?[..]),
            (&plain, &text(&sample)?),
            ("scaffold.vcf.gz", &vcf::bgzipped(&scaffold)?),
            ("bad.vcf.gz", bad.as_bytes()),
            ("sample_metadata.tsv", table.as_bytes()),
            ("javascript:alert(1).vcf.gz", b"x"),
            (&gone, b"x"),
        ] {
            let (installation, project) = (&self.scene.installation, &self.scene.project);
            bucket::put(installation, project, name, bytes).await?;
        }
        bucket::client(&self.scene.installation)
            .create_multipart_upload()
            .bucket(&self.scene.project.bucket)
            .key(format!("open {file}"))
            .send()
            .await?;
        self.send(
            "owner",
            "/projects/herring/files/delete",
            &[("name", &gone)],
        )
        .await?;
        self.keep("folder", &format!("{folder}/"))?;
        self.keep("file", &plain)?;
        self.keep("inner", &inner)?;
        self.scene
            .installation
            .update_dimensions(&self.scene.person, &self.scene.project)
            .await?;
        Ok(())
    }

    async fn project(&mut self) -> TestResult {
        let [version, about] = ["version", "about"].map(hostile);
        let form = [("name", version.as_str()), ("description", &about)];
        self.send("owner", "/projects/herring/versions", &form)
            .await?;
        self.keep("version", &version)?;
        let folder = format!("{}/", hostile("folder"));
        let client = self.scene.installation.client.clone();
        let (project, person) = (&self.scene.project, &self.scene.person);
        let token = project.share(&client, person, &folder).await?;
        project.publish(&client, person).await?;
        self.keep("token", &token)?;
        let form = [("user_email", "new@example.org"), ("role", "read")];
        self.send("owner", "/projects/herring/members/add", &form)
            .await?;
        self.letter().await?;
        let letter = self.letters.last().ok_or("no letter")?;
        let text = letter["text"].as_str().unwrap_or_default();
        let (_, token) = text.split_once("token=").ok_or("no token")?;
        let token = token
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .to_owned();
        self.keep("invitation", &token)?;
        let [wish, reason, answer] = ["wish", "reason", "answer"].map(hostile);
        for name in ["cod", "sprat", "eel"] {
            let form = [("name", name), ("description", &wish), ("reason", &reason)];
            self.send("owner", "/project-requests/", &form).await?;
        }
        let page = self
            .browser("admin")?
            .read("/admin/project-requests")
            .await?;
        for (name, what) in [("cod", "approve"), ("sprat", "decline")] {
            let (_, row) = page
                .split_once(&format!("<td>{name}"))
                .ok_or("no request")?;
            let (_, rest) = row.split_once("-requests/").ok_or("no number")?;
            let number = rest.split('/').next().unwrap_or_default();
            let path = format!("/admin/project-requests/{number}/{what}");
            self.send("admin", &path, &[("answer", &answer)]).await?;
        }
        Ok(())
    }

    async fn tasks(&mut self) -> TestResult {
        let unlike = format!("ID!=\"{}\"", hostile("argument"));
        let form = [
            ("selection", "all"),
            ("include", unlike.as_str()),
            ("action", "run"),
        ];
        let browser = self.browser("owner")?;
        let submitted = browser.submit("/projects/herring/query", &form).await?;
        let path = location(&submitted)?;
        let id = path.trim_start_matches("/tasks/").to_owned();
        let ran = self
            .scene
            .installation
            .succeeded(&self.scene.person, id.parse()?);
        ran.await?;
        self.keep("task", &id)?;
        let mut database = self.scene.installation.database.connect().await?;
        let failed: i64 = sqlx::query_scalar(
            "INSERT INTO task (name, queue, kwargs, user_id, project_id, status, finished_at, attempt, result, max_attempts)
             SELECT name, queue, kwargs, user_id, project_id, 'FAILURE', now(), 1, $2, 1 FROM task WHERE id = $1
             RETURNING id",
        )
        .bind(id.parse::<i64>()?)
        .bind(json!({"exc_type": "TaskUserError", "exc_message": [hostile("failure")], "exc_module": "divbase.tasks"}))
        .fetch_one(&mut database)
        .await?;
        self.keep("failed", &failed.to_string())?;
        let queues = &self.scene.installation.wiring().queues;
        queues.bury(Queue::Quick, &hostile("letter")).await?;
        Ok(())
    }

    async fn operations(&mut self) -> TestResult {
        let [heading, message, pause] = ["announcement", "message", "pause"].map(hostile);
        let form = [
            ("heading", heading.as_str()),
            ("message", &message),
            ("target", "web"),
            ("level", "info"),
            ("action", "announce"),
        ];
        self.send("admin", "/admin/announcements", &form).await?;
        let form = [("is_closed", "true"), ("reason_for_users", pause.as_str())];
        self.send("admin", "/admin/submissions", &form).await?;
        Ok(())
    }
}
