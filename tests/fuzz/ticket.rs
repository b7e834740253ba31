//! What the configuration needs of the floor `ticket`: names, and who belongs to whom.

#[path = "../../src/ticket/invisible.rs"]
mod invisible;
#[path = "../../src/ticket/location.rs"]
mod location;
#[path = "../../src/ticket/names.rs"]
mod names;
#[path = "../../src/ticket/organizations.rs"]
mod organizations;

pub use location::{Directory, Entry, Section};
pub use names::normalise;
pub use organizations::{Circle, Membership, OrganizationEntry, Organizations};
