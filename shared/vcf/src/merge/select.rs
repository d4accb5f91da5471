//! Which records of a position go into one merged record, and under which alleles: as `bcftools merge`
//! 1.24 chooses them, round by round. At most one record of each file; the most frequent allele decides.

use smallvec::SmallVec;

use super::blocks::set_first_base;
use super::kinds::Kinds;
use super::pool::{Clash, Pool};
use super::rules::Pairing;
use super::small::{Allele, Alleles, Lines, Places};
use crate::error::{Error, ErrorKind};
use crate::header::{Header, Type};
use crate::record::Record;

/// A record of one file, and what has become of it.
pub(super) struct Line<'r> {
    pub record: Record<'r>,
    /// The input it comes from.
    pub input: usize,
    /// REF and ALT, in upper case once they were compared with alleles of another case.
    pub alleles: Alleles,
    /// For each of its alleles its place in the pool of the round.
    pub map: Places,
    kinds: Kinds,
    /// INFO/END of records with symbolic alleles.
    end: Option<i64>,
    /// Whether bcftools takes it for a block of reference bases.
    is_block: bool,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// A block that began before, or begins here: part of every round.
    Open,
    /// Can be taken now.
    Ready,
    /// Must wait for another round.
    Waiting,
    Done,
}

impl<'r> Line<'r> {
    /// Of a record.
    pub(super) fn new(record: Record<'r>, input: usize, header: &Header) -> Self {
        let kinds = Kinds::of_record(record.reference, record.alts());
        Self {
            alleles: record.alleles().map(Allele::from_slice).collect(),
            end: kinds
                .meets(Kinds::OTHER)
                .then(|| block_end(&record, header))
                .flatten(),
            is_block: is_block(&record, header),
            record,
            input,
            map: Places::new(),
            kinds,
            state: State::Waiting,
        }
    }

    /// Of a block that is open, with the alleles that it has here.
    pub(super) fn open_block(record: Record<'r>, input: usize, alleles: Alleles) -> Self {
        Self {
            record,
            input,
            alleles,
            map: Places::new(),
            kinds: Kinds::REFERENCE,
            end: None,
            is_block: true,
            state: State::Open,
        }
    }

    /// Counts a block as reference beside what else it is: where blocks are merged.
    pub(super) fn beside_blocks(mut self) -> Self {
        if self.is_block {
            self.kinds = self.kinds.with(Kinds::REFERENCE);
        }
        self
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == State::Open
    }
}

/// Whether bcftools takes a record for a block of reference bases.
pub(super) fn is_block(record: &Record<'_>, header: &Header) -> bool {
    let unseen = |alt: &[u8]| matches!(alt, b"<*>" | b"<NON_REF>" | b"<X>");
    if record.alternates != b"." && !record.alts().any(unseen) {
        return false;
    }
    let length = record.reference_length(header);
    length > 1 && length != record.reference.len() as u64
}

/// INFO/END, 1-based, if it is declared as an integer and is one.
pub(super) fn block_end(record: &Record<'_>, header: &Header) -> Option<i64> {
    let declared = header.info(b"END")?;
    let value = record
        .info_value(b"END")
        .filter(|_| declared.kind == Type::Integer)??;
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// By file its line in a merged record, if it has one.
pub(super) type Chosen = SmallVec<[Option<usize>; 4]>;

/// The lines of one merged record, by file, and the alleles of the round.
#[derive(Clone)]
pub(super) struct Choice {
    pub chosen: Chosen,
    pub alleles: Alleles,
}

impl Choice {
    /// The same round without any line.
    pub(super) fn without_lines(&self) -> Self {
        Self {
            chosen: SmallVec::from_elem(None, self.chosen.len()),
            alleles: self.alleles.clone(),
        }
    }
}

/// Whether a block was passed over that stands beside other records of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum PassedBlock {
    #[default]
    No,
    Yes,
}

/// The next merged record of the position; `None` if all lines but open blocks are used.
pub(super) fn next(
    files: &mut [Lines<'_>],
    pairing: Pairing,
    passed: &mut PassedBlock,
) -> Result<Option<Choice>, Error> {
    let mut base = b'N';
    let mut by_file: SmallVec<[Kinds; 8]> = SmallVec::from_elem(Kinds::NONE, files.len());
    let mut all = Kinds::NONE;
    let mut id = None;
    let mut left = 0;
    for (kinds, lines) in by_file.iter_mut().zip(files.iter_mut()) {
        if lines.iter().any(Line::is_open) {
            *kinds = Kinds::REFERENCE;
            all = all.with(Kinds::REFERENCE);
            continue;
        }
        if base == b'N'
            && let Some(first) = lines.first().and_then(|line| line.alleles[0].first())
        {
            base = *first;
        }
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
        if line.is_open() {
            set_first_base(&mut line.alleles, base);
            taken.kinds = taken.kinds.with(Kinds::REFERENCE);
            pool.add(line).map_err(|Clash| clash(line, &pool))?;
            continue;
        }
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
    let chosen = choose(files, &pool, &by_file, all, pairing, passed)?;
    Ok(Some(Choice {
        chosen,
        alleles: pool.alleles,
    }))
}

/// One record of the open blocks of all files.
pub(super) fn all(files: &mut [Lines<'_>]) -> Result<Choice, Error> {
    let mut pool = Pool::default();
    for line in files.iter_mut().flatten() {
        pool.add(line).map_err(|Clash| clash(line, &pool))?;
    }
    Ok(Choice {
        chosen: files
            .iter()
            .map(|lines| (!lines.is_empty()).then_some(0))
            .collect(),
        alleles: pool.alleles,
    })
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
struct Taken {
    kinds: Kinds,
    end: Option<i64>,
}

impl Default for Taken {
    fn default() -> Self {
        Self {
            kinds: Kinds::NONE,
            // What bcftools compares with where an open block came first.
            end: Some(0),
        }
    }
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
            let is_variant = |alt: &&Allele| Kinds::of_allele(reference, alt) != Kinds::REFERENCE;
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
    files: &mut [Lines<'_>],
    pool: &Pool,
    by_file: &[Kinds],
    all: Kinds,
    pairing: Pairing,
    passed: &mut PassedBlock,
) -> Result<Chosen, Error> {
    let mut frequent: Option<usize> = None;
    for place in 1..pool.alleles.len() {
        if pool.kinds[place] != Kinds::REFERENCE
            && frequent.is_none_or(|known| pool.counts[known] < pool.counts[place])
        {
            frequent = Some(place);
        }
    }
    let wanted = frequent.map_or(Kinds::REFERENCE, |place| pool.kinds[place]);
    let mut chosen = Chosen::with_capacity(files.len());
    for (lines, kinds) in files.iter_mut().zip(by_file) {
        let mut place = None;
        if lines.iter().any(Line::is_open) {
            chosen.push(Some(0));
            continue;
        }
        for (nth, line) in lines.iter().enumerate() {
            if line.state != State::Ready {
                if line.is_block {
                    *passed = PassedBlock::Yes;
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
    let is_new = |(lines, place): (&Lines<'_>, &Option<usize>)| {
        place.is_some() && !lines.iter().any(Line::is_open)
    };
    if !files.iter().zip(&chosen).any(is_new) {
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
