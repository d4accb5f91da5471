//! INFO of a merged record: tags with a rule by their rule, values per allele in the places of the
//! alleles, the rest as the first file has it; AN and AC are counted anew.

use smallvec::SmallVec;

use super::operation::{Found, Rule};
use super::row::{End, Member, Row};
use super::samples::Counted;
use super::value::PerAllele;
use crate::error::Error;
use crate::header::{Header, Type};
use crate::number::print_integer;

/// What INFO of all merged records has in common.
pub(super) struct Layout<'h> {
    pub header: &'h Header,
    pub rules: Vec<Rule>,
    /// How floats are printed.
    pub float: fn(f32, &mut Vec<u8>),
}

/// A tag, and its value if it has one.
type Field<'r> = (&'r [u8], Option<&'r [u8]>);

/// Values per allele or genotype, each still text.
struct Spread<'r> {
    tag: &'r [u8],
    kind: Type,
    values: Vec<&'r [u8]>,
}

impl Layout<'_> {
    /// Whether a rule keeps AC and AN from being counted.
    fn keeps_counts(&self) -> bool {
        let is_count = |rule: &Rule| rule.tag == b"AC" || rule.tag == b"AN";
        self.rules.iter().any(is_count)
    }

    pub(super) fn print(
        &self,
        row: &Row<'_, '_>,
        counted: &Counted,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let mut plain: SmallVec<[Field<'_>; 8]> = SmallVec::new();
        let mut found: SmallVec<[Option<Found<'_>>; 4]> = self.rules.iter().map(|_| None).collect();
        let mut spreads: Vec<Spread<'_>> = Vec::new();
        let keeps_counts = self.keeps_counts();
        for member in row.members() {
            for (tag, value) in member.record.info_fields() {
                if !keeps_counts && (tag == b"AC" || tag == b"AN") {
                    continue;
                }
                let fault = |reason: &str| {
                    let tag = String::from_utf8_lossy(tag);
                    row.fault(format!("INFO/{tag}: {reason}"))
                };
                let Some(definition) = self.header.info(tag) else {
                    return Err(fault("no header line declares it"));
                };
                if let Some(place) = self.rules.iter().position(|rule| rule.tag == tag) {
                    let rule = &self.rules[place];
                    found[place]
                        .get_or_insert_default()
                        .add(rule, member, row.alleles.len(), value)
                        .map_err(fault)?;
                    continue;
                }
                let per = PerAllele::of(definition.number);
                if per == PerAllele::No {
                    if plain.iter().all(|(known, _)| *known != tag) {
                        plain.push((tag, value));
                    }
                    continue;
                }
                let place = spreads.iter().position(|spread| spread.tag == tag);
                let place = place.unwrap_or_else(|| {
                    spreads.push(Spread {
                        tag,
                        kind: definition.kind,
                        values: vec![b"."; per.length(row.alleles.len())],
                    });
                    spreads.len() - 1
                });
                spreads[place]
                    .fill(value.unwrap_or(b"."), per, member)
                    .map_err(fault)?;
            }
        }
        let mut entries = Entries::new(row.end, out);
        for (tag, value) in plain {
            entries.add(tag, value);
        }
        for (rule, found) in self.rules.iter().zip(found) {
            if let Some(value) = found.and_then(|found| found.merged(rule, self.float)) {
                entries.add(&rule.tag, Some(&value));
            }
        }
        for spread in spreads.iter().filter(|spread| !spread.values.is_empty()) {
            entries.add(spread.tag, Some(&spread.values.join(&b","[..])));
        }
        if counted.genotypes && !keeps_counts {
            self.counts(&counted.counts, &mut entries);
        }
        entries.finish();
        Ok(())
    }

    /// Prints INFO of a block that has nothing but its end, 1-based, and counts of its alleles.
    pub(super) fn print_block(
        &self,
        end: Option<u64>,
        counts: Option<[u64; 2]>,
        out: &mut Vec<u8>,
    ) {
        let mut entries = Entries::new(end.map_or(End::Removed, End::At), out);
        entries.add(b"END", None);
        if let Some(counts) = counts {
            self.counts(&counts, &mut entries);
        }
        entries.finish();
    }

    fn counts(&self, counts: &[u64], entries: &mut Entries<'_>) {
        let mut text = Vec::new();
        if self.header.info(b"AN").is_some() {
            print_integer(counts.iter().sum::<u64>() as i64, &mut text);
            entries.add(b"AN", Some(&text));
        }
        if self.header.info(b"AC").is_some() && counts.len() > 1 {
            text.clear();
            for (nth, count) in counts[1..].iter().enumerate() {
                if nth > 0 {
                    text.push(b',');
                }
                print_integer(*count as i64, &mut text);
            }
            entries.add(b"AC", Some(&text));
        }
    }
}

/// INFO in the making.
struct Entries<'o> {
    out: &'o mut Vec<u8>,
    start: usize,
    end: End,
}

impl<'o> Entries<'o> {
    fn new(end: End, out: &'o mut Vec<u8>) -> Self {
        Self {
            start: out.len(),
            out,
            end,
        }
    }

    fn add(&mut self, tag: &[u8], value: Option<&[u8]>) {
        let end = match self.end {
            End::Removed if tag == b"END" => return,
            End::At(end) if tag == b"END" => {
                self.end = End::AsRead;
                Some(end)
            }
            _ => None,
        };
        if self.out.len() > self.start {
            self.out.push(b';');
        }
        self.out.extend_from_slice(tag);
        if let Some(end) = end {
            self.out.push(b'=');
            print_integer(end as i64, self.out);
        } else if let Some(value) = value {
            self.out.push(b'=');
            self.out.extend_from_slice(value);
        }
    }

    fn finish(mut self) {
        if let End::At(_) = self.end {
            self.add(b"END", None);
        }
        if self.out.len() == self.start {
            self.out.push(b'.');
        }
    }
}

impl<'r> Spread<'r> {
    /// Puts the values of one record in their places; the value of a later file replaces a number, not
    /// a text. Numbers that are not there stay missing, surplus ones are dropped.
    fn fill(
        &mut self,
        text: &'r [u8],
        per: PerAllele,
        member: &Member<'_, '_>,
    ) -> Result<(), &'static str> {
        let places = per.places(&member.map);
        let mut values = text.split(|b| *b == b',');
        for place in places {
            let Some(value) = values.next() else {
                if self.kind == Type::String {
                    return Err("it has fewer values than there are alleles");
                }
                break;
            };
            let Some(target) = self.values.get_mut(place) else {
                continue;
            };
            if value != b"." && (self.kind != Type::String || *target == b".") {
                *target = value;
            }
        }
        Ok(())
    }
}
