//! What must hold of every rollout and every abort, whatever goes wrong on the way.

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::exit::Exit;
use crate::model::leader::Leader;
use crate::model::pod::Pod;
use crate::model::run::{Holder, RecordedRun, Run, RunPhase, Steps};
use crate::model::set::{HOLD, PodManagement, Rolling, Set, Strategy as UpdateStrategy};
use crate::model::snapshot::Snapshot;
use crate::plan::headroom::{self, Blocker};
use crate::plan::options::{Approve, Options};
use crate::plan::preflight::original;
use crate::plan::step::{PodDeletion, RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::abort::{Abort, Way};
use crate::progress::event::Event;
use crate::progress::machine::{End, Machine};
use crate::progress::sim::deletion::deletion_may;
use crate::progress::sim::driver::{Check, Driven, Driver, Fault};
use crate::progress::sim::world::{Manners, World};
use crate::progress::stage::{Begin, Stage};
use crate::testing::{NEW, OLD, a_holder, a_run, a_set, a_template, at};

pub(super) fn brisk() -> Manners {
    Manners { start: 2, stop: 1, pace: 1, lag: 0, max_unavailable: Some(1) }
}

pub(super) fn quick() -> Options {
    Options { soak: SignedDuration::from_secs(3), approve: Approve::Auto, ..Options::default() }
}

/// Writes hold, template and record as `rollout stage` does.
pub(super) fn begin(world: &mut World, steps: &Steps, word: &str) {
    let set = world.set.clone();
    let run = Run {
        target: String::new(),
        original: original(&set).unwrap(),
        steps: steps.clone(),
        base: set.status.update_revision.clone(),
        template: a_template(word).digest(),
        holder: None,
        ..a_run(&set)
    };
    let patch = SetPatch {
        template: TemplateChange::Replace(a_template(word).json),
        strategy: StrategyChange::Partition(HOLD),
        run: RunChange::Write(run),
        ..SetPatch::of(&set)
    };
    world.apply(&Step::PatchSet(patch)).unwrap();
}

pub(super) fn recorded(set: &Set) -> Option<Run> {
    match &set.run {
        Some(RecordedRun::Read(run)) => Some(run.clone()),
        Some(RecordedRun::Unreadable(why)) => panic!("{why}"),
        None => None,
    }
}

/// Takes the lock as `rollout continue` and `rollout abort` do.
pub(super) fn take_up(
    world: &mut World,
    token: usize,
    change: impl FnOnce(&mut Run),
) -> Option<Run> {
    let mut run = recorded(&world.set)?;
    run.holder = Some(Holder { token: format!("holder-{token}"), ..a_holder(world.now) });
    run.partition = world.set.partition();
    change(&mut run);
    let patch = SetPatch { run: RunChange::Write(run.clone()), ..SetPatch::of(&world.set) };
    world.apply(&Step::PatchSet(patch)).unwrap();
    Some(run)
}

/// Whether going on approves the step that had passed.
pub(super) fn approves(run: &Run) -> bool {
    if run.by_deletion() {
        let goal = run.steps.counts(run.replicas).get(run.approved as usize).copied();
        return run.phase == RunPhase::Staging && goal.is_some_and(|goal| run.passed >= goal);
    }
    let updated = run.replicas - run.partition.min(run.replicas);
    run.phase == RunPhase::Staging
        && run.passed == updated
        && run.steps.counts(run.replicas).get(run.approved as usize) == Some(&updated)
}

/// Somebody to ask which pod leads; the driver asks the world.
pub(super) fn somebody() -> Leader {
    "cmd:who".parse().unwrap()
}

/// What a run may write.
fn check(run: &Run) -> Check {
    if run.by_deletion() { deletion_may } else { stage_may }
}

/// Processes one after the other, until one ends with something else than "approve me".
pub(super) fn stage(
    world: &mut World,
    options: &Options,
    gated: bool,
    faults: &mut Vec<Fault>,
) -> Option<End> {
    for process in 0..1000 {
        let run = take_up(world, process, |run| {
            run.approved += u32::from(approves(run));
            run.phase = RunPhase::Staging;
        })?;
        let mut snapshot = world.snapshot();
        let begin = Begin {
            holder: run.holder.clone().unwrap(),
            run,
            options: options.clone(),
            gated,
            change: "test".to_owned(),
        };
        let check = check(&begin.run);
        let mut machine = Stage::new(begin, &snapshot, world.now).led_by(Some(somebody()));
        let mut driver = Driver { world, faults, check, options, events: Vec::new(), late: None };
        match driver.run(&mut machine, &mut snapshot) {
            Driven::Ended(end) if end.exit == Exit::Held => {}
            Driven::Ended(end) => return Some(*end),
            Driven::Killed => {}
        }
    }
    panic!("too many processes");
}

pub(super) fn abort(world: &mut World, faults: &mut Vec<Fault>) -> Option<(End, Vec<Event>)> {
    for process in 2000..3000 {
        let way = |snapshot: &Snapshot, run: &Run| {
            let template = snapshot.revision(&run.base).unwrap().template.json.clone();
            Way::Template { template, success: Exit::Success }
        };
        if let (Driven::Ended(end), events) = go_back(world, process, faults, abort_may, way)? {
            return Some((*end, events));
        }
    }
    panic!("too many processes");
}

/// One process that goes back; `None` when there is nothing to go back from.
pub(super) fn go_back(
    world: &mut World,
    process: usize,
    faults: &mut Vec<Fault>,
    check: Check,
    way: impl FnOnce(&Snapshot, &Run) -> Way,
) -> Option<(Driven, Vec<Event>)> {
    let options = quick();
    let run = take_up(world, process, |_| {})?;
    let mut snapshot = world.snapshot();
    let way = way(&snapshot, &run);
    let (holder, now) = (run.holder.clone().unwrap(), world.now);
    let mut machine = Abort::new(run, holder, options.clone(), way, &snapshot, now);
    let mut driver =
        Driver { world, faults, check, options: &options, events: Vec::new(), late: None };
    let driven = driver.run(&mut machine, &mut snapshot);
    Some((driven, driver.events))
}

/// What a staged rollout may write, judged by what it had read.
pub(super) fn stage_may(world: &World, snapshot: &Snapshot, step: &Step, options: &Options) {
    let Step::PatchSet(patch) = step else { panic!("a staged rollout deletes no pod") };
    assert_eq!(patch.template, TemplateChange::Keep, "the template is not touched again");
    let set = &snapshot.set;
    let all = set.wanted.replicas;
    let soaked = |index: u32| {
        let wait = options.soak.max(SignedDuration::from_secs(i64::from(set.min_ready_seconds)));
        snapshot.pod_at(index).is_some_and(|pod| {
            pod.is_ready()
                && pod.revision.as_deref() == Some(NEW)
                && pod.ready_since.is_some_and(|since| world.now.duration_since(since) >= wait)
        })
    };
    match &patch.strategy {
        StrategyChange::Keep => {}
        StrategyChange::Partition(partition) => {
            let before = world.set.partition();
            assert!(*partition < before, "the partition rose from {before} to {partition}");
            let released = before.min(all);
            for index in released..all {
                assert!(soaked(index), "released more before index {index} had passed");
            }
            assert!(released - partition <= options.batch, "released more than a batch");
            let unavailable = headroom::unavailable(snapshot, all, 0, world.now);
            assert_eq!(unavailable, [], "released while others were unavailable");
            let RunChange::Write(run) = &patch.run else { panic!("released without a record") };
            assert_eq!(run.partition, *partition);
            assert_eq!(run.target, NEW, "nothing is released before the revision is known");
            let goal = run.steps.counts(all)[run.approved as usize];
            assert!(all - partition <= goal, "released more than the step");
        }
        StrategyChange::OnDelete | StrategyChange::Rebuild(_) => panic!("there is a partition"),
        StrategyChange::Restore(strategy) => {
            assert!((0..all).all(soaked), "done before every pod had passed");
            assert_eq!(strategy, &recorded(set).unwrap().original);
            assert_eq!(patch.run, RunChange::Remove);
        }
    }
}

/// What an abort may write.
fn abort_may(world: &World, snapshot: &Snapshot, step: &Step, _options: &Options) {
    let set = &world.set;
    let all = set.wanted.replicas;
    let run = recorded(set).unwrap();
    match step {
        Step::PatchSet(SetPatch { strategy: StrategyChange::Partition(HOLD), .. }) => {
            assert_eq!(set.management, PodManagement::Parallel, "raised under OrderedReady");
            assert_ne!(run.phase, RunPhase::Aborting, "raised twice");
        }
        Step::PatchSet(SetPatch { strategy: StrategyChange::Partition(partition), .. }) => {
            let before = set.partition().min(all);
            assert!(*partition < before, "raised to {partition}");
            assert_eq!(run.phase, RunPhase::Aborting);
            assert_eq!(set.template, World::template("old"));
            assert_eq!(set.status.current_revision, NEW, "only after a promotion");
        }
        Step::PatchSet(SetPatch { strategy: StrategyChange::Restore(_), .. }) => {
            for index in 0..all {
                let pod = snapshot.pod_at(index).unwrap();
                assert_eq!(pod.revision.as_deref(), Some(OLD));
                assert!(pod.is_available(set.min_ready_seconds, world.now));
            }
        }
        Step::PatchSet(_) => {}
        Step::DeletePod(PodDeletion { uid, .. }) => {
            assert_eq!(run.phase, RunPhase::Aborting);
            assert_eq!(set.template, World::template("old"), "deleted before the revert");
            assert!(set.observed(), "deleted before the controller had seen the revert");
            assert_eq!(set.status.update_revision, OLD);
            let pod = snapshot.own_pods().find(|pod| pod.uid == *uid).unwrap();
            assert_ne!(pod.revision.as_deref(), Some(OLD), "deleted a pod that was fine");
            others_are_well(world, snapshot, pod);
        }
        _ => {
            panic!("an abort does nothing else")
        }
    }
}

/// Whether this pod may be deleted as far as the others go.
pub(super) fn others_are_well(world: &World, snapshot: &Snapshot, pod: &Pod) {
    let set = &world.set;
    let index = set.wanted.index(pod.ordinal.unwrap()).unwrap();
    let others = if pod.is_ready() { set.wanted.replicas } else { index };
    let mut unavailable = headroom::unavailable(snapshot, others, 0, world.now);
    if !pod.is_ready() {
        // Those below that are merely young get there by themselves.
        unavailable.retain(|lower| !matches!(lower, Blocker::NotAvailable { .. }));
    }
    assert_eq!(unavailable, [], "deleted with others unavailable");
}

/// The pods that were deleted, in order.
pub(super) fn deleted(events: &[Event]) -> Vec<&str> {
    events
        .iter()
        .filter_map(|event| match event {
            Event::PodDeleted { pod, .. } => Some(pod.as_str()),
            _ => None,
        })
        .collect()
}

pub(super) fn settle(world: &mut World) {
    for _ in 0..200 {
        world.tick();
    }
}

pub(super) fn all_on(world: &World, revision: &str) {
    let snapshot = world.snapshot();
    for index in 0..world.set.wanted.replicas {
        let pod = snapshot.pod_at(index).unwrap();
        assert_eq!(pod.revision.as_deref(), Some(revision), "{}", pod.name);
        assert!(pod.is_available(world.set.min_ready_seconds, world.now), "{}", pod.name);
    }
    assert_eq!(world.set.run, None);
}

pub(super) fn breaking(mut world: World) -> World {
    world.broken.insert("new".to_owned());
    world
}

// The simulation itself.

pub(super) fn revert(world: &mut World, word: &str) {
    let patch = SetPatch {
        template: TemplateChange::Replace(a_template(word).json),
        ..SetPatch::of(&world.set)
    };
    world.apply(&Step::PatchSet(patch)).unwrap();
}

pub(super) fn revisions(world: &World) -> Vec<String> {
    let snapshot = world.snapshot();
    let show = |index| match snapshot.pod_at(index) {
        None => "-".to_owned(),
        Some(pod) => {
            let mark = if pod.is_ready() { "" } else { "!" };
            format!("{}{mark}", pod.revision.as_deref().unwrap().trim_start_matches("db-"))
        }
    };
    (0..world.set.wanted.replicas).map(show).collect()
}

#[test]
fn the_simulated_controller_rolls_from_the_top_and_promotes() {
    let mut world = World::new(a_set("db"), brisk());
    revert(&mut world, "new");
    world.tick();
    assert_eq!(revisions(&world), ["old", "old", "old!"]);
    settle(&mut world);
    assert_eq!(revisions(&world), ["new", "new", "new"]);
    assert_eq!(world.set.status.current_revision, NEW);
}

#[test]
fn the_simulated_controller_falls_into_the_trap_of_67250() {
    let mut world = breaking(World::new(a_set("db"), brisk()));
    revert(&mut world, "new");
    settle(&mut world);
    assert_eq!(revisions(&world), ["old", "old", "new!"]);
    revert(&mut world, "old");
    settle(&mut world);
    assert_eq!(revisions(&world), ["old", "old", "new!"], "stuck for ever");
    assert_eq!(world.set.status.current_revision, world.set.status.update_revision);
    let stuck = world.snapshot().pod_at(2).unwrap().clone();
    let deletion = PodDeletion {
        namespace: "prod".to_owned(),
        pod: stuck.name,
        uid: stuck.uid,
        resource_version: stuck.resource_version,
    };
    world.apply(&Step::DeletePod(deletion)).unwrap();
    settle(&mut world);
    assert_eq!(revisions(&world), ["old", "old", "old"]);
}

#[test]
fn the_simulated_partition_counts_from_the_first_ordinal() {
    let mut world = World::new(a_set("db").starting_at(5).at_partition(2), brisk());
    revert(&mut world, "new");
    settle(&mut world);
    assert_eq!(revisions(&world), ["old", "old", "new"]);
    let mut world = World::new(a_set("db").starting_at(5).at_partition(6), brisk());
    revert(&mut world, "new");
    settle(&mut world);
    assert_eq!(revisions(&world), ["old", "old", "old"]);
}

#[test]
fn the_simulated_parallel_set_replaces_its_broken_pods_itself() {
    let mut world = breaking(World::new(a_set("db").parallel(), brisk()));
    revert(&mut world, "new");
    settle(&mut world);
    assert_eq!(revisions(&world), ["old", "old", "new!"]);
    revert(&mut world, "old");
    settle(&mut world);
    assert_eq!(revisions(&world), ["old", "old", "old"]);
}

#[test]
fn the_simulated_young_pods_of_a_parallel_set_go_all_at_once() {
    let mut world = World::new(a_set("db").parallel().min_ready(60), brisk());
    revert(&mut world, "new");
    settle(&mut world);
    settle(&mut world);
    assert_eq!(revisions(&world), ["new", "new", "new"]);
    // The last ones have not been ready for a minute.
    world.sicken(0, 1);
    world.sicken(1, 1);
    world.sicken(2, 1);
    world.tick();
    world.tick();
    revert(&mut world, "old");
    world.tick();
    assert_eq!(revisions(&world), ["new!", "new!", "new!"], "whatever maxUnavailable says");
}

// The machines, in the plain case.

#[test]
fn a_rollout_goes_through_and_leaves_the_set_as_it_was() {
    let mut world = World::new(a_set("db"), brisk());
    begin(&mut world, &Steps::default(), "new");
    let end = stage(&mut world, &quick(), false, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    assert!(world.set.observed(), "the last word is the controller's");
    settle(&mut world);
    all_on(&world, NEW);
    assert_eq!(world.set.partition(), 0);
}

#[test]
fn a_broken_template_costs_one_pod_and_an_abort_brings_it_back() {
    for set in [a_set("db"), a_set("db").parallel(), a_set("db").starting_at(7)] {
        let mut world = breaking(World::new(set, brisk()));
        begin(&mut world, &Steps::default(), "new");
        let end = stage(&mut world, &quick(), false, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Found, "{}", end.summary);
        assert_eq!(revisions(&world), ["old", "old", "new!"]);
        let run = recorded(&world.set).unwrap();
        assert_eq!((run.phase, run.holder), (RunPhase::Failed, None));
        let (end, events) = abort(&mut world, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        assert_eq!(deleted(&events).len(), 1);
        settle(&mut world);
        all_on(&world, OLD);
        assert_eq!(world.set.partition(), 0);
    }
}

#[test]
fn an_abort_of_a_healthy_canary_takes_one_pod_at_a_time() {
    for set in [a_set("db").replicas(5), a_set("db").replicas(5).parallel()] {
        let ordered = set.management == PodManagement::OrderedReady;
        let mut world = World::new(set, brisk());
        begin(&mut world, &"3".parse().unwrap(), "new");
        let mut machine_ended = false;
        for process in 0..10 {
            // Three pods pass, then the only step is done.
            let Some(run) = take_up(&mut world, process, |_| {}) else { break };
            let mut snapshot = world.snapshot();
            let begin = Begin {
                holder: run.holder.clone().unwrap(),
                run,
                options: Options { approve: Approve::Stop, ..quick() },
                gated: true,
                change: String::new(),
            };
            let options = begin.options.clone();
            let mut machine = Stage::new(begin, &snapshot, world.now);
            let mut faults = Vec::new();
            let mut driver = Driver {
                world: &mut world,
                faults: &mut faults,
                check: stage_may,
                options: &options,
                events: Vec::new(),
                late: None,
            };
            if let Driven::Ended(end) = driver.run(&mut machine, &mut snapshot) {
                assert_eq!(end.exit, Exit::Held, "{}", end.summary);
                machine_ended = true;
                break;
            }
        }
        assert!(machine_ended);
        assert_eq!(revisions(&world), ["old", "old", "new", "new", "new"]);
        let (end, events) = abort(&mut world, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        let expected: &[&str] = if ordered { &[] } else { &["db-4", "db-3", "db-2"] };
        assert_eq!(deleted(&events), expected, "what the controller does itself is left to it");
        settle(&mut world);
        all_on(&world, OLD);
    }
}

// Whatever goes wrong.

fn strategies() -> impl Strategy<Value = UpdateStrategy> {
    let rolling = |max_unavailable: Option<&str>| {
        let max_unavailable = max_unavailable.map(str::to_owned);
        UpdateStrategy::RollingUpdate(Some(Rolling { partition: 0, max_unavailable }))
    };
    prop::sample::select(vec![
        rolling(None),
        rolling(Some("2")),
        UpdateStrategy::RollingUpdate(None),
        UpdateStrategy::OnDelete,
    ])
}

prop_compose! {
    pub(super) fn sets()(
        replicas in 1_u32..6,
        start in 0_u32..3,
        strategy in strategies(),
        parallel in any::<bool>(),
        min_ready in prop::sample::select(vec![0, 0, 4, 40]),
    ) -> Set {
        let set = a_set("db").replicas(replicas).starting_at(start).min_ready(min_ready);
        let set = if parallel { set.parallel() } else { set };
        set.with_strategy(strategy)
    }
}

prop_compose! {
    pub(super) fn manners()(
        start in 0_i64..8,
        stop in 0_i64..4,
        pace in 1_i64..4,
        lag in prop::sample::select(vec![0_usize, 0, 1, 3]),
        max_unavailable in prop::sample::select(vec![None, Some(1), Some(2)]),
    ) -> Manners {
        Manners { start, stop, pace, lag, max_unavailable }
    }
}

prop_compose! {
    pub(super) fn options()(
        soak in 0_i64..40,
        batch in 1_u32..4,
        approve in prop::sample::select(vec![Approve::Auto, Approve::Stop, Approve::Prompt]),
    ) -> Options {
        Options { soak: SignedDuration::from_secs(soak), batch, approve, ..Options::default() }
    }
}

pub(super) fn steps() -> impl Strategy<Value = Steps> {
    let texts = vec!["1,100%", "100%", "1,2,3,100%", "1,50%,100%", "10%,100%"];
    prop::sample::select(texts).prop_map(|text| text.parse().unwrap())
}

pub(super) fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let one = prop_oneof![
        4 => Just(Fault::None),
        2 => Just(Fault::Conflict),
        2 => Just(Fault::AnswerLost),
        2 => Just(Fault::RequestLost),
        1 => Just(Fault::Late),
        1 => Just(Fault::KilledBefore),
        1 => Just(Fault::KilledAfter),
        1 => any::<u8>().prop_map(Fault::Sick),
    ];
    prop::collection::vec(one, 0..30)
}

pub(super) fn harmless(original: &Set, world: &World) {
    assert_eq!(world.set.strategy, original.strategy, "the strategy is as it was");
    assert_eq!(world.set.wanted, original.wanted);
}

/// What must hold after a rollout that failed: an abort brings every pod back.
pub(super) fn failed_comes_back(world: &mut World, original: &Set, mut faults: Vec<Fault>) {
    faults.retain(|fault| !matches!(fault, Fault::Sick(_)));
    if let Some((end, _)) = abort(world, &mut faults) {
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    }
    settle(world);
    all_on(world, OLD);
    harmless(original, world);
}

/// What must hold when the process is killed after so many writes: an abort brings every pod back,
/// unless the rollout was over already.
pub(super) fn killed_comes_back(
    world: &mut World,
    original: &Set,
    options: &Options,
    writes: usize,
    mut faults: Vec<Fault>,
) {
    let mut until_killed = vec![Fault::None; writes];
    until_killed.insert(0, Fault::KilledAfter);
    let options = Options { approve: Approve::Auto, ..options.clone() };
    kill(world, &options, &mut until_killed);
    match abort(world, &mut faults) {
        Some((end, _)) => assert_eq!(end.exit, Exit::Success, "{}", end.summary),
        None => assert!(world.set.run.is_none()),
    }
    settle(world);
    let on = if world.set.template == a_template("old") { OLD } else { NEW };
    all_on(world, on);
    harmless(original, world);
}

proptest! {
    #[test]
    fn every_good_rollout_ends_with_every_pod_updated(
        set in sets(), manners in manners(), options in options(), steps in steps(),
        gated in any::<bool>(), mut faults in faults(),
    ) {
        let mut world = World::new(set.clone(), manners);
        begin(&mut world, &steps, "new");
        if let Some(end) = stage(&mut world, &options, gated, &mut faults) {
            prop_assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        }
        settle(&mut world);
        all_on(&world, NEW);
        harmless(&set, &world);
    }

    #[test]
    fn every_bad_rollout_is_held_after_one_batch_and_can_be_taken_back(
        set in sets(), manners in manners(), options in options(), steps in steps(),
        mut faults in faults(), more in faults(),
    ) {
        let mut world = breaking(World::new(set.clone(), manners));
        begin(&mut world, &steps, "new");
        let end = stage(&mut world, &options, false, &mut faults).unwrap();
        prop_assert_eq!(end.exit, Exit::Found, "{}", end.summary);
        let touched = world.snapshot().count_on(OLD) + options.batch;
        prop_assert!(touched >= set.wanted.replicas, "{:?}", revisions(&world));
        failed_comes_back(&mut world, &set, more);
    }

    #[test]
    fn an_abort_at_any_moment_brings_everything_back(
        set in sets(), manners in manners(), options in options(), steps in steps(),
        writes in 0_usize..12, more in faults(),
    ) {
        let mut world = World::new(set.clone(), manners);
        begin(&mut world, &steps, "new");
        killed_comes_back(&mut world, &set, &options, writes, more);
    }
}

/// One process, until it is killed or ends.
pub(super) fn kill(world: &mut World, options: &Options, faults: &mut Vec<Fault>) {
    let Some(run) = take_up(world, 0, |_| {}) else { return };
    let mut snapshot = world.snapshot();
    let begin = Begin {
        holder: run.holder.clone().unwrap(),
        run,
        options: options.clone(),
        gated: false,
        change: String::new(),
    };
    let check = check(&begin.run);
    let mut machine = Stage::new(begin, &snapshot, world.now).led_by(Some(somebody()));
    let mut driver = Driver { world, faults, check, options, events: Vec::new(), late: None };
    drop(driver.run(&mut machine, &mut snapshot));
}

// What others do to the set meanwhile.

/// A stage that has released the top pod, and the cluster it sees.
fn under_way() -> (World, Stage, Snapshot) {
    let mut world = World::new(a_set("db"), brisk());
    begin(&mut world, &Steps::default(), "new");
    world.sync();
    let run = take_up(&mut world, 0, |_| {}).unwrap();
    let snapshot = world.snapshot();
    let begin = Begin {
        holder: run.holder.clone().unwrap(),
        run,
        options: quick(),
        gated: false,
        change: String::new(),
    };
    let stage = Stage::new(begin, &snapshot, world.now);
    (world, stage, snapshot)
}

#[test]
fn whatever_somebody_else_changes_ends_the_rollout_without_another_change() {
    type Tamper = fn(&mut Set);
    let edit = |set: &mut Set, change: fn(&mut Run)| {
        let mut run = recorded(set).unwrap();
        change(&mut run);
        set.run = Some(RecordedRun::Read(run));
    };
    let cases: [(&str, Tamper); 8] = [
        ("the pod template was changed", |set| set.template = a_template("third")),
        ("the partition was changed", |set| *set = set.clone().at_partition(0)),
        ("the set was scaled from 3 to 5 replicas", |set| set.wanted.replicas = 5),
        ("spec.ordinals.start was changed from 0 to 1", |set| set.wanted.start = 1),
        ("was deleted and created again", |set| set.uid = "another".to_owned()),
        ("the record of this rollout was removed", |set| set.run = None),
        ("the record of this rollout was damaged", |set| {
            set.run = Some(RecordedRun::Unreadable("junk".to_owned()));
        }),
        ("the update revision is db-third", |set| {
            "db-third".clone_into(&mut set.status.update_revision);
        }),
    ];
    let expect = |tampered: &Snapshot, machine: &mut Stage, says: &str| match machine
        .next(tampered, at(1))
    {
        crate::progress::machine::Move::End(end) => {
            assert_eq!(end.exit, Exit::Conflict, "{says}");
            assert!(end.summary.contains(says), "{:?} does not say {says:?}", end.summary);
            if let Some(Step::PatchSet(patch)) = &end.parting {
                assert_eq!(patch.strategy, StrategyChange::Keep);
                assert_eq!(patch.template, TemplateChange::Keep);
            }
            end.parting.is_some()
        }
        other => panic!("{says}: {other:?}"),
    };
    for (says, tamper) in cases {
        let (mut world, mut machine, mut snapshot) = under_way();
        pinned(&mut world, &mut machine, &mut snapshot);
        tamper(&mut snapshot.set);
        expect(&snapshot, &mut machine, says);
    }
    let (mut world, mut machine, mut snapshot) = under_way();
    pinned(&mut world, &mut machine, &mut snapshot);
    edit(&mut snapshot.set, |run| {
        let holder = run.holder.as_mut().unwrap();
        "theirs".clone_into(&mut holder.token);
        "you@there".clone_into(&mut holder.name);
    });
    let parts = expect(&snapshot, &mut machine, "you@there took this rollout over");
    assert!(!parts, "another's lock is not given up");
    let (mut world, mut machine, mut snapshot) = under_way();
    pinned(&mut world, &mut machine, &mut snapshot);
    edit(&mut snapshot.set, |run| run.holder = None);
    let parts = expect(&snapshot, &mut machine, "this rollout was paused");
    assert!(!parts, "what was recorded at the pause stays");
    let (mut world, mut machine, mut snapshot) = under_way();
    pinned(&mut world, &mut machine, &mut snapshot);
    edit(&mut snapshot.set, |run| "run-2".clone_into(&mut run.id));
    assert!(!expect(&snapshot, &mut machine, "another staged rollout was begun"));
}

/// Drives until the first pod has been released.
fn pinned(world: &mut World, machine: &mut Stage, snapshot: &mut Snapshot) {
    use crate::progress::machine::Move;
    for _ in 0..20 {
        match machine.next(snapshot, world.now) {
            Move::Write(step) => {
                let set = world.apply(&step).unwrap().unwrap();
                snapshot.set = set;
                machine.written(Some(&snapshot.set.clone()), world.now);
                if snapshot.set.partition() < 3 {
                    world.sync();
                    *snapshot = world.snapshot();
                    return;
                }
            }
            Move::ReadBudgets => machine.budgets_read(world.now),
            Move::Wait { .. } => {
                world.tick();
                *snapshot = world.snapshot();
            }
            other => panic!("{other:?}"),
        }
    }
    panic!("nothing was released");
}

// Time limits.

#[test]
fn a_controller_that_does_nothing_is_not_waited_for_for_ever() {
    let asleep = Manners { pace: 1_000_000_007, ..brisk() };
    let mut world = World::new(a_set("db"), asleep);
    begin(&mut world, &Steps::default(), "new");
    let end = stage(&mut world, &quick(), false, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::TimedOut, "{}", end.summary);
    assert_eq!(revisions(&world), ["old", "old", "old"]);
    let (end, _) = abort(&mut world, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Partial, "{}", end.summary);
}

#[test]
fn watching_a_pod_for_longer_than_the_time_limit_is_not_a_standstill() {
    for set in [a_set("db"), a_set("db").parallel(), a_set("db").min_ready(3000)] {
        let mut world = World::new(set, brisk());
        begin(&mut world, &Steps::default(), "new");
        let patient = Options { soak: SignedDuration::from_secs(1200), ..quick() };
        let end = stage(&mut world, &patient, false, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        all_on(&world, NEW);
    }
}

#[test]
fn going_back_waits_for_long_min_ready_seconds() {
    let mut world = World::new(a_set("db").parallel().min_ready(3000), brisk());
    begin(&mut world, &Steps::default(), "new");
    let mut faults = vec![Fault::KilledAfter];
    faults.extend([Fault::None; 200]);
    kill(&mut world, &quick(), &mut faults);
    assert!(world.snapshot().count_on(NEW) > 0);
    let (end, _) = abort(&mut world, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    all_on(&world, OLD);
}

#[test]
fn a_rollout_can_be_taken_back_even_after_its_last_pod() {
    for set in [a_set("db"), a_set("db").parallel()] {
        let mut world = World::new(set, brisk());
        begin(&mut world, &"100%".parse().unwrap(), "new");
        let patient = Options { soak: SignedDuration::from_secs(60), ..quick() };
        let mut faults = vec![Fault::KilledBefore];
        // Releases and beats up to the last pod's soak.
        faults.extend([Fault::None; 11]);
        kill(&mut world, &patient, &mut faults);
        assert_eq!(revisions(&world), ["new", "new", "new"]);
        assert_eq!(world.set.status.current_revision, NEW, "promoted");
        let (end, _) = abort(&mut world, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        all_on(&world, OLD);
    }
}
