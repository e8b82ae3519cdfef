//! Any bytes as an object in protobuf, of every kind.

#![no_main]

use kubectl_sts::wire::budget::PodDisruptionBudget;
use kubectl_sts::wire::pod::Pod;
use kubectl_sts::wire::revision::ControllerRevision;
use kubectl_sts::wire::set::StatefulSet;
use kubectl_sts_fuzz::budget;
use kubectl_sts_fuzz::pod;
use kubectl_sts_fuzz::revision;
use kubectl_sts_fuzz::set;
use libfuzzer_sys::fuzz_target;
use prost::Message;

fuzz_target!(|bytes: &[u8]| {
    let _ = StatefulSet::decode(bytes).map(set);
    let _ = Pod::decode(bytes).map(|wire| pod(&wire));
    let _ = ControllerRevision::decode(bytes).map(revision);
    let _ = PodDisruptionBudget::decode(bytes).map(budget);
});
