//! What the coordinator lets through; whole groups are tried in the simulation.

use crate::plan::step::{SetPatch, Step, StrategyChange};
use crate::progress::group::forward::allowed;
use crate::progress::stage::Turn;
use crate::testing::a_set;

#[test]
fn a_release_out_of_turn_or_beyond_it_is_not_let_through() {
    let release = |partition| {
        let strategy = StrategyChange::Partition(partition);
        Step::PatchSet(SetPatch { strategy, ..SetPatch::of(&a_set("db")) })
    };
    let two = Turn::Release { most: 2, down: Vec::new() };
    assert!(allowed(&two, 3, &release(1)));
    assert!(!allowed(&two, 3, &release(0)), "three");
    assert!(!allowed(&Turn::Later(String::new()), 3, &release(2)));
    assert!(!allowed(&Turn::Full(String::new()), 3, &release(2)));
    assert!(!allowed(&Turn::Close, 3, &release(2)));
    let beat = Step::PatchSet(SetPatch::of(&a_set("db")));
    assert!(allowed(&Turn::Later(String::new()), 3, &beat), "a sign of life always is");
}
