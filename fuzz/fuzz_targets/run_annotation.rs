//! Any text as the annotation of a rollout: what is understood survives being written again.

#![no_main]

use kubectl_sts::convert::run::print;
use kubectl_sts::convert::run::read;
use kubectl_sts::model::run::RecordedRun;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let RecordedRun::Read(run) = read(text) {
        let printed = print(&run);
        let RecordedRun::Read(again) = read(&printed) else { panic!("unreadable: {printed}") };
        // The first reading may hold fractions of seconds; what was written never does.
        assert_eq!(print(&again), printed);
    }
});
