//! Decisions: from a snapshot and a request to what to write, or why not to.
//!
//! Pure: no input or output, no clock, no text meant for a table. What to do is a
//! [`step::Step`], why not to is a [`refusal::Refusal`].

pub mod answer;
pub mod answers;
pub mod assess;
pub mod claims;
pub mod failover;
pub mod fleet;
pub mod group;
pub mod headroom;
pub mod leader;
pub mod next;
pub mod options;
pub mod outlook;
pub mod pause;
pub mod preflight;
pub mod pvc;
pub mod recreate;
pub mod refusal;
pub mod resize;
pub mod restart;
pub mod revisions;
pub mod scale;
pub mod simulate;
pub mod staged;
pub mod standing;
pub mod step;
pub mod stuck;
pub mod tree;
pub mod verdict;
