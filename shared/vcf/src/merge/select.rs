//! Which records of a position go into one merged record, and under which alleles: as `bcftools merge`
//! 1.24 chooses them, round by round. At most one record of each file; the most frequent allele decides.

use super::kinds::Kinds;
use super::pool::{Clash, Pool};
use super::rules::Pairing;
use crate::error::{Error, ErrorKind};
use crate::header::{Header, Type};
use crate::record::Record;

/// A record of one file, and what has become of it.
pub(super) struct Line<'r> {
    pub record: Record<'r>,
    /// The input it comes from.
    pub input: usize,
    /// REF and ALT, in upper case once they were compared with alleles of another case.
    pub alleles: Vec<Vec<u8>>,
    /// For each of its alleles its place in the pool of the round.
    pub map: Vec<usize>,
    kinds: Kinds,
    /// INFO/END of records with symbolic alleles.
    end: Option<i64>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Can be taken now.
    Ready,
    /// Must wait for another round.
    Waiting,
    Done,
}

impl<'r> Line<'r> {
    pub(super) fn new(record: Record<'r>, input: usize, header: &Header) -> Self {
        let kinds = Kinds::of_record(record.reference, record.alts());
        let is_integer = || header.info(b"END").is_some_and(|d| d.kind == Type::Integer);
        let end = (kinds.meets(Kinds::OTHER) && is_integer())
            .then(|| {
                let value = record.info_value(b"END")??;
                std::str::from_utf8(value).ok()?.parse().ok()
            })
            .flatten();
        Self {
            alleles: record.alleles().map(<[u8]>::to_vec).collect(),
            record,
            input,
            map: Vec::new(),
            kinds,
            end,
            state: State::Waiting,
        }
    }

    /// Whether bcftools takes it for a block of reference bases.
    fn is_block(&self) -> bool {
        let start = self.record.start().max(0) as u64;
        let length = self.record.index_end().saturating_sub(start);
        let unseen = |alt: &Vec<u8>| matches!(&alt[..], b"<*>" | b"<NON_REF>" | b"<X>");
        length > 1
            && length != self.record.reference.len() as u64
            && (self.alleles.len() == 1 || self.alleles.iter().any(unseen))
    }
}

/// The lines of one merged record, by file, and the alleles of the round.
#[derive(Clone)]
pub(super) struct Choice {
    pub chosen: Vec<Option<usize>>,
    pub alleles: Vec<Vec<u8>>,
}

impl Choice {
    /// The same round without any line.
    pub(super) fn without_lines(&self) -> Self {
        Self {
            chosen: vec![None; self.chosen.len()],
            alleles: self.alleles.clone(),
        }
    }
}

/// The next merged record of the position; `None` if all lines are used.
pub(super) fn next(files: &mut [Vec<Line<'_>>], pairing: Pairing) -> Result<Option<Choice>, Error> {
    let mut by_file = vec![Kinds::NONE; files.len()];
    let mut all = Kinds::NONE;
    let mut id = None;
    let mut left = 0;
    for (kinds, lines) in by_file.iter_mut().zip(files.iter_mut()) {
        for line in lines.iter_mut().filter(|line| line.state != State::Done) {
            line.state = State::Waiting;
            left += 1;
            if pairing == Pairing::Id {
                id.get_or_insert(line.record.id);
            }
            *kinds = kinds.with(line.kinds);
        }
        all = all.with(*kinds);
    }
    if left == 0 {
        return Ok(None);
    }
    let mut pool = Pool::default();
    let mut taken = Taken::default();
    for line in files.iter_mut().flatten() {
        let fits = match id {
            _ if line.state == State::Done => false,
            Some(id) => line.record.id == id,
            None => taken.accepts(line, &pool, pairing),
        };
        if fits {
            taken.take(line);
            line.state = State::Ready;
            pool.add(line).map_err(|Clash| clash(line, &pool))?;
        }
    }
    let chosen = choose(files, &pool, &by_file, all, pairing)?;
    Ok(Some(Choice {
        chosen,
        alleles: pool.alleles,
    }))
}

fn clash(line: &Line<'_>, pool: &Pool) -> Error {
    let text = |allele: &[u8]| String::from_utf8_lossy(allele).into_owned();
    ErrorKind::Unmergeable {
        site: line.record.site(),
        reason: format!(
            "the files have different REF: {} and {}",
            text(&pool.alleles[0]),
            text(&line.alleles[0])
        ),
    }
    .into()
}

/// What has been taken in a round so far.
#[derive(Default)]
struct Taken {
    kinds: Kinds,
    end: Option<i64>,
}

impl Taken {
    fn take(&mut self, line: &Line<'_>) {
        if self.kinds == Kinds::NONE {
            self.end = line.end;
        }
        self.kinds = self.kinds.with(line.kinds);
    }

    /// Whether a record may go with those that were taken.
    fn accepts(&self, line: &Line<'_>, pool: &Pool, pairing: Pairing) -> bool {
        if self.kinds == Kinds::NONE {
            return true;
        }
        if pairing == Pairing::Exact && pool.alleles.len() != line.alleles.len() {
            return false;
        }
        let both = |kinds| self.kinds.meets(kinds) && line.kinds.meets(kinds);
        let directional =
            pairing == Pairing::SnpInsDel && (both(Kinds::INSERTION) || both(Kinds::DELETION));
        pairing == Pairing::All
            || self.kinds == Kinds::REFERENCE
            || line.kinds == Kinds::REFERENCE
            || (pairing.snps() && both(Kinds::SNPS))
            || (pairing.indels() && both(Kinds::INDEL))
            || directional
            || self.shares_alleles(line, pool, pairing)
    }

    fn shares_alleles(&self, line: &Line<'_>, pool: &Pool, pairing: Pairing) -> bool {
        let exact = pairing == Pairing::Exact;
        let common = self.kinds.and(line.kinds);
        let (is_mine, is_theirs) = (common == self.kinds, common == line.kinds);
        if common == Kinds::NONE || !(is_mine || is_theirs) || (exact && !(is_mine && is_theirs)) {
            return false;
        }
        let Some(comparison) = pool.compare(&line.alleles[0]) else {
            return false;
        };
        let mut alts = line.alleles[1..].iter();
        let found = if exact {
            alts.all(|alt| comparison.has(alt))
        } else {
            let reference = &line.alleles[0];
            let is_variant = |alt: &&Vec<u8>| Kinds::of_allele(reference, alt) != Kinds::REFERENCE;
            alts.filter(is_variant).any(|alt| comparison.has(alt))
        };
        found && (!both_other(self.kinds, line.kinds) || self.end == line.end)
    }
}

fn both_other(one: Kinds, other: Kinds) -> bool {
    one.meets(Kinds::OTHER) && other.meets(Kinds::OTHER)
}

/// Chooses a line of each file: one with the most frequent allele, or one that goes with it.
fn choose(
    files: &mut [Vec<Line<'_>>],
    pool: &Pool,
    by_file: &[Kinds],
    all: Kinds,
    pairing: Pairing,
) -> Result<Vec<Option<usize>>, Error> {
    let mut frequent: Option<usize> = None;
    for place in 1..pool.alleles.len() {
        if pool.kinds[place] != Kinds::REFERENCE
            && frequent.is_none_or(|known| pool.counts[known] < pool.counts[place])
        {
            frequent = Some(place);
        }
    }
    let wanted = frequent.map_or(Kinds::REFERENCE, |place| pool.kinds[place]);
    let mut chosen = Vec::with_capacity(files.len());
    for (lines, kinds) in files.iter_mut().zip(by_file) {
        let mut place = None;
        for (nth, line) in lines.iter().enumerate() {
            if line.state != State::Ready {
                if line.is_block() {
                    let reason = "a gVCF block stands beside other records of its file, from where on \
                                  bcftools merges blocks";
                    let site = line.record.site();
                    return Err(ErrorKind::Declined(format!("{reason}, at {site}")).into());
                }
                continue;
            }
            let has_wanted = kinds.meets(wanted);
            if pairing == Pairing::Id {
                place = Some(nth);
                break;
            }
            if has_wanted && !line.kinds.meets(wanted) {
                continue;
            }
            if (!has_wanted && line.kinds.meets(Kinds::REFERENCE))
                || wanted == Kinds::REFERENCE
                || frequent.is_some_and(|frequent| line.map.contains(&frequent))
            {
                place = Some(nth);
                break;
            }
        }
        if place.is_none() && !pairing.is_strict() {
            place = lines
                .iter()
                .position(|line| line.state == State::Ready && goes_with(line.kinds, all, pairing));
        }
        if let Some(place) = place {
            lines[place].state = State::Done;
        }
        chosen.push(place);
    }
    if chosen.iter().all(Option::is_none) {
        let line = files
            .iter()
            .flatten()
            .find(|line| line.state != State::Done);
        let site = line.map(|line| line.record.site()).unwrap_or_default();
        let reason = "none of the records can be merged next, which ends bcftools".to_owned();
        return Err(ErrorKind::Unmergeable { site, reason }.into());
    }
    Ok(chosen)
}

/// Whether a line goes with a position of these kinds although it lacks the most frequent allele.
fn goes_with(line: Kinds, all: Kinds, pairing: Pairing) -> bool {
    let directional = pairing == Pairing::SnpInsDel;
    let merged = [
        (Kinds::SNPS, pairing.snps()),
        (Kinds::INDEL, pairing.indels()),
        (Kinds::INSERTION, directional),
        (Kinds::DELETION, directional),
    ];
    let of = |kinds: Kinds| merged.iter().any(|(kind, on)| *on && kinds.meets(*kind));
    let same = |(kind, on): &(Kinds, bool)| *on && line.meets(*kind) && all.meets(*kind);
    pairing == Pairing::All
        || merged.iter().any(same)
        || (line.meets(Kinds::REFERENCE) && (of(all) || all.meets(Kinds::REFERENCE)))
        || (!line.meets(Kinds::REFERENCE) && all.meets(Kinds::REFERENCE) && of(line))
}
