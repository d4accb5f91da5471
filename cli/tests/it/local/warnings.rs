//! What is warned of beside a result, where bcftools warns and data is affected.

use std::fs::File;
use std::time::{Duration, SystemTime};

use super::folder::{Folder, bgzip, file, header};

#[test]
fn an_index_older_than_its_file_is_told() {
    let folder = Folder::new();
    folder.write("s.vcf.gz", bgzip(&file("A", &[100])));
    folder.run(&["index", "s.vcf.gz"]).expect(0);
    let run = folder.run(&["view", "-H", "-r", "1", "s.vcf.gz"]).expect(0);
    assert_eq!(run.err, "");
    let index = File::options()
        .write(true)
        .open(folder.path("s.vcf.gz.csi"));
    let before = SystemTime::now() - Duration::from_secs(3_600);
    index.unwrap().set_modified(before).unwrap();
    for words in [
        &["view", "-H"][..],
        &["view", "-r", "2"],
        &["merge", "--force-single"],
        &["concat", "-a"],
        &["join"],
        &["index", "-n"],
    ] {
        let run = folder.run(&[words, &["s.vcf.gz"]].concat()).expect(0);
        assert!(
            run.err.contains("s.vcf.gz.csi is older"),
            "{words:?}: {}",
            run.err
        );
    }
}

#[test]
fn undeclared_names_and_values_that_become_missing_are_told_once() {
    let folder = Folder::new();
    let head = header(&["A"]).replace(
        "##FORMAT",
        "##INFO=<ID=I,Number=.,Type=Integer,Description=\"i\">\n\
         ##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"d\">\n##FORMAT",
    );
    let mut text = head;
    for position in 1..50 {
        text.push_str(&format!(
            "3\t{position}\t.\tA\tC\t.\tq10\tXX=3;I=1,3000000000\tGT:ZZ:DP\t0/1:x:-2147483648\n"
        ));
    }
    folder.write("w.vcf", &text);
    let run = folder
        .run(&["view", "-H", "--threads", "3", "w.vcf"])
        .expect(0);
    let told: Vec<&str> = run.err.lines().collect();
    assert_eq!(
        told,
        [
            "Warning: w.vcf: the scaffold \"3\" is not declared in the header",
            "Warning: w.vcf: FILTER \"q10\" is not declared in the header",
            "Warning: w.vcf: INFO \"XX\" is not declared in the header; it is read as text",
            "Warning: w.vcf: INFO \"I\" has values beyond 32 bits; they are set to missing",
            "Warning: w.vcf: FORMAT \"ZZ\" is not declared in the header; it is read as text",
            "Warning: w.vcf: FORMAT \"DP\" has values beyond 32 bits; they are set to missing",
        ]
        .map(String::from)
    );
    assert!(run.out.contains("I=1,.\t"));
    let quiet = folder
        .run(&["view", "-H", "-i", "POS<0", "w.vcf"])
        .expect(0);
    assert_eq!(quiet.err, "");
}

#[test]
fn tags_that_files_declare_differently_are_told() {
    let folder = Folder::new();
    let declare =
        |kind: &str| format!("##INFO=<ID=X,Number=1,Type={kind},Description=\"x\">\n##FORMAT");
    for (name, sample, kind) in [
        ("a", "A", "Integer"),
        ("b", "B", "Float"),
        ("a2", "A", "String"),
    ] {
        let text = file(sample, &[100]).replacen("##FORMAT", &declare(kind), 1);
        folder.write(&format!("{name}.vcf.gz"), bgzip(&text));
    }
    for (words, other) in [
        (&["merge", "a.vcf.gz", "b.vcf.gz"][..], "b.vcf.gz"),
        (&["join", "a.vcf.gz", "b.vcf.gz"], "b.vcf.gz"),
        (&["concat", "-a", "a.vcf.gz", "a2.vcf.gz"], "a2.vcf.gz"),
    ] {
        let run = folder.run(words).expect(0);
        let told = format!("Warning: {other} declares INFO/X with another type");
        assert!(run.err.contains(&told), "{words:?}: {}", run.err);
    }
}

#[test]
fn files_whose_scaffolds_come_in_another_order_are_left_to_bcftools() {
    let folder = Folder::new();
    let record = |scaffold: &str| format!("{scaffold}\t100\t.\tA\tC\t.\t.\t.\tGT\t0/1\n");
    for (name, sample, scaffolds) in [
        ("x", "X", &["2"][..]),
        ("y", "Y", &["1"]),
        ("z", "Z", &["1", "2"]),
        ("x2", "X", &["1"]),
    ] {
        let records: String = scaffolds.iter().map(|name| record(name)).collect();
        folder.write(
            &format!("{name}.vcf.gz"),
            bgzip(&(header(&[sample]) + &records)),
        );
        folder.run(&["index", &format!("{name}.vcf.gz")]).expect(0);
    }
    for (line, code) in [
        ("merge x.vcf.gz y.vcf.gz", 3),
        ("merge y.vcf.gz x.vcf.gz", 0),
        ("merge x.vcf.gz z.vcf.gz", 3),
        ("merge z.vcf.gz x.vcf.gz", 0),
        ("merge -r 2,1 z.vcf.gz y.vcf.gz", 3),
        ("merge -r 1,2 x.vcf.gz y.vcf.gz", 0),
        ("merge -r 3,1 x.vcf.gz y.vcf.gz", 0),
        ("concat -a x.vcf.gz x2.vcf.gz", 3),
        ("concat -a x2.vcf.gz x.vcf.gz", 0),
        ("join x.vcf.gz y.vcf.gz", 0),
    ] {
        let run = folder.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(run.code, code, "{line}: {}", run.err);
        assert_eq!(run.out.is_empty(), code == 3, "{line}");
    }
}
