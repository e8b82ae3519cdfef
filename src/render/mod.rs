//! Text and documents: the one place where values become words.
//!
//! Nothing here knows whether there is a terminal or a colour: what matters about a piece of
//! text is its [`text::Tone`], and `terminal` decides how that looks. Nothing here reads a clock.

pub mod board;
pub mod difference;
pub mod document;
pub mod duration;
pub mod frame;
pub mod group;
pub mod history;
pub mod pace;
pub mod plan;
pub mod record;
pub mod refusal;
pub mod rollout;
pub mod status;
pub mod table;
pub mod text;

#[cfg(test)]
pub(crate) mod scripted;
