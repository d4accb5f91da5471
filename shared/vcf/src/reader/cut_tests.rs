use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// A record of so many bytes, its lengths included.
fn record(length: usize, fill: u8) -> Vec<u8> {
    let mut record = vec![fill; length];
    record[..4].copy_from_slice(&(length as u32 - 8).to_le_bytes());
    record[4..8].copy_from_slice(&0_u32.to_le_bytes());
    record
}

/// The chunks of a file that is not compressed, and its end.
fn uncut(file: &[u8], lengths: &[usize]) -> Vec<Uncut> {
    let (chain, dictionary) = (Arc::default(), Arc::new(Dictionary::default()));
    let mut raw = Vec::new();
    let mut at = 0;
    for length in lengths.iter().cycle() {
        let end = file.len().min(at + length);
        raw.push(Some(Arc::new(RawChunk {
            bytes: Bytes::copy_from_slice(&file[at..end]),
            offset: at as u64,
            ..RawChunk::default()
        })));
        at = end;
        if at == file.len() {
            break;
        }
    }
    raw.push(None);
    let chunks = raw.into_iter().zip(0..);
    chunks
        .map(|(raw, number)| Uncut {
            raw,
            chain: Arc::clone(&chain),
            number,
            dictionary: Arc::clone(&dictionary),
        })
        .collect()
}

/// What threads find that take one chunk after another.
fn found(chunks: &[Uncut], threads: usize) -> Vec<Result<Option<RawChunk>, Error>> {
    let next = AtomicUsize::new(0);
    let mut found: Vec<_> = std::thread::scope(|scope| {
        let work = || {
            let mut inflater = Inflater::default();
            let mut found = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(number) else {
                    return found;
                };
                found.push((number, chunk.records(&mut inflater)));
            }
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let threads = threads.into_iter();
        threads.flat_map(|thread| thread.join().unwrap()).collect()
    });
    found.sort_by_key(|(number, _)| *number);
    found.into_iter().map(|(_, found)| found).collect()
}

proptest! {
    #[test]
    fn records_are_found_however_they_are_cut(
        lengths in vec(prop_oneof![8..60_usize, 8..2_000_usize], 0..60),
        chunks in vec(prop_oneof![1..12_usize, 1..700_usize], 1..9),
        threads in 1..4_usize,
    ) {
        let records: Vec<Vec<u8>> = (1..).zip(&lengths).map(|(n, length)| record(*length, n)).collect();
        let file = records.concat();
        let mut all = Vec::new();
        for found in found(&uncut(&file, &chunks), threads) {
            let Some(piece) = found? else { continue };
            let records = piece.records.unwrap();
            let places = records.places_within(piece.bytes.len());
            for (place, (_, offset)) in places.zip(&records.places) {
                let begin = all.iter().map(Bytes::len).sum::<usize>();
                prop_assert_eq!(offset.0, begin as u64);
                all.push(piece.bytes.slice(place));
            }
        }
        prop_assert_eq!(all, records);
    }
}

#[test]
fn a_record_that_goes_on_at_the_end_is_missed() {
    let file = [record(100, 1), record(200, 2)].concat();
    for length in [1, 5, 150, 299] {
        for threads in 1..3 {
            let all = found(&uncut(&file[..299], &[length]), threads);
            let (last, others) = all.split_last().unwrap();
            assert_eq!(
                last.as_ref().unwrap_err().to_string(),
                "truncated: the file ends inside a record"
            );
            let records = others.iter().flatten().flatten();
            assert_eq!(records.map(|piece| piece.bytes.len()).sum::<usize>(), 100);
        }
    }
}

#[test]
fn behind_a_fault_nothing_is_found_and_nobody_waits() {
    let mut endless = record(100, 2);
    endless[..4].copy_from_slice(&u32::MAX.to_le_bytes());
    let file = [record(100, 1), record(100, 1), endless, record(500, 3)].concat();
    for threads in 1..4 {
        let all = found(&uncut(&file, &[50]), threads);
        let faults = all.iter().position(Result::is_err).unwrap();
        assert_eq!(faults, 4);
        assert!(
            all[4]
                .as_ref()
                .unwrap_err()
                .to_string()
                .contains("a line is longer")
        );
        assert!(all[5..].iter().all(Result::is_err));
        let records = all[..4].iter().flatten().flatten();
        assert_eq!(records.map(|piece| piece.bytes.len()).sum::<usize>(), 200);
    }
}

#[test]
fn whoever_comes_to_nothing_lets_those_behind_go() {
    let chain = Chain::default();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| chain.enter(2).wait().is_err());
        drop(chain.enter(1));
        assert!(waiting.join().unwrap());
    });
    // Those before go on.
    let first = chain.enter(0);
    assert!(first.wait().is_ok());
    first.pass(Carried::default());
}

#[test]
fn a_record_of_many_chunks_is_copied_once() {
    // Quadratic, it would take a minute.
    let file = [record((64 << 20) - 20, 1), record(9, 2)].concat();
    let all = found(&uncut(&file, &[4_096]), 2);
    let records = all.iter().flatten().flatten();
    let lengths: Vec<usize> = records.map(|piece| piece.bytes.len()).collect();
    assert_eq!(lengths, [(64 << 20) - 11]);
}
