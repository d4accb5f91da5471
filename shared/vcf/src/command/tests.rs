//! What users write and what becomes of it, across the modules of the grammar.

use super::*;

fn service(text: &str) -> Result<Pipeline, CommandError> {
    parse_service(text, Selection::Named)
}

fn refusal(text: &str, selection: Selection) -> String {
    parse_service(text, selection).expect_err(text).to_string()
}

#[test]
fn blank_commands_and_segments_are_schema_errors() {
    for (text, part) in [
        ("", "non-empty bcftools view string"),
        (" \t ", "non-empty bcftools view string"),
        ("view -G;", "empty pipeline segment at position 2"),
        ("view -G; ;view -I", "empty pipeline segment at position 2"),
        (";", "empty pipeline segment at position 1"),
    ] {
        let error = service(text).expect_err(text);
        assert_eq!(error.kind(), CommandErrorKind::Schema, "{text}");
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
}

#[test]
fn samples_are_placed_where_the_user_says_and_else_first() {
    let places = |text: &str| {
        let stages = service(text).unwrap().stages;
        stages
            .iter()
            .map(|stage| stage.samples.is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(places("view -G; view -m2"), [true, false]);
    assert_eq!(places("view -m2; view -Gs"), [false, true]);
    assert_eq!(places("view -s; view --samples -G"), [true, true]);
    let all = parse_service("view -G", Selection::AllSamples).unwrap();
    assert_eq!(all.stages[0].samples, None);
}

#[test]
fn every_spelling_of_a_blocked_option_is_refused() {
    for text in [
        "-h",
        "--header-only",
        "--header",
        "-l1",
        "-l 1",
        "--compression-level=1",
        "--comp 1",
        "-Ob",
        "-O b",
        "--output-type=b",
        "--output-t b",
        "-ofile",
        "-o file",
        "--output file",
        "--output-f=file",
        "-Rfile",
        "-R file",
        "--regions-file=file",
        "--regions-f file",
        "-Tfile",
        "-T file",
        "--targets-file=file",
        "--targets-f file",
        "--threads 2",
        "--thread=2",
        "--th=2",
        "--verbosity 2",
        "--verb 2",
        "-W",
        "-Wtbi",
        "--write-index",
        "--write-index=tbi",
        "--wr",
        "-Sfile",
        "-S file",
        "--samples-file=file",
        "--samples-f file",
        "-fPASS",
        "-f PASS",
        "--apply-filters=PASS",
        "--apply PASS",
        "--a PASS",
        "-GSfile",
        "-GW",
        "-H",
        "--no-header",
        "--no-h",
        "-GH",
    ] {
        let message = refusal(&format!("view {text}"), Selection::Named);
        assert!(
            message.contains("is not available here"),
            "{text}: {message}"
        );
    }
}

#[test]
fn what_is_no_option_is_refused() {
    for (text, part) in [
        ("view -", "standard input"),
        ("view -G -- -", "standard input"),
        ("view -G a.VCF.gz", "file names"),
        ("view a.bcf", "file names"),
        ("view -r x.vcf", "file names"),
        ("view -G /etc/passwd", "belongs to no option"),
        ("view -G http://x/y", "belongs to no option"),
        ("view", "view -s"),
        ("view -G -r", "needs a value"),
        ("view -r -G", "needs a value"),
        ("view -s A,B", "names of samples"),
        ("view -sA", "names of samples"),
        ("view --samples=A", "names of samples"),
        ("view -Gs ^A", "names of samples"),
        ("view --no-v --min-a 2", "--min-alleles, --min-ac, --min-af"),
        ("view -z", "no option of bcftools view"),
        ("view --foo=1", "no option of bcftools view"),
        ("query -f %POS", "only view"),
        ("view -G; bash -c ls", "segment 2, \"bash\""),
        ("view -i 'QUAL>1", "never closed"),
        ("view -i 'ID=@/etc/passwd'", "may not read a file"),
        ("view -e 'GT[@/etc/passwd]=\"het\"'", "may not read a file"),
        ("view -i 'perl:x.pl; perl.f(1)'", "Perl"),
        ("view -i 'QUAL>'", "at character 5"),
        ("view -i QUAL -e DP", "cannot be given together"),
        ("view -i QUAL -i DP", "given twice"),
        ("view -v snps -V indels", "cannot be given together"),
        ("view -p -P", "cannot be given together"),
        ("view -uU", "cannot be given together"),
        ("view -xX", "cannot be given together"),
        ("view -g hett", "use hom, het"),
        ("view -v snp,dels", "snps, indels"),
        ("view -m two", "whole number"),
        ("view -c 0.05", "whole number"),
        ("view -q 0.05:least", "allele type"),
        ("view --regions-overlap 3", "0 (pos)"),
        ("view -r chr1:9-1", "ends before"),
    ] {
        let message = refusal(text, Selection::Named);
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn all_faults_are_reported_together() {
    let message = refusal("view -R f -G; view -Ob x.vcf --thr 3", Selection::Named);
    for part in [
        "segment 1, \"-R\"",
        "segment 2, \"-Ob\"",
        "\"x.vcf\"",
        "\"--thr\"",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[test]
fn values_that_look_like_options_or_files_are_values() {
    for text in [
        r#"view -i 'ID="a.vcf"'"#,
        r#"view -i 'FILTER="@x"'"#,
        "view -i '-f<3'",
        "view --include -h=3",
        "view --regions=-name:1-2",
    ] {
        service(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

#[test]
fn identical_segments_are_refused() {
    let error = service("view -G; view -i 'QUAL>1'; view  '-G'").unwrap_err();
    assert_eq!(error, CommandError::IdenticalSegments(vec![1, 3]));
}

#[test]
fn a_bare_view_of_all_samples_merges_the_project() {
    for text in ["view", "view --with-header"] {
        let plan = parse_service(text, Selection::AllSamples).unwrap();
        assert_eq!(plan.stages, [ViewStage::default()], "{text}");
    }
    for (text, part) in [
        ("view -s", "for all samples"),
        ("view -G -s", "for all samples"),
    ] {
        let message = refusal(text, Selection::AllSamples);
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn the_canonical_text_reads_back() {
    for text in [
        "view -s",
        "view -GIaAp -r 'a:1-2,{b:c}:3-' --regions-overlap pos -t ^d,e:5 --targets-overlap 2",
        "view -m2 -M 3 -c1:minor -C 9 -q.01 -Q 0.5:major -g^het -kn -u -x -vsnps,ref --force-samples",
        r#"view -e 'GT="het" && ID!="it'\''s"' -nPUX -V other -AA --no-version; view -s -ghom"#,
    ] {
        let plan = service(text).unwrap();
        let printed = plan.to_string();
        assert_eq!(service(&printed).as_ref(), Ok(&plan), "{printed}");
        assert_eq!(service(&printed).unwrap().to_string(), printed);
        let json = serde_json::to_string(&plan).unwrap();
        assert_eq!(
            serde_json::from_str::<Pipeline>(&json).unwrap(),
            plan,
            "{json}"
        );
    }
}

#[test]
fn bcftools_gets_the_plan_in_unmistakable_tokens() {
    let plan = service("view -Gi '-f<3' -r c:5- -AA").unwrap();
    let samples = argv::SampleArgument::Inline("-x,y".to_owned());
    let arguments = argv::view(
        &plan.stages[0],
        &samples,
        "-in.vcf".as_ref(),
        argv::OutputType::UncompressedBcf,
    );
    assert_eq!(
        arguments,
        [
            "view",
            "--regions=c:5-",
            "--include=-f<3",
            "--trim-unseen-allele",
            "--trim-unseen-allele",
            "--drop-genotypes",
            "--samples=-x,y",
            "--output-type=u",
            "--",
            "-in.vcf"
        ]
    );
}

#[test]
fn local_commands_choose_their_output() {
    let local = |text: &str| parse_local(&text.split(' ').map(String::from).collect::<Vec<_>>());
    let view = local("-s ^a,b -H -Oz6 in.vcf c:1-2 d").unwrap();
    assert_eq!(
        view.stage.samples,
        Some(SampleChoice::Exclude(vec!["a".to_owned(), "b".to_owned()]))
    );
    assert_eq!(view.output.parts, OutputParts::RecordsOnly);
    assert_eq!(
        (view.output.format, view.output.level),
        (LocalFormat::Bgzip, Some(6))
    );
    assert_eq!(view.input.as_deref(), Some("in.vcf"));
    assert_eq!(region::join(&view.stage.regions), "c:1-2,d");
    assert_eq!(
        local("-o x.vcf.gz -h y").unwrap().output.format,
        LocalFormat::Bgzip
    );
    assert_eq!(
        local("-H --with-header y").unwrap().output.parts,
        OutputParts::All
    );
    for (text, format) in [
        ("-Ob x", LocalFormat::Bcf),
        ("-Ob -l 3 x", LocalFormat::Bcf),
        ("-Ou x", LocalFormat::StoredBcf),
        ("-Oz -o x.BCF y", LocalFormat::Bcf),
    ] {
        assert_eq!(local(text).unwrap().output.format, format, "{text}");
    }
    for text in ["-R f -r 1 x", "-O v5 x", "-O q x", "-l 10 x", "--foo x"] {
        assert!(local(text).is_err(), "{text}");
    }
}

#[test]
fn local_commands_name_files_of_regions_and_targets() {
    let words = ["-R", "r.bed", "-T", "^t.tsv", "x", "2:5"].map(str::to_owned);
    let plan = parse_local(&words).unwrap();
    assert_eq!(plan.regions_file.as_deref(), Some("r.bed"));
    assert_eq!(
        plan.targets_file,
        Some((Sites::Exclude, "t.tsv".to_owned()))
    );
    assert!(plan.stage.regions.is_empty());
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Texts of which the grammar has something to say.
    fn fragment() -> impl Strategy<Value = String> {
        prop_oneof![
            prop::sample::select(vec![
                "view",
                "-G",
                "-s",
                "-m2",
                "-M",
                "3",
                "-i",
                "'QUAL>30'",
                "\"GT='het'\"",
                "-r",
                "c:1-5,d",
                "-t",
                "^c:7-",
                "--min-af=0.1:minor",
                "-v",
                "snps,ref",
                "-g",
                "^het",
                "-AA",
                ";",
                "--",
                "-x",
                "-kn",
                "--no-version",
                "--regions-overlap",
                "2",
                "-e",
                "'N_PASS(DP>1)>0'",
                "\\;",
                "{a:b}:2",
                "-c",
                "1:nonmajor",
                "-pU",
            ])
            .prop_map(String::from),
            "[-a-zA-Z0-9'\"\\\\;=:,^ {}<>@.\u{e4}]{0,8}",
        ]
    }

    proptest! {
        #[test]
        fn a_plan_prints_as_a_command_that_gives_the_same_plan(
            fragments in prop::collection::vec(fragment(), 0..12),
            named in any::<bool>(),
        ) {
            let selection = if named { Selection::Named } else { Selection::AllSamples };
            let text = format!("view -I {}", fragments.join(" "));
            if let Ok(plan) = parse_service(&text, selection) {
                let printed = plan.to_string();
                let json = serde_json::to_string(&plan).unwrap();
                prop_assert_eq!(parse_service(&printed, selection).unwrap(), plan.clone(), "{}", printed);
                prop_assert_eq!(serde_json::from_str::<Pipeline>(&json).unwrap(), plan);
            }
        }

        #[test]
        fn no_text_makes_the_grammar_panic(text in "\\PC{0,60}", tokens in prop::collection::vec("\\PC{0,12}", 0..6)) {
            let _ = parse_service(&text, Selection::Named);
            let _ = parse_service(&format!("view {text}"), Selection::AllSamples);
            let _ = parse_local(&tokens);
            let _ = crate::expr::parse(&text);
        }

        #[test]
        fn no_plan_of_the_service_names_a_file(fragments in prop::collection::vec(fragment(), 0..12)) {
            let text = format!("view -I {} /etc/passwd -S/etc/passwd", fragments.join(" "));
            prop_assert!(service(&text).is_err());
        }
    }
}
