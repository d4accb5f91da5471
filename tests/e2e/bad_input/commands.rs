//! Commands that are not run: refused with 400 before a task exists, naming the token and what to do instead.

use divbase_tests::{Outcome, client::Request, installation::Installation, vcf};
use serde_json::json;

/// Commands and what the answer must name.
const REFUSED: &[(&str, &str)] = &[
    // options that the service keeps to itself: short, glued, bundled, long, with `=`, abbreviated
    ("view -r 1 -o x", "-o"),
    ("view -r 1 -ox", "-o"),
    ("view -r 1 --output x", "--output"),
    ("view -r 1 --output=x", "--output"),
    ("view -r 1 -Ob", "-O"),
    ("view -GOb", "-O"),
    ("view -r 1 --output-type v", "--output-type"),
    ("view -r 1 --output-t v", "--output-t"),
    ("view -r 1 -l 9", "-l"),
    ("view -r 1 --compression-level 9", "--compression-level"),
    ("view -h", "-h"),
    ("view -Gh", "-h"),
    ("view --header-only", "--header-only"),
    ("view --header-o", "--header-o"),
    ("view -H -r 1", "-H"),
    ("view --no-header -r 1", "--no-header"),
    ("view -R /etc/passwd", "-R"),
    ("view -R/etc/passwd", "-R"),
    ("view --regions-file /etc/passwd", "--regions-file"),
    ("view --regions-f=/etc/passwd", "--regions-f"),
    ("view -T /etc/passwd", "-T"),
    ("view -T ^/etc/passwd", "-T"),
    ("view --targets-f /etc/passwd", "--targets-f"),
    ("view -S /etc/passwd", "-S"),
    ("view --samples-file=/etc/passwd", "--samples-file"),
    ("view --samples-f /etc/passwd", "--samples-f"),
    ("view -f PASS", "-f"),
    ("view -fPASS", "-f"),
    ("view --apply-filters PASS", "--apply-filters"),
    ("view --apply PASS", "--apply"),
    ("view -r 1 --threads 8", "--threads"),
    ("view -r 1 --thread 8", "--thread"),
    ("view -r 1 --verbosity 9", "--verbosity"),
    ("view -r 1 -W", "-W"),
    ("view -r 1 -Wtbi", "-W"),
    ("view -r 1 --write-index", "--write-index"),
    // names of samples, files, standard input
    ("view -s A1", "-s"),
    ("view -sA1", "-s"),
    ("view --samples=A1", "--samples"),
    ("view -r 1 a.vcf.gz", "a.vcf.gz"),
    ("view -G /etc/passwd", "/etc/passwd"),
    ("view -G http://example.org/x", "http://example.org/x"),
    ("view -r 1 -", "-"),
    ("view -r 1 -- x", "x"),
    // expressions that read files
    ("view -i 'ID=@/etc/passwd'", "-i"),
    ("view -e 'ID!=@/etc/passwd'", "-e"),
    ("view --include 'ID=@list.txt'", "--include"),
    // what is no command
    ("view", "view"),
    ("view -r", "-r"),
    ("view --no-such-option", "--no-such-option"),
    ("view --min-a 1", "--min-a"),
    ("index -c", "view"),
    ("view -r 1; query -f '%POS'", "segment 2"),
    ("view -i 'QUAL>1", "quot"),
    ("view -r 1 | cat", "|"),
    ("view -r 1 && id", "&&"),
    ("view -r 1 > x", ">"),
    ("view -i 'QUAL >'", "-i"),
    ("view -i 'system(\"id\")'", "-i"),
    ("view -i 'PERL.f(QUAL)'", "-i"),
];

#[tokio::test]
async fn refused_commands_name_the_token_and_start_nothing() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "query").await?;
    let file = vcf::bgzipped(&vcf::text(&["A1", "A2"], &[("1", 100)]))?;
    installation
        .upload(&person, &project, "a.vcf.gz", &file)
        .await?;
    installation.update_dimensions(&person, &project).await?;
    let selection = json!({"samples": ["A1"]});
    let mut faults = Vec::new();
    for (command, named) in REFUSED {
        let answer = installation
            .ask_vcf_query(&person, &project, &selection, command)
            .await?;
        match answer.refused(400) {
            Ok((text, kind)) if kind == "http_error" && text.contains(named) => {}
            Ok((text, kind)) => faults.push(format!("{command}\n    {kind}: {text}")),
            Err(error) => faults.push(format!("{command}\n    {error}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    let unknown = json!({"samples": ["A1", "Z9"]});
    let answer = installation
        .ask_vcf_query(&person, &project, &unknown, "view -r 1")
        .await?;
    let (text, _) = answer.refused(400)?;
    assert!(text.contains("Z9") && !text.contains("A1,"), "{text}");

    let history = installation
        .client
        .send(Request::get("/v1/task-history/tasks/user").bearer(&person.token))
        .await?
        .accepted()?;
    let tasks = history.as_array().map_or(0, Vec::len);
    assert_eq!(tasks, 1, "only the update of the dimensions ran: {history}");

    let task_id = installation
        .submit_vcf_query(&person, &project, &selection, "view -r 1")
        .await?;
    installation.succeeded(&person, task_id).await?;
    installation.stop().await?;
    Ok(())
}

/// Spellings that look odd and are right: they are run.
#[tokio::test]
async fn bundled_glued_and_abbreviated_options_are_understood() -> Outcome {
    let installation = Installation::start().await?;
    let person = installation.person("linnea").await?;
    let project = installation.project("herring", &person, "query").await?;
    let sites = [("1", 100), ("1", 200), ("2", 50)];
    let file = vcf::bgzipped(&vcf::text(&["A1", "A2", "A3"], &sites))?;
    installation
        .upload(&person, &project, "a.vcf.gz", &file)
        .await?;
    installation.update_dimensions(&person, &project).await?;
    let by_hand: [(&str, &[&str]); 6] = [
        ("view -r1:150-250", &["-r", "1:150-250"]),
        ("view --trim-alt -c1", &["--trim-alt-alleles", "-c", "1"]),
        ("view -aUc1", &["-a", "-U", "-c", "1"]),
        ("view --inc 'QUAL>20'", &["-i", "QUAL>20"]),
        ("view -m2 -M2 -vsnps", &["-m2", "-M2", "-v", "snps"]),
        ("view -s; view -t ^2", &["-t", "^2"]),
    ];
    let bcftools = installation.bcftools();
    for (number, (command, arguments)) in by_hand.into_iter().enumerate() {
        let task_id = installation
            .submit_vcf_query(
                &person,
                &project,
                &json!({"samples": ["A3", "A1"]}),
                command,
            )
            .await?;
        installation.succeeded(&person, task_id).await?;
        let name = format!("result_of_job_{task_id}.vcf.gz");
        let result = installation.path(&name);
        std::fs::write(
            &result,
            installation.download(&person, &project, &name).await?,
        )?;
        let original = installation.path("a.vcf.gz");
        std::fs::write(&original, &file)?;
        let out = installation.path(&format!("by_hand_{number}"));
        let samples = ["A3".to_owned(), "A1".to_owned()];
        // The subset of samples is a stage of its own unless the command is one stage.
        let stages: &[&[&str]] = if command.contains(';') {
            &[&[], arguments]
        } else {
            &[arguments]
        };
        let expected = bcftools.view(&original, &samples, stages, &out).await?;
        let (expected, found) = (
            bcftools.records(&expected).await?,
            bcftools.records(&result).await?,
        );
        assert_eq!(expected, found, "{command}");
    }
    installation.stop().await?;
    Ok(())
}
