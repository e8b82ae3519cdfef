//! Objects as Kubernetes spells them: the parts this program reads, and nothing else.
//!
//! One partial struct per kind serves both encodings. Field numbers are those of
//! `generated.proto` in `k8s.io/api` and `k8s.io/apimachinery`, which never change; unknown
//! fields are skipped in either encoding. No defaults are applied here and no text is cleaned:
//! `convert` does both.

pub mod affinity;
pub mod attachment;
pub mod autoscaler;
pub mod budget;
pub mod claim;
pub mod claim_user;
pub mod claimant;
pub mod condition;
pub mod custom;
pub mod discovery;
pub mod event;
pub mod lease;
pub mod list;
pub mod meta;
pub mod node;
pub mod pod;
pub mod quota;
pub mod resident;
pub mod revision;
pub mod selector;
pub mod set;
pub mod status;
pub mod storage_class;
pub mod tenant;
pub mod value;
pub mod volume;
pub mod volume_snapshot;
