//! The real executable, without a cluster and beside a small server of our own.
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "../support/mod.rs"]
mod support;

mod faults;
mod rollout;
mod usage;
