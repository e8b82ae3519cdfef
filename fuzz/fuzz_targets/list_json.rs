//! Any bytes as a list in JSON.

#![no_main]

use kubectl_sts::wire::list::Encoding;
use kubectl_sts_fuzz::list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| list(Encoding::Json, bytes));
