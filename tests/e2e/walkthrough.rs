//! Types the console blocks of a page, each under the name of its heading and on a device of that person's own, and
//! compares what comes back line by line.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path};

use divbase_services::workspace_root;
use divbase_sso::parse_providers;
use divbase_tests::{
    Outcome, TestResult,
    browser::Browser,
    installation::Installation,
    process::{Cli, Ran},
    vcf,
};

use crate::single_sign_on::device::decide;

/// A command with the lines that the page shows below it.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    person: String,
    command: Vec<String>,
    shown: Vec<String>,
}

/// The words of a command line as a shell takes them: spaces part, quotes of either kind hold together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in line.chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            (c, _) => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn steps(page: &str) -> Vec<Step> {
    let page = page.replace("\\\n", " ");
    let (mut steps, mut person, mut inside, mut ours) =
        (Vec::<Step>::new(), String::new(), false, false);
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            person = heading.to_owned();
        } else if line.starts_with("```") {
            inside = line == "```console";
            ours = false;
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            let command = command.strip_prefix("divbase-cli ");
            ours = command.is_some();
            steps.extend(command.map(|command| Step {
                person: person.clone(),
                command: words(command),
                shown: Vec::new(),
            }));
        } else if let (true, Some(step)) = (ours, steps.last_mut()) {
            step.shown.push(line.to_owned());
        }
    }
    steps
}

/// Whether a line is as shown, where `…` stands for any text.
fn is_as_shown(line: &str, shown: &str) -> bool {
    let parts: Vec<&str> = shown.split('…').collect();
    let Some((first, rest)) = parts.split_first() else {
        return true;
    };
    let Some(mut left) = line.strip_prefix(first) else {
        return false;
    };
    let Some((last, middle)) = rest.split_last() else {
        return left.is_empty();
    };
    for part in middle {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    left.ends_with(last)
}

/// Every shown line is among those printed, in their order; a lone `…` allows others between.
fn compare(step: &Step, ran: &Ran) -> TestResult {
    let printed: Vec<&str> = ran.stderr.lines().chain(ran.stdout.lines()).collect();
    let is_prompt = |line: &&String| !line.ends_with(')') || !line.contains(": (");
    for shown in step.shown.iter().filter(is_prompt) {
        if !printed.iter().any(|line| is_as_shown(line, shown)) {
            return Err(format!(
                "`divbase-cli {}` does not print {shown:?} but {printed:#?}",
                step.command.join(" ")
            )
            .into());
        }
    }
    let listed_all =
        step.shown.iter().any(|line| line == "…") || ran.stdout.lines().count() <= step.shown.len();
    if listed_all {
        Ok(())
    } else {
        Err(format!("the page does not show all of {printed:#?}").into())
    }
}

/// The people of a page, each with a device, and what was handed from one to the other.
struct Walk<'a> {
    installation: &'a Installation,
    /// What each knows at the start.
    passwords: BTreeMap<String, String>,
    devices: BTreeMap<String, Cli>,
    handed_over: String,
    task_id: String,
    /// Where somebody is signed in who approves what a command line waits for.
    browser: Option<Browser>,
}

impl<'a> Walk<'a> {
    fn new(installation: &'a Installation, person: &str, password: &str) -> Self {
        Self {
            installation,
            passwords: BTreeMap::from([(person.to_owned(), password.to_owned())]),
            devices: BTreeMap::new(),
            handed_over: String::new(),
            task_id: String::new(),
            browser: None,
        }
    }

    /// The person's device, with some files.
    fn device(&mut self, person: &str) -> TestResult<Cli> {
        if let Some(cli) = self.devices.get(person) {
            return Ok(cli.clone());
        }
        let folder = self.installation.path(&person.replace(' ', "_"));
        let cli = Cli::new(&self.installation.api_url, &folder)?;
        let text = vcf::text(&["N1", "N2", "S1"], &[("1", 100), ("1", 200)]);
        for name in ["herring.vcf.gz", "cohort.vcf.gz"] {
            fs::write(folder.join(name), vcf::bgzipped(&text)?)?;
        }
        fs::write(
            folder.join("sample_metadata.tsv"),
            "#Sample_ID\tArea\nN1\tNorth\nN2\tNorth\nS1\tSouth\n",
        )?;
        self.devices.insert(person.to_owned(), cli.clone());
        Ok(cli)
    }

    /// What the person types at the prompts that the page shows.
    fn typed(&mut self, step: &Step) -> String {
        let mut typed = String::new();
        for line in &step.shown {
            let is_prompt = line.starts_with("Enter ") || line.starts_with("Choose ");
            let Some((question, _)) = line.split_once(": (").filter(|_| is_prompt) else {
                continue;
            };
            let password = self.passwords.entry(step.person.clone()).or_default();
            match question {
                "Enter the invitation" => typed.push_str(&self.handed_over),
                "Enter a new password" | "Choose a password" => {
                    *password = format!("a password of {}", step.person);
                    typed.push_str(password);
                }
                _ => typed.push_str(password),
            }
            typed.push('\n');
        }
        typed
    }

    async fn take(&mut self, step: &Step) -> TestResult {
        let cli = self.device(&step.person)?;
        let typed = self.typed(step);
        let arguments: Vec<String> = step
            .command
            .iter()
            .map(|word| word.replace("TASK_ID", &self.task_id))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let approves = step
            .shown
            .iter()
            .any(|line| line.starts_with("Enter the code: …"));
        let ran = match &mut self.browser {
            Some(browser) if approves => {
                decide(browser, &cli, &arguments, "/device/approve").await?
            }
            _ => cli.run(&arguments, &typed).await?,
        };
        let is_refused = step.shown.iter().any(|line| line.starts_with("Error:"));
        if (ran.code != Some(0)) != is_refused {
            let command = arguments.join(" ");
            return Err(format!(
                "{command} ended with {:?}: {}{}",
                ran.code, ran.stdout, ran.stderr
            )
            .into());
        }
        compare(step, &ran)?;
        let invitation = ran
            .stdout
            .lines()
            .find(|line| line.starts_with("divbase_inv_"));
        if let Some(token) = invitation {
            token.clone_into(&mut self.handed_over);
        }
        if let Some(rest) = ran.stdout.split("task id: ").nth(1) {
            self.task_id = rest.chars().take_while(char::is_ascii_digit).collect();
        }
        Ok(())
    }
}

#[tokio::test]
async fn the_page_on_joining_works_as_it_stands() -> Outcome {
    let steps = steps(&fs::read_to_string(
        workspace_root().join("docs/joining.md"),
    )?);
    assert!(steps.len() > 20, "the page has lost its commands");
    let installation = Installation::start().await?;
    let mut walk = Walk::new(
        &installation,
        "The administrator",
        &installation.admin.password,
    );
    for step in &steps {
        walk.take(step).await?;
    }
    // What the page leads to: Erik has the records that he asked for.
    let result = walk.devices["Erik"]
        .folder()
        .join(format!("result_of_job_{}.vcf.gz", walk.task_id));
    let records = installation.bcftools().records(&result).await?;
    assert_eq!(records.len(), 1, "{records:?}");
    installation.stop().await?;
    Ok(())
}

/// What `make up` has put in: `demo.env`, and how many users, projects, members and versions of files there are.
async fn demo_state(installation: &Installation, folder: &Path) -> TestResult<(String, Vec<i64>)> {
    let mut database = installation.database.connect().await?;
    let mut counts = Vec::new();
    for table in ["app_user", "project", "project_membership", "file_version"] {
        let count = format!("SELECT count(*) FROM {table}");
        counts.push(
            sqlx::query_scalar(sqlx::AssertSqlSafe(count))
                .fetch_one(&mut database)
                .await?,
        );
    }
    Ok((fs::read_to_string(folder.join("demo.env"))?, counts))
}

/// The tour of the README on what `make up` puts in.
#[tokio::test]
async fn the_tour_works_as_it_stands() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("README.md"))?;
    let steps = steps(&page);
    assert!(steps.len() > 6, "the tour has lost its commands");
    let installation = Installation::start_automatic().await?;
    let (password, folder) = installation.sow().await?;
    let env = folder.join("demo.env");
    assert_eq!(fs::metadata(&env)?.permissions().mode() & 0o777, 0o600);
    let exports = format!(
        "export DIVBASE_API_URL='{}'\nexport DIVBASE_EMAIL='linnea@example.org'\n\
         export DIVBASE_PASSWORD='{password}'\nexport DIVBASE_PROJECT='herring'\n",
        installation.api_url
    );
    assert_eq!(fs::read_to_string(env)?, exports);
    let mut walk = Walk::new(&installation, "A short tour", &password);
    for step in &steps {
        walk.take(step).await?;
    }
    // Sowing again changes nothing: `make up` does it at every start.
    let before = demo_state(&installation, &folder).await?;
    installation.sow_as(&password).await?;
    assert_eq!(demo_state(&installation, &folder).await?, before);
    installation.stop().await?;
    Ok(())
}

#[tokio::test]
async fn the_page_on_single_sign_on_works_as_it_stands() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("docs/single-sign-on.md"))?;
    let steps = steps(&page);
    assert!(steps.len() > 2, "the page has lost its commands");
    let installation = Installation::start_api().await?;
    let linnea = installation.person("linnea").await?;
    let mut browser = Browser::new(&installation.client, &installation.api_url)?;
    browser.sign_in(&linnea).await?;
    let mut walk = Walk::new(&installation, "On a cluster", &linnea.password);
    walk.browser = Some(browser);
    for step in &steps {
        walk.take(step).await?;
    }
    // What an operator copies from it is taken as it stands.
    let example = page
        .split("```json\n")
        .nth(1)
        .and_then(|text| text.split("```").next());
    let variable = |name: &str| (name == "DIVBASE_SSO_SECRET_LSLOGIN").then(|| "secret".to_owned());
    let providers = parse_providers(example.ok_or("no example")?, variable)?;
    assert_eq!(providers.len(), 2);
    installation.stop().await?;
    Ok(())
}

#[test]
fn lines_are_compared_around_what_differs() {
    assert!(is_as_shown("task id: 7. See", "task id: …"));
    assert!(is_as_shown("a 1 b 2 c", "a … b … c"));
    assert!(!is_as_shown("a 1 b 2 d", "a … b … c"));
    assert!(!is_as_shown("ab", "a"));
    assert_eq!(
        words(r#"a --b "c 'd'" 'e "f"'"#),
        ["a", "--b", "c 'd'", "e \"f\""]
    );
}
