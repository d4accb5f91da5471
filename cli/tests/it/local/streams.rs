//! What is read only once: standard input, pipes, process substitution.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use super::folder::{Folder, bgzip, file, header};

#[test]
fn every_command_reads_streams_like_files() {
    let folder = Folder::new();
    folder.write("a.vcf", file("A", &[100, 200]));
    folder.write("a.vcf.gz", bgzip(&file("A", &[100, 200])));
    folder.write("b.vcf.gz", bgzip(&file("B", &[100, 200])));
    for (line, same) in [
        ("view -H <(cat a.vcf.gz)", "view -H a.vcf.gz"),
        ("view -H <(cat a.vcf)", "view -H a.vcf"),
        ("view -H - < a.vcf.gz", "view -H a.vcf.gz"),
        ("view -H /dev/stdin < a.vcf.gz", "view -H a.vcf.gz"),
        ("view -H /dev/stdin < <(cat a.vcf)", "view -H a.vcf"),
        (
            "view -H -r 1:200,1:100 - < a.vcf",
            "view -H -r 1:200,1:100 a.vcf",
        ),
        (
            "view -H -r 1:150-250 <(cat a.vcf.gz)",
            "view -H -r 1:150-250 a.vcf.gz",
        ),
        (
            "merge --no-version <(cat a.vcf.gz) - < b.vcf.gz",
            "merge --no-version a.vcf.gz b.vcf.gz",
        ),
        (
            "concat --no-version <(cat a.vcf.gz)",
            "concat --no-version a.vcf.gz",
        ),
        (
            "dimensions <(cat a.vcf.gz) | tail -n1",
            "dimensions a.vcf.gz | tail -n1",
        ),
        (
            "index -o - <(cat a.vcf.gz) && cat -- - | md5sum",
            "index -o i a.vcf.gz && md5sum < i",
        ),
    ] {
        let line = match line.starts_with("index") {
            true => "index -o j <(cat a.vcf.gz) && md5sum < j",
            false => line,
        };
        let stream = folder.shell(&format!("$local {line}")).expect(0);
        let whole = folder.shell(&format!("$local {same}")).expect(0);
        assert_eq!(stream.out, whole.out, "{line}");
        assert!(!stream.out.is_empty());
    }
    let run = folder
        .shell("mkfifo f; cat a.vcf.gz > f & $local view -H f")
        .expect(0);
    assert_eq!(run.out.lines().count(), 2);
    let run = folder.shell("$local index - < a.vcf.gz").expect(2);
    assert!(run.err.contains("-o"), "{}", run.err);
    let run = folder
        .shell("head -c 150 a.vcf.gz | $local view -")
        .expect(1);
    assert!(run.err.contains("truncated"), "{}", run.err);
}

#[test]
#[cfg(target_os = "linux")]
fn standard_input_goes_through_as_it_comes() {
    let folder = Folder::new();
    let mut command = folder.command(&["view", "-H", "-i", "POS%1000==0", "--threads", "2", "-"]);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let (mut line, mut lines) = (String::new(), 0);
        while output.read_line(&mut line).unwrap() > 0 {
            lines += 1;
            line.clear();
        }
        lines
    });
    input.write_all(header(&[]).as_bytes()).unwrap();
    let padding = "x".repeat(500);
    for position in 1..=400_000 {
        writeln!(input, "1\t{position}\t{padding}\tA\tC\t.\t.\t.").unwrap();
    }
    // 200 MB are under way or done; nothing like it is in memory.
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    let kilobytes: u64 = peak.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kilobytes < 80_000, "{peak}");
    drop(input);
    assert!(child.wait().unwrap().success());
    assert_eq!(reader.join().unwrap(), 400);
}
