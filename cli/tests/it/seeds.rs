//! What the seed documents ask of the program: groups with their help, the project from the configuration, one way to call the
//! service, the number of what was submitted, and the older name of the VCF query with each of its arguments.

use serde_json::{Value, json};

use crate::{
    home::Home,
    stub::{Reply, Stub},
};

#[test]
fn commands_stand_in_groups_that_show_their_help() {
    let home = Home::new(&Stub::start());
    let all = home.run(&[]).expect(2).out;
    for (group, command) in [
        ("auth", "login"),
        ("config", "add"),
        ("dimensions", "update"),
        ("files", "upload"),
        ("query", "bcftools-pipe"),
        ("task-history", "user"),
        ("version", "add"),
    ] {
        assert!(all.contains(group), "{group} is in:\n{all}");
        let shown = home.run(&[group]).expect(2);
        assert!(shown.err.is_empty(), "{}", shown.err);
        assert!(
            shown.out.contains("Usage:") && shown.out.contains(command),
            "{group}:\n{}",
            shown.out
        );
    }
}

/// With a project, its server and the token of that server from the user's configuration, or from another that is named.
#[test]
fn each_argument_of_the_older_name_is_sent() {
    let stub = Stub::start();
    for project in ["proj", "other", "third"] {
        stub.on(
            &format!("POST /api/v1/query/vcf/projects/{project}"),
            [Reply::json(201, &json!(41))],
        );
    }
    let home = Home::logged_in(&stub);
    home.run(&["config", "add", "other", "-u", &stub.api()])
        .expect(0);
    let config = home.read("config.yaml").replace("other", "third");
    home.write("work/mine.yaml", config);
    let all_rows = json!({"tsv_filter": "", "metadata_tsv_name": "sample_metadata.tsv"});
    for (arguments, project, expected) in [
        (&[][..], "proj", all_rows.clone()),
        (&["--tsv-filter", ""], "proj", all_rows.clone()),
        (
            &["--tsv-filter", "Area:North;Sex:F"],
            "proj",
            json!({"tsv_filter": "Area:North;Sex:F", "metadata_tsv_name": "sample_metadata.tsv"}),
        ),
        (
            &["--metadata-tsv-name", "mine.tsv"],
            "proj",
            json!({"tsv_filter": "", "metadata_tsv_name": "mine.tsv"}),
        ),
        (&["--project", "other"], "other", all_rows.clone()),
        (
            &["--config", "mine.yaml", "--project", "third"],
            "third",
            all_rows,
        ),
    ] {
        let command = "view -r 1:1-9; view -i 'QUAL>3'";
        let run = home
            .run(&[&["query", "bcftools-pipe", command], arguments].concat())
            .expect(0);
        assert!(
            run.out
                .contains("Job submitted successfully with task id: 41"),
            "{}",
            run.out
        );
        let path = format!("POST /api/v1/query/vcf/projects/{project}");
        let requests = stub.requests(&path);
        let request = requests.last().expect("it was sent there");
        assert_eq!(request.header("authorization"), "Bearer access");
        let body: Value = request.json();
        assert_eq!(body["command"], command, "{arguments:?}");
        assert_eq!(body["all_samples"], false);
        assert_eq!(body["samples"], Value::Null);
        for (field, value) in expected.as_object().expect("an object") {
            assert_eq!(&body[field], value, "{arguments:?}: {field}");
        }
    }
    home.run(&["query", "bcftools-pipe"]).expect(2);
    home.run(&["query", "bcftools-pipe", "view", "--project", "nowhere"])
        .expect(1);
}
