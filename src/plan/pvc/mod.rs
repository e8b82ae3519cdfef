//! Decisions about claims: which may go, how they go, and how they come back.

pub mod backup;
pub mod restored;
