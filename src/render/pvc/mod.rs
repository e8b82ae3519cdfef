//! Claims in tables, in words and in documents.

pub mod document;
pub mod list;
pub mod money;
pub mod prune;
pub mod prune_document;
pub mod reading;
pub mod restore;
pub mod trash;
pub mod why;
pub mod words;
