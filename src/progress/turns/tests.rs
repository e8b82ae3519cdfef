//! Which pod is next.
