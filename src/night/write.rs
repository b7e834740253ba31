//! Writes the next generation of the state.

use std::collections::{BTreeMap, BTreeSet};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use crate::partial::{Kept, census};
use crate::store::{Draft, Generation};
use crate::ticket::TicketSet;

use super::about::{ABOUT, About};
use super::blobs::{
    CENSUS, HEAD, HEADINGS, IDS, LEDGER, ROWS, SUMS, TICKETS, blob, encode_tickets,
};
use super::chronicle::Chronicle;
use super::error::StateError;
use super::forgotten::FORGOTTEN;
use super::history::Merged;
use super::ids::Ids;
use super::ledger::Ledger;
use super::period::Period;
use super::quarters;
use super::rebuild;

/// Writes the next generation: periods whose tickets have changed, rows and sums that were rebuilt, headings, ledger and
/// summary; everything else is carried over. Returns the number of periods whose tickets were written.
///
/// # Errors
/// [`StateError`] if something cannot be written, or can be neither read nor rebuilt.
pub fn write(
    draft: &mut Draft<'_>,
    ledger: &Ledger,
    merged: &mut Merged,
    chronicle: &Chronicle,
    about: &About,
    id: impl Fn(u32) -> u32 + Sync,
) -> Result<usize, StateError> {
    let generation = draft.number();
    let in_json = |name: &str| {
        let name = name.to_owned();
        move |source| StateError::Json { generation, name: name.clone(), source }
    };
    let Merged { base, names, periods, sets, frozen, forgotten, wipes, .. } = merged;
    let base = base.as_ref();
    // The periods side by side; the tickets of each are freed as soon as they are encoded.
    let encode = |(period, set): (Period, TicketSet)| -> Result<_, StateError> {
        Ok((period, (encode_tickets(period, &set, &id)?, Ids::of(set.ids()).to_bytes())))
    };
    let encoded = std::mem::take(sets).into_par_iter().map(encode);
    let encoded: BTreeMap<Period, (Vec<u8>, Vec<u8>)> = encoded.collect::<Result<_, _>>()?;
    let mut written = 0;
    let mut changed = BTreeSet::new();
    for (period, part) in &*periods {
        match (encoded.get(period), base) {
            (Some((tickets, ids)), _) => {
                let census =
                    census::encode(&part.census).map_err(in_json(&blob(CENSUS, *period)))?;
                written += usize::from(put(draft, base, &blob(TICKETS, *period), tickets)?);
                put(draft, base, &blob(IDS, *period), ids)?;
                put(draft, base, &blob(CENSUS, *period), &census)?;
            }
            (None, None) => {}
            (None, Some(base)) => {
                draft.carry(&blob(TICKETS, *period))?;
                rebuild::carry_counts(draft, base, names, *period, &part.census)?;
            }
        }
        match (chronicle.made.get(period), base) {
            (Some(made), _) => {
                let name = blob(HEAD, *period);
                let head = serde_json::to_vec(&made.head).map_err(in_json(&name))?;
                put(draft, base, &name, &head)?;
                put(draft, base, &blob(ROWS, *period), &made.rows)?;
                if put(draft, base, &blob(SUMS, *period), &made.sums)? {
                    changed.insert(*period);
                }
            }
            (None, Some(base)) => {
                chronicle.rebuilder.carry(draft, base, *period, &part.census)?;
            }
            // Without a generation before, every period was rebuilt.
            (None, None) => {}
        }
    }
    let with_sums = periods.keys().copied();
    let sums = |period| chronicle.sums_for(generation, base, period);
    quarters::write(draft, base, (with_sums, &changed), sums, ledger.as_of)?;
    for (period, frozen) in &*frozen {
        frozen.write(draft, base, *period)?;
    }
    if *wipes {
        forgotten.clean_from = generation;
    }
    if !forgotten.is_empty() {
        put(draft, base, FORGOTTEN, &forgotten.to_bytes().map_err(in_json(FORGOTTEN))?)?;
    }
    let mut names = names.export();
    names.renumber(id);
    let bytes = postcard::to_stdvec(&Kept::of(&names)).map_err(|source| StateError::Packed {
        generation,
        name: HEADINGS.to_owned(),
        source,
    })?;
    put(draft, base, HEADINGS, &bytes)?;
    let bytes = ledger.to_bytes().map_err(|source| StateError::Ledger { generation, source })?;
    put(draft, base, LEDGER, &bytes)?;
    draft.write(ABOUT, &about.to_bytes().map_err(in_json(ABOUT))?)?;
    Ok(written)
}

/// Writes a blob, or carries it over if its bytes are unchanged; returns whether it was written.
fn put(
    draft: &mut Draft<'_>,
    base: Option<&Generation>,
    name: &str,
    bytes: &[u8],
) -> Result<bool, StateError> {
    let has_its_size = base.filter(|base| base.size(name) == Some(bytes.len() as u64));
    // One that cannot be read counts as changed.
    let is_same = has_its_size.is_some_and(|base| base.read(name).is_ok_and(|kept| kept == bytes));
    if is_same {
        draft.carry(name)?;
    } else {
        draft.write(name, bytes)?;
    }
    Ok(!is_same)
}
