//! A request answered window by window gives what it gives at once.

use proptest::prelude::*;

use std::sync::Mutex;

use super::ranges::{Noted, indexed, through_indexes};
use super::*;
use crate::bgzf::tests::inflated;

const LENGTH: u64 = 60_000;

/// A file whose records reach over each other, some of them far.
fn data(samples: &str, seed: u64) -> (Noted, Index) {
    let mut state = seed;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    let mut records = Vec::new();
    for scaffold in ["1", "2"] {
        let mut pos = random(3);
        while pos < LENGTH {
            let length = if random(20) == 0 { 3_000 } else { 1 };
            let bases = "ACGT".repeat(750);
            // The same bases at the same place in all files.
            let reference = &bases[pos as usize % 4..].get(..length).unwrap_or("A");
            let calls: Vec<&str> = samples
                .split(' ')
                .map(|_| ["0/0", "0/1", "1/1"][random(3) as usize])
                .collect();
            records.push(format!(
                "{scaffold} {pos} . {reference} N {} . DP={} GT {}",
                random(60),
                random(9),
                calls.join(" ")
            ));
            pos += random(3) * random(200) + random(3);
        }
    }
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    indexed(&file(samples, &records))
}

/// What is asked of some files in this test.
struct Asking<'a> {
    files: &'a [(Noted, Index)],
    groups: &'a [Vec<usize>],
    stages: &'a [&'a str],
    scope: FilterScope,
}

impl Asking<'_> {
    fn answer(&self, window: Option<&Window>, parts: Parts) -> (Vec<u8>, Option<Vec<u8>>) {
        self.encoded(window, parts, Encoding::Bgzip(DEFAULT_LEVEL))
    }

    fn encoded(
        &self,
        window: Option<&Window>,
        parts: Parts,
        encoding: Encoding,
    ) -> (Vec<u8>, Option<Vec<u8>>) {
        let options = Options {
            parts,
            encoding,
            indexing: Indexing::Csi,
            ..Options::default()
        };
        self.asked(|request| {
            let request = Request { window, ..*request };
            let mut out = Vec::new();
            let answer = answer(&request, &options, &Cancel::default(), &mut out).unwrap();
            (out, answer.summary.csi)
        })
    }

    fn asked<T>(&self, ask: impl FnOnce(&Request<'_, Noted>) -> T) -> T {
        let opened: Vec<_> = self
            .files
            .iter()
            .map(|(source, _)| open(source).unwrap())
            .collect();
        let stages = self.stages.iter().map(|stage| {
            let tokens: Vec<String> = stage.split(' ').map(str::to_owned).collect();
            parse_local(&tokens).unwrap().stage
        });
        let stages = Pipeline {
            stages: stages.collect(),
        };
        let context = Context::default();
        let inputs: Vec<_> = self
            .files
            .iter()
            .zip(&opened)
            .map(|((source, index), opened)| Input {
                name: "file",
                source,
                opened,
                index: Some(index),
                stages: &stages,
                context: &context,
            })
            .collect();
        let rules = Rules {
            conflicts: OnConflict::KeepBoth,
            ..Rules::default()
        };
        ask(&Request {
            join: Join {
                groups: self.groups,
                ..Join::default()
            },
            rules: &rules,
            scope: self.scope,
            ..Request::new(&inputs)
        })
    }
}

/// Windows that cut the genome at these places, in order.
fn windows(cuts: &[(usize, u64)]) -> Vec<Window> {
    let mut cuts = cuts.to_vec();
    cuts.sort_unstable();
    cuts.push((2, 0));
    let mut from = (0, 0);
    let mut windows = Vec::new();
    for to in cuts {
        let mut parts = Vec::new();
        for (scaffold, name) in ["1", "2"]
            .into_iter()
            .enumerate()
            .take(to.0 + 1)
            .skip(from.0)
        {
            let first = if scaffold == from.0 { from.1 } else { 0 };
            let end = if scaffold == to.0 { to.1 } else { u64::MAX };
            if first < end {
                parts.push((name, first..=end - 1));
            }
        }
        windows.push(Window::new(parts));
        from = to;
    }
    windows
}

fn starts(index: &Index, scaffold: &str, region: (u64, u64)) -> Vec<(u64, u64)> {
    let chunks = index.query(scaffold.as_bytes(), region.0, region.1);
    chunks
        .iter()
        .map(|chunk| (chunk.start.0, chunk.end.0))
        .collect()
}

/// The records of a region that a result has, read through an index.
fn read(result: &[u8], index: &Index, region: &str) -> Vec<String> {
    let source = Noted {
        inner: MemorySource::new(result.to_vec()),
        asked: Mutex::default(),
    };
    through_indexes(&[(source, index.clone())], &["-r", region])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn windows_put_one_behind_the_other_are_the_result(
        cuts in prop::collection::vec((0..2_usize, 0..LENGTH + 10), 0..6),
        kind in 0..3_usize,
        command in 0..4_usize,
        cohort in any::<bool>(),
        region in (0..2_usize, 1..LENGTH, 1..5_000_u64),
    ) {
        let (files, groups) = match kind {
            0 => (vec![data("a b", 1)], vec![vec![0]]),
            1 => (vec![data("a b", 1), data("c", 2)], vec![vec![0], vec![1]]),
            _ => (vec![data("a b", 1), data("b a", 2), data("c", 3)], vec![vec![0, 1], vec![2]]),
        };
        let stages: &[&str] = [
            &[][..],
            &["-i QUAL>20"],
            &["-r 1:1000-2000,1:20000-40000,2:5-30000"],
            &["-s b", "-c 1"],
        ][command];
        // The samples of a file have to be in it.
        let stages = if command == 3 && kind > 0 { &["-c 1"] } else { stages };
        let asking = Asking {
            files: &files,
            groups: &groups,
            stages,
            scope: if cohort { FilterScope::Cohort } else { FilterScope::File },
        };
        let (whole, csi) = asking.answer(None, Parts::ALL);
        let nothing = Parts { header: false, records: false, end: false };
        let (mut pieces, _) = asking.answer(None, Parts { header: true, ..nothing });
        let mut indexes = Vec::new();
        for window in windows(&cuts) {
            let (piece, csi) = asking.answer(Some(&window), Parts { records: true, ..nothing });
            indexes.push((Index::parse(&csi.unwrap()).unwrap(), pieces.len() as u64));
            pieces.extend(piece);
        }
        pieces.extend(asking.answer(None, Parts { end: true, ..nothing }).0);
        prop_assert_eq!(inflated(&whole), inflated(&pieces));

        let joined = Index::joined(indexes).unwrap().to_csi().unwrap();
        let (joined, whole_index) = (Index::parse(&joined).unwrap(), Index::parse(&csi.unwrap()).unwrap());
        prop_assert_eq!(joined.names().collect::<Vec<_>>(), whole_index.names().collect::<Vec<_>>());
        for name in whole_index.names() {
            prop_assert_eq!(joined.records(name), whole_index.records(name));
        }
        let (scaffold, first, length) = region;
        let region = format!("{}:{first}-{}", ["1", "2"][scaffold], first + length);
        prop_assert_eq!(read(&pieces, &joined, &region), read(&whole, &whole_index, &region));
    }
}

#[test]
fn a_window_reads_its_part_of_a_file_and_no_window_suits_what_earlier_records_decide() {
    let files = [data("a b", 1)];
    let asking = Asking {
        files: &files,
        groups: &[],
        stages: &[],
        scope: FilterScope::File,
    };
    let window = Window::new([("2", 30_000..=30_500_u64)]);
    let records = Parts::RECORDS;
    let bytes = |window: Option<&Window>| {
        files[0].0.asked.lock().unwrap().clear();
        asking.answer(window, records);
        let asked = files[0].0.asked.lock().unwrap();
        asked.iter().map(|(_, length)| *length as u64).sum::<u64>()
    };
    let (all, part) = (bytes(None), bytes(Some(&window)));
    let header = 32 * 1024;
    assert!(
        part < header + 2 * 65_536 || part * 4 < all,
        "{part} of {all}"
    );
    assert!(starts(&files[0].1, "2", (30_000, 30_001)).len() < 5);
    assert!(
        window.holds(b"2", 30_500) && !window.holds(b"2", 30_501) && !window.holds(b"1", 30_000)
    );
}

#[test]
fn a_request_is_cut_by_its_indexes_into_as_many_windows_as_are_wanted() {
    let one = vec![data("a b", 1)];
    let several = vec![data("a b", 1), data("b a", 2), data("c", 3)];
    let groups = [vec![0, 1], vec![2]];
    let regions = ["-r 1:1000-2000,1:20000-40000,2:5-30000"];
    for (files, groups, stages, encoding) in [
        (&one, &[][..], &[][..], Encoding::Bgzip(DEFAULT_LEVEL)),
        (&one, &[], &regions[..], Encoding::Bcf(DEFAULT_LEVEL)),
        (
            &several,
            &groups,
            &["-i QUAL>20"],
            Encoding::Bcf(DEFAULT_LEVEL),
        ),
        (&several, &groups, &regions, Encoding::Bgzip(DEFAULT_LEVEL)),
    ] {
        let asking = Asking {
            files,
            groups,
            stages,
            scope: FilterScope::File,
        };
        let (whole, csi) = asking.encoded(None, Parts::ALL, encoding);
        for (aim, least) in [
            (Aim::Windows(1), 1),
            (Aim::Windows(3), 3),
            (Aim::Windows(500), 4),
            (
                Aim::Bytes {
                    each: 2_000,
                    most: 3,
                },
                2,
            ),
            (
                Aim::Bytes {
                    each: u64::MAX,
                    most: 3,
                },
                1,
            ),
        ] {
            let edges = asking.asked(|request| edges(request, aim).unwrap());
            assert!(edges.len() + 1 >= least, "{aim:?} {edges:?}");
            let nothing = Parts {
                header: false,
                records: false,
                end: false,
            };
            let (mut pieces, _) = asking.encoded(
                None,
                Parts {
                    header: true,
                    ..nothing
                },
                encoding,
            );
            let mut indexes = Vec::new();
            for place in 0..=edges.len() {
                let from = place.checked_sub(1).map(|before| &edges[before]);
                let window =
                    asking.asked(|request| window(request, from, edges.get(place)).unwrap());
                let parts = Parts {
                    records: true,
                    ..nothing
                };
                let (piece, csi) = asking.encoded(Some(&window), parts, encoding);
                indexes.push((csi.unwrap(), pieces.len() as u64));
                pieces.extend(piece);
            }
            pieces.extend(
                asking
                    .encoded(
                        None,
                        Parts {
                            end: true,
                            ..nothing
                        },
                        encoding,
                    )
                    .0,
            );
            assert_eq!(inflated(&whole), inflated(&pieces), "{aim:?}");
            let joined = asking.asked(|request| joined_csi(request, encoding, indexes).unwrap());
            let joined = Index::parse(&joined).unwrap();
            let of_whole = Index::parse(csi.as_ref().unwrap()).unwrap();
            let scaffolds = [&b"1"[..], b"2"];
            let (joined, of_whole) = (joined.with_names(scaffolds), of_whole.with_names(scaffolds));
            for name in scaffolds {
                assert_eq!(joined.records(name), of_whole.records(name), "{aim:?}");
            }
        }
    }
}

#[test]
fn what_begins_in_a_window_is_found_in_few_bytes() {
    let (source, index) = data("a b", 1);
    let all = source.inner.len().unwrap();
    for first in (0..LENGTH).step_by(16_384) {
        let chunks = index.starting(b"1", first, first + 16_383);
        let (Some(start), Some(end)) = (chunks.first(), chunks.last()) else {
            continue;
        };
        // A fourth of one of two scaffolds, and the blocks at its edges.
        let bytes = end.end.block() - start.start.block();
        assert!(bytes < all / 8 + 2 * 65_536, "{bytes} of {all}");
    }
    assert!(index.starting(b"X", 0, u64::MAX).is_empty());
    let weights: u64 = [&b"1"[..], b"2"]
        .iter()
        .flat_map(|name| index.weights(name))
        .map(|(_, bytes)| bytes)
        .sum();
    assert!(
        weights <= all + (2 << 14) && weights * 2 > all,
        "{weights} of {all}"
    );
}
