//! Claims in tables, in words and in documents.

pub mod document;
pub mod list;
pub mod money;
pub mod reading;
pub mod why;
pub mod words;
