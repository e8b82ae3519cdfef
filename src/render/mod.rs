//! Text and documents: the one place where values become words.
//!
//! Nothing here knows whether there is a terminal or a colour: what matters about a piece of
//! text is its [`text::Tone`], and `terminal` decides how that looks. Nothing here reads a clock.

pub mod answers;
pub mod board;
mod claims;
pub mod diagram;
pub mod difference;
pub mod document;
pub mod duration;
pub mod failover;
pub mod fleet;
pub mod frame;
mod gate;
pub mod group;
pub mod history;
pub mod ordinals;
pub mod outlook;
pub mod overview;
pub mod pace;
pub mod plan;
pub mod plan_document;
pub mod pods;
pub mod pvc;
pub mod pvc_adopt;
pub mod pvc_rescue;
pub mod pvc_snapshot;
pub mod record;
pub mod recreate;
pub mod refusal;
pub mod resize;
pub mod rollout;
pub mod scale;
pub mod status;
pub mod status_document;
pub mod strip;
pub mod table;
pub mod text;
pub mod tree;
pub mod tree_document;

#[cfg(test)]
pub(crate) mod scripted;
