//! Decisions about claims: which may go, how they go, and how they come back.
//!
//! Whether a claim may go is one pure function from a reading of the cluster to a verdict per
//! claim. A claim is offered for deletion only when everything that could want it was read and
//! does not. Names are computed forward from the sets there are and looked up, never guessed from
//! the name of a claim.

pub mod adopt;
pub mod attribution;
pub mod backup;
pub mod class;
pub mod fingerprint;
pub mod hold;
pub mod idle;
pub mod rescue;
pub mod restored;
pub mod selection;
pub mod snapshot;
pub mod terms;
pub mod trash;
pub mod verdict;
pub mod veto;

#[cfg(test)]
mod tests;
