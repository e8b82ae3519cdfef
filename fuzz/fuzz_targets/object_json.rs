//! Any bytes as an object in JSON, of every kind.

#![no_main]

use kubectl_sts_fuzz::budget;
use kubectl_sts_fuzz::pod;
use kubectl_sts_fuzz::revision;
use kubectl_sts_fuzz::set;
use libfuzzer_sys::fuzz_target;
use serde_json::from_slice;

fuzz_target!(|bytes: &[u8]| {
    let _ = from_slice(bytes).map(set);
    let _ = from_slice(bytes).map(|wire| pod(&wire));
    let _ = from_slice(bytes).map(revision);
    let _ = from_slice(bytes).map(budget);
});
