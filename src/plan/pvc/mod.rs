//! Decisions about claims: which may go, how they go, and how they come back.

pub mod attribution;
pub mod class;
pub mod fingerprint;
pub mod hold;
pub mod idle;
pub mod selection;
pub mod snapshot;
pub mod terms;
pub mod verdict;
pub mod veto;
