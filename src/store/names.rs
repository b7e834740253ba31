//! Names and modes of the files in a state folder.

/// Held by the run that works on the state.
pub(super) const LOCK: &str = "LOCK";
/// Says which generation is current.
pub(super) const CURRENT: &str = "CURRENT";
/// Ends the name of what is being written or removed. Only queuestat writes there.
pub(super) const UNFINISHED: &str = ".tmp";

/// Tickets are personal data: nobody but the owner reads them.
pub(super) const FOLDER_MODE: u32 = 0o700;
pub(super) const FILE_MODE: u32 = 0o600;
