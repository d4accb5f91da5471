//! VCF files are looked at before they travel, and compressed on the way if the user says so.

use std::io::{Read, Write};

use divbase_vcf::bgzf::{Deflater, EOF_MARKER};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};

use crate::{home::Home, stub::Stub};

const VCF: &str = "##fileformat=VCFv4.2\n##contig=<ID=1>\n\
                   #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tA\tB\n";

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn bgzip(text: &str) -> Vec<u8> {
    let mut blocks = Vec::new();
    Deflater::new(6).deflate(text.as_bytes(), &mut blocks);
    blocks.extend(EOF_MARKER);
    blocks
}

fn inflated(bytes: &[u8]) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(bytes)
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn write(home: &Home, name: &str, content: &[u8]) {
    std::fs::write(home.write(&format!("work/{name}"), ""), content).unwrap();
}

#[test]
fn files_that_no_index_takes_are_all_named_and_none_is_sent() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    let twice = VCF.replace("\tA\tB", "\tA\tA");
    let whole = bgzip(VCF);
    let rows: [(&str, Vec<u8>, &str); 7] = [
        ("gzip.vcf.gz", gzip(VCF), "Add --bgzip"),
        ("text.vcf.gz", VCF.into(), "Add --bgzip"),
        ("other.vcf.gz", bgzip("no VCF\n"), "##fileformat"),
        ("headless.vcf.gz", bgzip("##fileformat=VCFv4.2\n"), "#CHROM"),
        ("twice.vcf.gz", bgzip(&twice), "reheader"),
        (
            "cut.vcf.gz",
            whole[..whole.len() - EOF_MARKER.len()].into(),
            "end-of-file marker",
        ),
        ("broken.vcf.gz", whole[..40].into(), "truncated"),
    ];
    write(&home, "good.vcf.gz", &whole);
    for (name, content, _) in &rows {
        write(&home, name, content);
    }
    let run = home.run(&["files", "upload", "*.vcf.gz"]).expect(1);
    for (name, _, said) in &rows {
        let line = run.err.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("{name} is not named: {}", run.err));
        assert!(line.contains(said), "{said}: {line}");
    }
    assert!(!run.err.contains("good.vcf.gz"), "{}", run.err);
    assert!(run.err.contains("--no-check"), "{}", run.err);
    stub.store(|store| assert!(store.objects.is_empty()));

    home.run(&["files", "upload", "good.vcf.gz"]).expect(0);
    home.run(&["files", "upload", "--no-check", "cut.vcf.gz"])
        .expect(0);
    stub.store(|store| assert_eq!(store.objects.len(), 2));
}

#[test]
fn bgzip_on_the_way_takes_text_and_gzip_and_leaves_blocks_alone() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    // Lines of all lengths, beyond that of a block, over more than one read of the file.
    let long: String = (1..400)
        .map(|n| {
            format!(
                "1\t{n}\t{}\tA\tC\t.\t.\t.\tGT\t0/1\t1/1\n",
                "x".repeat(n * n % 70_001)
            )
        })
        .collect();
    let text = format!("{VCF}{long}");
    assert!(text.len() > 4 << 20);
    write(&home, "a.vcf", text.as_bytes());
    write(&home, "b.vcf.gz", &gzip(&text));
    write(&home, "c.vcf.gz", &bgzip(VCF));
    home.run(&[
        "files", "upload", "--bgzip", "a.vcf", "b.vcf.gz", "c.vcf.gz",
    ])
    .expect(0);
    let (a, b, c) = stub.store(|store| {
        let object = |name: &str| store.objects[name].clone();
        (object("a.vcf.gz"), object("b.vcf.gz"), object("c.vcf.gz"))
    });
    assert_eq!(a, b);
    assert_eq!(c, bgzip(VCF));
    assert!(inflated(&a) == text);
    write(&home, "back.vcf.gz", &a);
    home.run(&["local", "index", "back.vcf.gz"]).expect(0);
    home.run(&["local", "view", "-r", "1:399", "-H", "back.vcf.gz"])
        .expect(0);
    let run = home
        .run(&["files", "upload", "-n", "--bgzip", "a.vcf"])
        .expect(1);
    assert!(
        run.err.contains("already exist") && run.err.contains("a.vcf'"),
        "the same text makes the same file: {}",
        run.err
    );
}

#[test]
fn plain_text_is_sent_as_it_is_and_a_note_says_what_that_means() {
    let stub = Stub::start();
    let home = Home::logged_in(&stub);
    write(&home, "a.vcf", VCF.as_bytes());
    let run = home.run(&["files", "upload", "a.vcf"]).expect(0);
    for words in ["plain text", "--bgzip", "local view -Oz"] {
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
    assert_eq!(
        stub.store(|store| store.objects["a.vcf"].clone()),
        VCF.as_bytes()
    );
    // What it says to do is what works.
    home.run(&["local", "view", "-Oz", "-o", "made.vcf.gz", "a.vcf"])
        .expect(0);
    let run = home.run(&["files", "upload", "made.vcf.gz"]).expect(0);
    assert!(!run.err.contains("note:"), "{}", run.err);
    // Text under the name of what is compressed, and the other way round.
    write(&home, "text.vcf.gz", VCF.as_bytes());
    let run = home.run(&["files", "upload", "text.vcf.gz"]).expect(1);
    assert!(run.err.contains("--bgzip"), "{}", run.err);
    write(&home, "blocks.vcf", &bgzip(VCF));
    let run = home.run(&["files", "upload", "blocks.vcf"]).expect(1);
    assert!(run.err.contains("Call it .vcf.gz"), "{}", run.err);
    write(&home, "none.vcf", b"no VCF\n");
    home.run(&["files", "upload", "none.vcf"]).expect(1);
    // Two files that would get one name.
    write(&home, "a.vcf.gz", &bgzip(VCF));
    let run = home
        .run(&["files", "upload", "--bgzip", "a.vcf", "a.vcf.gz"])
        .expect(1);
    assert!(run.err.contains("same name"), "{}", run.err);
}
