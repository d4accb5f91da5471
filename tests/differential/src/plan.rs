//! Which cases are run: seeded, spread over verbs and data sets.

use divbase_cohort::Rng;

use crate::case::merge::Rules;
use crate::case::{Case, Verb, concat, merge, query, view};
use crate::data::{Data, DataSet, Family, Relation};

/// Makes case number `nth`; the same seed, number and data give the same case.
#[must_use]
pub fn case(data: &Data, seed: u64, nth: u64, verbs: &[Verb], rules: Rules) -> Option<Case> {
    let mut rng = Rng::stream(seed, &[nth]);
    let weighted: Vec<Verb> = [
        (Verb::View, 16),
        (Verb::Merge, 3),
        (Verb::Concat, 2),
        (Verb::Query, 4),
    ]
    .into_iter()
    .filter(|(verb, _)| verbs.contains(verb))
    .flat_map(|(verb, weight)| vec![verb; weight])
    .collect();
    if weighted.is_empty() {
        return None;
    }
    match weighted[rng.index(weighted.len())] {
        Verb::View => {
            let set = pick_set(&mut rng, &data.sets)?;
            Some(view::random(&mut rng, &set.name, set))
        }
        Verb::Merge => {
            let family = pick_family(&mut rng, &data.families, Relation::OtherSamples)?;
            let members: Vec<&DataSet> = family.members.iter().collect();
            {
                let reference = family.reference.as_deref();
                Some(merge::random(
                    &mut rng,
                    &family.name,
                    &members,
                    reference,
                    rules,
                ))
            }
        }
        Verb::Concat => {
            let relation = [Relation::OtherPlaces, Relation::SamePlaces][rng.index(2)];
            let family = pick_family(&mut rng, &data.families, relation)?;
            let members: Vec<&DataSet> = family.members.iter().collect();
            Some(match relation {
                Relation::SamePlaces => concat::overlapping(&mut rng, &family.name, &members),
                _ => concat::random(&mut rng, &family.name, &members),
            })
        }
        Verb::Query if rng.chance(0.3) => {
            let set = pick_set(&mut rng, &data.sets)?;
            Some(query::random(&mut rng, &set.name, &[set], None))
        }
        Verb::Query => {
            let relations = [Relation::OtherSamples, Relation::OtherPlaces];
            let relation = relations[rng.index(2)];
            let family = pick_family(&mut rng, &data.families, relation)?;
            // The service takes files without samples for files with the same samples.
            if relation == Relation::OtherSamples && family.is_sampleless() {
                return None;
            }
            let members: Vec<&DataSet> = family.members.iter().collect();
            Some(query::random(
                &mut rng,
                &family.name,
                &members,
                Some(relation),
            ))
        }
    }
}

/// Any set, but seldom one of the many tiny real ones.
fn pick_set<'a>(rng: &mut Rng, sets: &'a [DataSet]) -> Option<&'a DataSet> {
    for _ in 0..3 {
        let set = sets.get(rng.index(sets.len()))?;
        if !set.name.starts_with("HOM") {
            return Some(set);
        }
    }
    sets.get(rng.index(sets.len()))
}

fn pick_family<'a>(
    rng: &mut Rng,
    families: &'a [Family],
    relation: Relation,
) -> Option<&'a Family> {
    let fitting: Vec<&Family> = families.iter().filter(|f| f.relation == relation).collect();
    fitting.get(rng.index(fitting.len())).copied()
}
