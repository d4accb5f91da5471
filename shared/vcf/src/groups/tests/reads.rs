//! How few bytes of a file and its groups are read.

use std::sync::Arc;

use super::text::{HEADER, Random, bgzipped};
use super::{Asked, Counted, ask, file, files, groups_of};
use crate::groups::{Groups, Settings};
use crate::source::Source;

#[test]
fn groups_are_read_where_the_file_need_not_be() {
    let file = &files()[0];
    let asked = Asked {
        indexed: true,
        ..Asked::of("-s s3,s20")
    };
    file.source.taken();
    let (groups, object) = groups_of(file, Counted::of(file.object.clone()));
    let estimate = groups.directory().bytes_to_read(&[3, 20], None);
    ask(&[file], &[Some(groups)], &asked).unwrap();
    let (of_file, of_object) = (file.source.taken(), object.taken());
    assert!(of_object > 0, "{of_file} bytes of the file");
    assert!(
        estimate > of_object / 2,
        "{estimate} bytes were reckoned, {of_object} and {of_file} read"
    );
}

#[test]
fn ten_of_a_hundred_thousand_samples_take_less_than_two_hundredths_of_the_file() {
    let mut text = HEADER.to_owned();
    let samples = 100_000;
    (0..samples).for_each(|sample| text += &format!("\ts{sample}"));
    text.push('\n');
    let mut random = Random(7);
    for record in 0..130 {
        text += &format!("1\t{}\t.\tA\tC\t50\tPASS\tDP=5\tGT", 100 + record);
        // A few samples in a hundred have the allele.
        let rare = 1 + random.below(60);
        for _ in 0..samples {
            text += match random.below(100) {
                one if one * 10 < rare => "\t0|1",
                99 if rare > 30 => "\t1|1",
                _ => "\t0|0",
            };
        }
        text.push('\n');
    }
    let file = file(bgzipped(&text), &Settings::default());
    let columns: Vec<usize> = (0..10).map(|n| (n * 9_973 + 17) % samples).collect();
    let names: Vec<String> = columns.iter().map(|column| format!("s{column}")).collect();
    let asked = Asked::of(&format!("-s {}", names.join(",")));
    let plain = ask(&[&file], &[None], &asked).unwrap();
    let source = Arc::new(Counted::of(file.object.clone()));
    let directory = Arc::new(file.made.directory.clone());
    let reckoned = directory.bytes_to_read(&columns, None);
    let groups = Groups::new(directory, Arc::clone(&source) as Arc<dyn Source>, 0, 1);
    assert_eq!(plain, ask(&[&file], &[Some(groups)], &asked).unwrap());
    let (length, read) = (file.source.len().unwrap(), source.taken());
    assert!(read * 50 < length, "{read} of {length} bytes");
    assert!(
        reckoned < 2 * read && read < 2 * reckoned,
        "{reckoned} reckoned, {read} read"
    );
}
