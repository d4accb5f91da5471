//! Types the console blocks of a page, each under the name of its heading and on a device of that person's own, and
//! compares what comes back line by line.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    TestResult,
    process::{Cli, Ran},
    vcf,
};

/// A command with the lines that the page shows below it.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    person: String,
    command: Vec<String>,
    /// What the page shows below the command.
    pub shown: Vec<String>,
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

/// The commands of a page, in their order.
#[must_use]
pub fn steps(page: &str) -> Vec<Step> {
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
#[derive(Debug)]
pub struct Walk {
    api_url: String,
    folder: PathBuf,
    /// What each knows at the start.
    passwords: BTreeMap<String, String>,
    devices: BTreeMap<String, Cli>,
    handed_over: String,
    /// The task that was submitted last.
    pub task_id: String,
}

impl Walk {
    /// Somebody who knows a password; each has a device in a folder of this one.
    #[must_use]
    pub fn new(api_url: &str, folder: &Path, person: &str, password: &str) -> Self {
        Self {
            api_url: api_url.to_owned(),
            folder: folder.to_owned(),
            passwords: BTreeMap::from([(person.to_owned(), password.to_owned())]),
            devices: BTreeMap::new(),
            handed_over: String::new(),
            task_id: String::new(),
        }
    }

    /// The person's device, with some files.
    ///
    /// # Errors
    /// If the files cannot be written.
    pub fn device(&mut self, person: &str) -> TestResult<Cli> {
        if let Some(cli) = self.devices.get(person) {
            return Ok(cli.clone());
        }
        let folder = self.folder.join(person.replace(' ', "_"));
        let cli = Cli::new(&self.api_url, &folder)?;
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

    /// The step's device and its command's words.
    ///
    /// # Errors
    /// If the device cannot be set up.
    pub fn command(&mut self, step: &Step) -> TestResult<(Cli, Vec<String>)> {
        let cli = self.device(&step.person)?;
        let words = step.command.iter();
        let words = words.map(|word| word.replace("TASK_ID", &self.task_id));
        Ok((cli, words.collect()))
    }

    /// Types a command and what it asks for, and compares what comes back.
    ///
    /// # Errors
    /// If it is not what the page shows.
    pub async fn take(&mut self, step: &Step) -> TestResult {
        let (cli, words) = self.command(step)?;
        let typed = self.typed(step);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = cli.run(&words, &typed).await?;
        self.check(step, &ran)
    }

    /// Compares what a command has printed, and remembers what is handed on.
    ///
    /// # Errors
    /// If it is not what the page shows.
    pub fn check(&mut self, step: &Step, ran: &Ran) -> TestResult {
        let is_refused = step.shown.iter().any(|line| line.starts_with("Error:"));
        if (ran.code != Some(0)) != is_refused {
            let command = step.command.join(" ");
            return Err(format!(
                "{command} ended with {:?}: {}{}",
                ran.code, ran.stdout, ran.stderr
            )
            .into());
        }
        compare(step, ran)?;
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

    /// The result of the task that was submitted last, as that person has it.
    #[must_use]
    pub fn result(&self, person: &str) -> PathBuf {
        let folder = self.folder.join(person.replace(' ', "_"));
        folder.join(format!("result_of_job_{}.vcf.gz", self.task_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
