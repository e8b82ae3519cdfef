//! Claims in tables, in words and in documents.

pub mod list;
pub mod money;
pub mod prune;
pub mod prune_document;
pub mod restore;
pub mod trash;
pub mod reading;
pub mod why;
pub mod words;
