//! Types the console blocks of a page, each under the name of its heading and on a device of that person's own, and
//! compares what comes back line by line.

use std::{collections::BTreeMap, fs};

use divbase_services::workspace_root;
use divbase_tests::{
    Outcome, TestResult,
    installation::Installation,
    process::{Cli, Ran},
    vcf,
};

/// A command with the lines that the page shows below it.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    person: String,
    command: Vec<String>,
    shown: Vec<String>,
}

/// The words of a command line as a shell takes them: spaces part, double quotes hold together.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            c => word.push(c),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

fn steps(page: &str) -> Vec<Step> {
    let (mut steps, mut person, mut inside) = (Vec::<Step>::new(), String::new(), false);
    for line in page.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            person = heading.to_owned();
        } else if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ divbase-cli ")) {
            steps.push(Step {
                person: person.clone(),
                command: words(command),
                shown: Vec::new(),
            });
        } else if let (true, Some(step)) = (inside, steps.last_mut()) {
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

#[derive(Default)]
struct Person {
    password: String,
    cli: Option<Cli>,
}

#[tokio::test]
async fn the_page_on_joining_works_as_it_stands() -> Outcome {
    let page = fs::read_to_string(workspace_root().join("docs/joining.md"))?;
    let steps = steps(&page);
    assert!(steps.len() > 20, "the page has lost its commands");
    let installation = Installation::start().await?;
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    let (mut handed_over, mut task_id) = (String::new(), String::new());
    for step in &steps {
        let person = people.entry(step.person.clone()).or_default();
        if person.cli.is_none() {
            let folder = installation.path(&step.person.replace(' ', "_"));
            let cli = Cli::new(&installation.api_url, &folder)?;
            let text = vcf::text(&["N1", "N2", "S1"], &[("1", 100), ("1", 200)]);
            fs::write(folder.join("herring.vcf.gz"), vcf::bgzipped(&text)?)?;
            fs::write(
                folder.join("sample_metadata.tsv"),
                "#Sample_ID\tArea\nN1\tNorth\nN2\tNorth\nS1\tSouth\n",
            )?;
            person.cli = Some(cli);
            if step.person == "The administrator" {
                person.password.clone_from(&installation.admin.password);
            }
        }
        let mut typed = String::new();
        for line in &step.shown {
            let line = match line.as_str() {
                "Enter your password: (as deployed)"
                | "Enter your current password: (as deployed)" => &person.password,
                "Enter the invitation: (as handed over)" => &handed_over,
                "Enter a new password: (a new one)"
                | "Choose a password: (her own)"
                | "Choose a password: (his own)" => {
                    person.password = format!("a password of {}", step.person);
                    &person.password
                }
                _ => continue,
            };
            typed.push_str(line);
            typed.push('\n');
        }
        let arguments: Vec<String> = step
            .command
            .iter()
            .map(|word| word.replace("TASK_ID", &task_id))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let cli = person.cli.as_ref().ok_or("nobody is there")?;
        let ran = cli.run(&arguments, &typed).await?;
        if ran.code != Some(0) {
            return Err(format!(
                "{} ended with {:?}: {}{}",
                arguments.join(" "),
                ran.code,
                ran.stdout,
                ran.stderr
            )
            .into());
        }
        compare(step, &ran)?;
        if let Some(token) = ran
            .stdout
            .lines()
            .find(|line| line.starts_with("divbase_inv_"))
        {
            token.clone_into(&mut handed_over);
        }
        if let Some(rest) = ran.stdout.split("task id: ").nth(1) {
            task_id = rest.chars().take_while(char::is_ascii_digit).collect();
        }
    }
    // What the page leads to: Erik has the records that he asked for.
    let erik = people["Erik"].cli.as_ref().ok_or("Erik was not there")?;
    let result = erik
        .folder()
        .join(format!("result_of_job_{task_id}.vcf.gz"));
    let records = installation.bcftools().records(&result).await?;
    assert_eq!(records.len(), 1, "{records:?}");
    installation.stop().await?;
    Ok(())
}

#[test]
fn lines_are_compared_around_what_differs() {
    assert!(is_as_shown("task id: 7. See", "task id: …"));
    assert!(is_as_shown("a 1 b 2 c", "a … b … c"));
    assert!(!is_as_shown("a 1 b 2 d", "a … b … c"));
    assert!(!is_as_shown("ab", "a"));
    assert_eq!(words(r#"a --b "c d" e"#), ["a", "--b", "c d", "e"]);
}
