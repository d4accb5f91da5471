//! The command grammar against bcftools' own reading of options.

use divbase_vcf::command::{self, Problem, Reason, argv};

use crate::oracle::Oracle;

const VCF: &str = "##fileformat=VCFv4.2
##contig=<ID=c,length=1000>
##contig=<ID=d:1,length=1000>
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb,c\t^d
c\t1\trs1\tA\tC\t10\tPASS\t.\tGT\t0/1\t0|0\t1/1
c\t5\t.\tA\tC,G\t30\tPASS\t.\tGT\t0/2\t./.\t1/1
c\t90\t.\tAT\tA\t50\tPASS\t.\tGT\t0|1\t1|1\t1|0
d:1\t7\t.\tA\t.\t.\tPASS\t.\tGT\t0/0\t0/0\t0/0
";

/// The long names that bcftools 1.24 knows.
const LONG: &[&str] = &[
    "genotype",
    "compression-level",
    "threads",
    "header-only",
    "no-header",
    "with-header",
    "exclude",
    "include",
    "trim-alt-alleles",
    "trim-unseen-allele",
    "no-update",
    "drop-genotypes",
    "private",
    "exclude-private",
    "uncalled",
    "exclude-uncalled",
    "apply-filters",
    "known",
    "novel",
    "min-alleles",
    "max-alleles",
    "samples",
    "samples-file",
    "force-samples",
    "output-type",
    "output-file",
    "output",
    "types",
    "exclude-types",
    "targets",
    "targets-file",
    "targets-overlap",
    "regions",
    "regions-file",
    "regions-overlap",
    "min-ac",
    "max-ac",
    "min-af",
    "max-af",
    "phased",
    "exclude-phased",
    "no-version",
    "write-index",
    "verbosity",
];

fn tokens(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

#[test]
fn abbreviations_stand_for_what_getopt_takes_them_for() {
    let mut oracle = Oracle::start();
    let mut prefixes: Vec<_> = LONG
        .iter()
        .flat_map(|name| (1..=name.len()).map(|end| &name[..end]))
        .collect();
    prefixes.sort_unstable();
    prefixes.dedup();
    for prefix in prefixes {
        let option = format!("--{prefix}");
        // The option stands alone, so that those with a value fail for want of it and the others of a file.
        let messages = oracle.run(&["view", &option]).messages;
        let ours = command::parse_local(&tokens(&[&option]));
        let reasons = |wanted: fn(&Reason) -> bool| {
            ours.as_ref()
                .is_err_and(|problems| problems.iter().any(|Problem { reason, .. }| wanted(reason)))
        };
        let found = (
            reasons(|reason| matches!(reason, Reason::Ambiguous(_))),
            reasons(|reason| matches!(reason, Reason::Unknown(_))),
            reasons(|reason| matches!(reason, Reason::MissingValue(_))),
        );
        let expected = (
            messages.contains("is ambiguous"),
            messages.contains("unrecognized option"),
            messages.contains("requires an argument"),
        );
        assert_eq!(found, expected, "{option}: {messages}");
    }
}

#[test]
fn a_plan_runs_as_its_command_would() {
    let mut oracle = Oracle::start();
    let path = oracle.folder().join("-in.vcf");
    std::fs::write(&path, VCF).unwrap();
    let path = path.to_str().unwrap().to_owned();
    for command in [
        "-m2 -M2 -vsnps",
        "-Gi QUAL>20",
        "-e GT=\"het\" --no-version",
        "-t ^c:5,{d:1} --targets-overlap variant",
        "-t c:1-5,c:80-",
        "-c1 -C 3:nonmajor -q 0.1:alt1 -Q.9:major",
        "-g ^miss -p",
        "-k",
        "-n",
        "-kn",
        "-u",
        "-UI",
        "-aA",
        "-AA",
        "-P",
        "-f PASS,.",
        "-V indels,mnps",
        "--dr",
        "-x -s a",
        "-X -s a",
        "-s ^a",
        "-s a --force-s",
        "-s zz,a --force-samples",
    ] {
        let words: Vec<_> = command.split(' ').collect();
        let typed: Vec<_> = ["view", "-H"]
            .into_iter()
            .chain(words.iter().copied())
            .chain([&path[..]])
            .collect();
        let expected = oracle.run(&typed);
        assert_eq!(expected.code, 0, "{command}: {}", expected.messages);

        let plan = command::parse_local(&tokens(&words))
            .unwrap_or_else(|error| panic!("{command}: {error:?}"));
        let samples = match &plan.stage.samples {
            None => argv::SampleArgument::All,
            Some(command::SampleChoice::Include(names)) => {
                argv::SampleArgument::Inline(names.join(","))
            }
            Some(command::SampleChoice::Exclude(names)) => {
                argv::SampleArgument::Inline(format!("^{}", names.join(",")))
            }
            other => panic!("{other:?}"),
        };
        let arguments = argv::view(&plan.stage, &samples, path.as_ref(), argv::OutputType::Vcf);
        let arguments: Vec<_> = arguments
            .iter()
            .map(|argument| argument.to_str().unwrap())
            .collect();
        let found = oracle.run(&arguments);
        assert_eq!(found.code, 0, "{arguments:?}: {}", found.messages);
        let records: Vec<_> = found
            .output
            .split_inclusive(|b| *b == b'\n')
            .filter(|line| line[0] != b'#')
            .collect();
        assert_eq!(
            String::from_utf8_lossy(&records.concat()),
            String::from_utf8_lossy(&expected.output),
            "{command}"
        );
    }
}

#[test]
fn names_that_would_be_misread_reach_bcftools_through_a_file() {
    let mut oracle = Oracle::start();
    let path = oracle.folder().join("in.vcf");
    std::fs::write(&path, VCF).unwrap();
    let names = tokens(&["^d", "b,c"]);
    let argv::SampleList::NeedsFile(content) = argv::SampleList::new(&names) else {
        panic!("{names:?} cannot be told from an exclusion of other names");
    };
    let list = oracle.folder().join("names");
    std::fs::write(&list, content).unwrap();
    let stage = command::ViewStage::default();
    let arguments = argv::view(
        &stage,
        &argv::SampleArgument::File(list),
        &path,
        argv::OutputType::Vcf,
    );
    let arguments: Vec<_> = arguments
        .iter()
        .map(|argument| argument.to_str().unwrap())
        .collect();
    let output = String::from_utf8(oracle.run(&arguments).output).unwrap();
    let columns = output
        .lines()
        .find(|line| line.starts_with("#CHROM"))
        .unwrap();
    assert!(columns.ends_with("\tFORMAT\t^d\tb,c"), "{columns}");
}
