//! The real executable against a real control plane, which the suite starts itself.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod campaign;
mod connection;
mod exec;
mod exec_all;
mod failover;
mod follow;
mod forecast;
mod gate_files;
mod gate_queries;
mod gate_requests;
mod gates;
mod group;
mod guides;
mod harness;
mod history;
mod hold;
mod interrupt;
mod order;
mod park;
mod pause;
mod plan;
mod predict;
mod promote;
mod rbac;
mod reading;
mod recreate;
mod refusals;
mod requests;
mod restart;
mod rollouts;
mod scale;
mod smoke;
mod stage;
mod status;
mod status_all;
mod storage;
mod traps;
mod tree;
mod undo;
mod unstick;
