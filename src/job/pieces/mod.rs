//! A report in pieces, for one machine or many: [`crate::partial`] tells of their files.
//!
//! Each piece is the same code as the stage of [`report`](super::report()) that it stands for.

mod done;
mod fold;
mod forms;
mod join;
mod list;
mod names;
mod paths;
mod places;
mod publish;
mod tables;
mod work;

pub use done::Done;
pub use fold::{Which, fold};
pub use join::join;
pub use list::list;
pub use names::names;
pub use places::places;
pub use publish::{PublishPlan, publish};
pub use tables::tables;
pub use work::Work;
