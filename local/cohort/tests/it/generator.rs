//! What a user of the generator relies on.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use divbase_cohort::{Cohort, Field, Layout, Phasing, SplitSites, dialect};

fn read(path: &Path) -> String {
    let mut text = String::new();
    let file = fs::File::open(path).unwrap();
    noodles_bgzf::io::Reader::new(file)
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// Sample columns by (scaffold, position, ALT, sample), over all files of a layout.
fn genotypes(
    cohort: &Cohort,
    layout: Layout,
) -> BTreeMap<(String, String, String, String), String> {
    let folder = tempfile::tempdir().unwrap();
    let mut found = BTreeMap::new();
    for file in cohort.write(layout, folder.path(), "c").unwrap().files {
        let text = read(&file.path);
        let mut names = Vec::new();
        let mut records = 0;
        for line in text.lines() {
            let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
            if line.starts_with("#CHROM") {
                names = columns[9..].to_vec();
            } else if !line.starts_with('#') {
                records += 1;
                for (name, value) in names.iter().zip(&columns[9..]) {
                    let site = (columns[0].clone(), columns[1].clone(), columns[4].clone());
                    found.insert((site.0, site.1, site.2, name.clone()), value.clone());
                }
            }
        }
        assert_eq!((file.samples, file.records), (names.len(), records));
    }
    found
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let cohort = Cohort {
        samples: 12,
        records: 300,
        ..Cohort::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let first = cohort.write(Layout::Whole, folder.path(), "first").unwrap();
    let second = cohort
        .write(Layout::Whole, folder.path(), "second")
        .unwrap();
    let bytes = |written: &divbase_cohort::Written| fs::read(&written.files[0].path).unwrap();
    assert_eq!(bytes(&first), bytes(&second));

    let other = Cohort { seed: 2, ..cohort }
        .write(Layout::Whole, folder.path(), "other")
        .unwrap();
    assert_ne!(bytes(&first), bytes(&other));
}

#[test]
fn genotypes_do_not_depend_on_the_layout() {
    let cohort = Cohort {
        samples: 11,
        records: 400,
        repeated: 0.0,
        fields: vec![Field::Gt, Field::Dp, Field::Pl],
        phasing: Phasing::Mixed,
        split_sites: SplitSites::All,
        ..Cohort::default()
    };
    let whole = genotypes(&cohort, Layout::Whole);
    assert_eq!(whole.len(), 400 * 11);
    for layout in [Layout::ByScaffold, Layout::BySamples(3), Layout::Mixed(2)] {
        assert_eq!(genotypes(&cohort, layout), whole, "{layout:?}");
    }
}

#[test]
fn groups_called_alone_have_their_own_sites_and_alleles() {
    let cohort = Cohort {
        samples: 20,
        records: 500,
        multiallelic: 0.3,
        ..Cohort::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let written = cohort
        .write(Layout::BySamples(4), folder.path(), "c")
        .unwrap();
    assert_eq!(written.files.len(), 4);
    for file in written.files {
        assert!((50..450).contains(&file.records), "{file:?}");
        for line in read(&file.path)
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            let columns: Vec<&str> = line.split('\t').collect();
            let counts = columns[7]
                .split(';')
                .find_map(|tag| tag.strip_prefix("AC="))
                .unwrap();
            assert!(counts.split(',').all(|count| count != "0"), "{line}");
            assert_eq!(counts.split(',').count(), columns[4].split(',').count());
        }
    }
}

#[test]
fn every_field_can_be_written() {
    let cohort = Cohort {
        fields: Field::ALL.to_vec(),
        ..Cohort::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let written = cohort.write(Layout::Whole, folder.path(), "c").unwrap();
    let text = read(&written.files[0].path);
    let line = text.lines().last().unwrap();
    assert_eq!(
        line.split('\t').nth(8),
        Some("GT:AD:DP:GQ:PL:GL:GP:DS:AB:HQ:FT:PS")
    );
}

#[test]
fn an_impossible_description_names_the_setting() {
    let folder = tempfile::tempdir().unwrap();
    let cohort = Cohort {
        samples: 3,
        ..Cohort::default()
    };
    let error = cohort
        .write(Layout::BySamples(4), folder.path(), "c")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "groups: 3 samples cannot be split into 4 groups"
    );
    let error = Cohort {
        missing: 1.5,
        ..cohort
    }
    .write(Layout::Whole, folder.path(), "c");
    assert!(error.unwrap_err().to_string().starts_with("missing: 1.5"));
}

#[test]
fn dialects_are_written_as_they_say() {
    let folder = tempfile::tempdir().unwrap();
    for dialect in dialect::named(&["floats".to_owned(), "crlf".to_owned()]).unwrap() {
        let path = dialect.write(folder.path()).unwrap();
        let text = match dialect.storage {
            dialect::Storage::Bgzf => read(&path),
            dialect::Storage::Plain => fs::read_to_string(&path).unwrap(),
        };
        assert_eq!(text, dialect.text());
    }
    let error = dialect::named(&["flotas".to_owned()])
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`flotas`") && error.contains("floats"),
        "{error}"
    );
}
