//! Files and places that are at fault: told, with the right name and a remedy that fits.

use std::fmt::Write;

use super::folder::{Folder, bgzip, blocks, file, header};

fn long_file() -> String {
    let positions: Vec<u32> = (1..9_000).collect();
    file("A", &positions)
}

#[test]
fn a_file_cut_at_any_block_is_refused_by_every_command_after_its_records() {
    let folder = Folder::new();
    let whole = blocks(&long_file());
    assert!(whole.len() > 3);
    folder.write("whole.vcf.gz", bgzip(&long_file()));
    folder.run(&["index", "whole.vcf.gz"]).expect(0);
    for kept in 1..=whole.len() {
        folder.write("cut.vcf.gz", whole[..kept].concat());
        for words in [
            &["view", "-H"][..],
            &["view", "-H", "-r", "1:1-10"],
            &["view", "-G", "-Oz"],
            &["index", "-f"],
            &["dimensions"],
            &["concat"],
            &["merge", "--force-single"],
            &["join"],
            &["query", "--command", "view -G"],
        ] {
            // Block for block of the result may be binary.
            let words = [words, &["-o", "out", "cut.vcf.gz"]].concat();
            let run = match words[0] {
                "dimensions" => folder.run(&["dimensions", "cut.vcf.gz"]),
                _ => folder.run(&words),
            };
            assert_eq!(run.code, 1, "{words:?} at {kept}: {}", run.err);
            assert!(run.err.contains("cut.vcf.gz: truncated"), "{}", run.err);
            assert!(!folder.path("out").exists(), "{words:?}");
        }
        let records: usize = whole[..kept]
            .iter()
            .map(|block| inflated_lines(block))
            .sum();
        let run = folder.run(&["view", "--no-version", "cut.vcf.gz", "--threads", "2"]);
        assert_eq!(
            run.out.lines().count(),
            records + 1,
            "with the line for PASS"
        );
    }
}

fn inflated_lines(block: &[u8]) -> usize {
    let mut text = Vec::new();
    let blocks = divbase_vcf::bgzf::whole_blocks(block, 0).unwrap();
    for (at, header) in blocks {
        divbase_vcf::bgzf::Inflater::default()
            .inflate(&block[at..at + header.total], header, 0, &mut text)
            .unwrap();
    }
    text.iter().filter(|byte| **byte == b'\n').count()
}

#[test]
fn what_no_query_can_print_is_not_indexed() {
    let head = header(&["A", "B"]);
    let folder = Folder::new();
    for (record, said) in [
        ("1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/x\t0/1", "GT"),
        ("1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1:3\t0/1", "subfields"),
        ("1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1", "sample columns"),
        ("1\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t", "sample columns"),
        ("1\tx\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1", "POS"),
        ("a,b\t5\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1", "CHROM"),
    ] {
        let text = format!("{head}1\t1\t.\tA\tC\t.\t.\t.\tGT\t0/1\t0/1\n{record}\n");
        folder.write("x.vcf.gz", bgzip(&text));
        for words in [&["view"][..], &["index", "-f"], &["dimensions"]] {
            let run = folder.run(&[words, &["x.vcf.gz"]].concat());
            assert_eq!(run.code, 1, "{words:?} {record:?}");
            assert!(run.err.contains("line 7"), "{}", run.err);
            assert!(run.err.contains(said), "{}", run.err);
        }
    }
}

#[test]
fn a_line_longer_than_any_may_be_is_refused_by_all() {
    let folder = Folder::new();
    let mut text = header(&[]);
    text.push_str("1\t5\t.\tA\tC\t.\t.\tX=");
    text.push_str(&"x".repeat(68 << 20));
    text.push('\n');
    folder.write("x.vcf.gz", bgzip(&text));
    drop(text);
    for words in [
        &["dimensions"][..],
        &["index", "-f"],
        &["view", "-G", "-o", "out"],
    ] {
        let run = folder.run(&[words, &["x.vcf.gz"]].concat()).expect(1);
        assert!(run.err.contains("longer than 64 MiB"), "{}", run.err);
    }
}

#[test]
fn an_output_that_cannot_be_written_is_not_the_fault_of_the_input() {
    let folder = Folder::new();
    folder.write("a.vcf.gz", bgzip(&file("A", &[1, 2])));
    for words in [
        &["view", "-o", "none/x.vcf"][..],
        &["view", "-Oz", "-o", "none/x.vcf.gz"],
        &["index", "-o", "none/x.csi"],
        &["merge", "--force-single", "-o", "none/x.vcf"],
        &["concat", "-o", "none/x.vcf"],
        &["view", "-o", "/dev/full"],
    ] {
        let run = folder.run(&[words, &["a.vcf.gz"]].concat()).expect(1);
        assert!(run.err.contains(words[words.len() - 1]), "{}", run.err);
        assert!(!run.err.contains("a.vcf.gz"), "{}", run.err);
        assert!(run.err.contains("room"), "{}", run.err);
    }
    let run = folder.shell("$local view a.vcf.gz > /dev/full").expect(1);
    assert!(run.err.contains("standard output"), "{}", run.err);
    assert_eq!(run.err.matches("No space").count(), 1, "{}", run.err);
}

#[test]
fn remedies_fit_the_fault() {
    let folder = Folder::new();
    let sites = format!("{}1\t5\t.\tA\tC\t.\t.\t.\n", header(&[]));
    folder.write("sites.vcf", &sites);
    folder.write("sites.vcf.gz", bgzip(&sites));
    for (words, code, remedy) in [
        (
            &["view", "-i", "AN<10", "sites.vcf"][..],
            1,
            "Change the expression",
        ),
        (&["index", "-n", "sites.vcf.gz"], 1, "`index`"),
        (&["view", "none.vcf"], 1, "exists"),
        (&["view", "-s", "X", "sites.vcf"], 1, "option"),
        (&["index", "sites.vcf"], 1, "bgzip"),
    ] {
        let run = folder.run(words).expect(code);
        assert!(run.err.contains(remedy), "{words:?}: {}", run.err);
    }
}

#[test]
fn threads_and_open_files_are_bounded() {
    let folder = Folder::new();
    let mut names = String::new();
    for number in 0..100 {
        let name = format!("{number}.vcf.gz");
        folder.write(&name, bgzip(&file(&format!("S{number}"), &[5])));
        write!(names, " {name}").unwrap();
    }
    let run = folder.run(&["view", "-H", "--threads", "20000", "1.vcf.gz"]);
    assert_eq!(run.expect(0).out.lines().count(), 1);
    let run = folder.shell(&format!("$local merge -H{names}")).expect(2);
    assert!(run.err.contains("-H"), "{}", run.err);
    let run = folder.shell(&format!(
        "$local merge{names} --threads 20000 | tail -n1 | wc -w"
    ));
    assert_eq!(run.expect(0).out.trim(), "109");
    let run = folder
        .shell(&format!("ulimit -n 64; $local merge{names}"))
        .expect(1);
    assert!(run.err.contains("ulimit -n"), "{}", run.err);
}

#[test]
fn counts_that_are_not_declared_are_left_to_bcftools() {
    let folder = Folder::new();
    for counts in ["AN=2184;AC=249", "AC=1;AN=4", "AN=4;AC=1"] {
        let record = format!("1\t5\t.\tA\tC\t.\t.\t{counts}\tGT\t0/1\t0/0\n");
        folder.write("u.vcf", header(&["A", "B"]) + &record);
        for expression in ["AC>0", "AN>1", "AF<0.5", "MAC>0", "MAF>0"] {
            folder.run(&["view", "-i", expression, "u.vcf"]).expect(3);
        }
    }
}
