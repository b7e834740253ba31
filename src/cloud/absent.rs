//! What stands for the stores in a program that was built without them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::address::Address;
use super::object::Object;
use super::trouble::{Trouble, What};

/// No store.
#[derive(Debug, Default)]
pub struct Stores;

impl Stores {
    /// No store.
    #[must_use]
    pub fn new(_: Arc<AtomicBool>) -> Self {
        Self
    }

    /// The object at an address.
    ///
    /// # Errors
    /// Always [`What::NotBuilt`].
    pub fn object(&mut self, _: &Address) -> Result<Option<Object>, Trouble> {
        Err(What::NotBuilt.into())
    }

    /// The objects whose keys begin with that of an address.
    ///
    /// # Errors
    /// Always [`What::NotBuilt`].
    pub fn below(&mut self, _: &Address) -> Result<Vec<Object>, Trouble> {
        Err(What::NotBuilt.into())
    }

    /// An object that was listed before.
    ///
    /// # Errors
    /// Always [`What::NotBuilt`].
    pub fn known(
        &mut self,
        _: &Address,
        _: u64,
        _: Option<i64>,
        _: Option<String>,
    ) -> Result<Object, Trouble> {
        Err(What::NotBuilt.into())
    }
}
