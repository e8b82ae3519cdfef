//! Decisions: from a snapshot and a request to what to write, or why not to.
//!
//! Pure: no input or output, no clock, no text meant for a table. What to do is a
//! [`step::Step`], why not to is a [`refusal::Refusal`].

pub mod assess;
pub mod group;
pub mod headroom;
pub mod options;
pub mod preflight;
pub mod refusal;
pub mod step;
pub mod verdict;
