//! The files that touched a ticket: those with a line of it.
//!
//! One of very many files is only known to be so.

/// Longest list of files of a ticket.
const MOST: usize = 16;
/// Stands for more files than a list holds.
pub(super) const MANY: u32 = u32::MAX;

/// Numbers of files, ascending; [`MANY`] alone if there are more than [`MOST`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Files(pub(super) Vec<u32>);

impl Files {
    /// The list with these files.
    pub(super) fn of(files: impl IntoIterator<Item = u32>) -> Self {
        let mut list = Self::default();
        files.into_iter().for_each(|file| list.insert(file));
        list
    }

    fn insert(&mut self, file: u32) {
        if self.0.first() == Some(&MANY) {
            return;
        }
        if let Err(place) = self.0.binary_search(&file) {
            self.0.insert(place, file);
            if file == MANY || self.0.len() > MOST {
                self.0 = vec![MANY];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_only_known_to_be_long() {
        let most = u32::try_from(MOST).unwrap();
        let list = |numbers: &mut dyn Iterator<Item = u32>| Files::of(numbers).0;
        assert_eq!(list(&mut [3, 1, 3, 2].into_iter()), [1, 2, 3]);
        assert_eq!(list(&mut (0..most)).len(), MOST);
        let many = list(&mut (0..=most).rev());
        assert_eq!(many, [MANY]);
        // In whatever order lists meet.
        assert_eq!(list(&mut many.iter().copied().chain([1])), [MANY]);
        assert_eq!(list(&mut [1].into_iter().chain(many)), [MANY]);
    }
}
