//! What may become of each claim: could anybody still want it?
//!
//! One pure function from a reading of the cluster to a verdict per claim. A claim is offered for
//! deletion only when everything that could want it was read and does not. Names are computed
//! forward from the sets there are and looked up, never guessed from the name of a claim.

pub mod attribution;
pub mod backup;
pub mod class;
pub mod fingerprint;
pub mod hold;
pub mod idle;
pub mod restored;
pub mod selection;
pub mod terms;
pub mod trash;
pub mod verdict;
pub mod veto;

#[cfg(test)]
mod tests;
