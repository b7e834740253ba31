//! Writes the next generation of the state.

use std::collections::BTreeMap;

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
use super::month::Month;
use super::rebuild;

/// Writes the next generation: months whose tickets have changed, rows and sums that were rebuilt, headings, ledger and
/// summary; everything else is carried over. Returns the number of months whose tickets were written.
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
    let Merged { base, names, months, sets, frozen, forgotten, wipes, .. } = merged;
    let base = base.as_ref();
    // The months side by side; the tickets of each are freed as soon as they are encoded.
    let encode = |(month, set): (Month, TicketSet)| -> Result<_, StateError> {
        Ok((month, (encode_tickets(month, &set, &id)?, Ids::of(set.ids()).to_bytes())))
    };
    let encoded = std::mem::take(sets).into_par_iter().map(encode);
    let encoded: BTreeMap<Month, (Vec<u8>, Vec<u8>)> = encoded.collect::<Result<_, _>>()?;
    let mut written = 0;
    for (month, part) in &*months {
        match (encoded.get(month), base) {
            (Some((tickets, ids)), _) => {
                let census =
                    census::encode(&part.census).map_err(in_json(&blob(CENSUS, *month)))?;
                written += usize::from(put(draft, base, &blob(TICKETS, *month), tickets)?);
                put(draft, base, &blob(IDS, *month), ids)?;
                put(draft, base, &blob(CENSUS, *month), &census)?;
            }
            (None, None) => {}
            (None, Some(base)) => {
                draft.carry(&blob(TICKETS, *month))?;
                rebuild::carry_counts(draft, base, names, *month, &part.census)?;
            }
        }
        match (chronicle.made.get(month), base) {
            (Some(made), _) => {
                let name = blob(HEAD, *month);
                let head = serde_json::to_vec(&made.head).map_err(in_json(&name))?;
                put(draft, base, &name, &head)?;
                put(draft, base, &blob(ROWS, *month), &made.rows)?;
                put(draft, base, &blob(SUMS, *month), &made.sums)?;
            }
            (None, Some(base)) => {
                chronicle.rebuilder.carry(draft, base, *month, &part.census)?;
            }
            // Without a generation before, every month was rebuilt.
            (None, None) => {}
        }
    }
    for (month, frozen) in &*frozen {
        frozen.write(draft, base, *month)?;
    }
    if *wipes {
        forgotten.clean_from = generation;
    }
    if !forgotten.is_empty() {
        put(draft, base, FORGOTTEN, &forgotten.to_bytes().map_err(in_json(FORGOTTEN))?)?;
    }
    let mut names = names.export();
    names.renumber(id);
    let bytes = serde_json::to_vec(&Kept::of(&names)).map_err(in_json(HEADINGS))?;
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
