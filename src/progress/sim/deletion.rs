//! What must hold of rollouts in an order of the user's own, whatever goes wrong on the way.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::exit::Exit;
use crate::model::order::Order;
use crate::model::ordinal::Ordinal;
use crate::model::pod::Pod;
use crate::model::run::{Run, RunPhase, Steps};
use crate::model::set::{Rolling, Strategy as UpdateStrategy};
use crate::model::snapshot::Snapshot;
use crate::plan::headroom;
use crate::plan::options::{Approve, Options};
use crate::plan::preflight::original;
use crate::plan::step::{PodDeletion, RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::event::Event;
use crate::progress::machine::{Machine as _, Move};
use crate::progress::sim::driver::Fault;
use crate::progress::sim::tests::{
    abort, all_on, breaking, brisk, failed_comes_back, faults, harmless, kill, killed_comes_back,
    manners, options, quick, recorded, revisions, sets, settle, stage, steps, take_up,
};
use crate::progress::sim::world::{Manners, World};
use crate::progress::stage::{Begin, Stage};
use crate::testing::{NEW, OLD, a_run, a_set, a_template};

/// Writes `OnDelete`, template and record as `rollout stage --order` does.
fn begin(world: &mut World, steps: &Steps, order: &Order) {
    let set = world.set.clone();
    let run = Run {
        target: String::new(),
        original: original(&set).unwrap(),
        steps: steps.clone(),
        order: order.clone(),
        partition: 0,
        base: set.status.update_revision.clone(),
        template: a_template("new").digest(),
        holder: None,
        ..a_run(&set)
    };
    let patch = SetPatch {
        template: TemplateChange::Replace(a_template("new").json),
        strategy: StrategyChange::OnDelete,
        run: RunChange::Write(run),
        ..SetPatch::of(&set)
    };
    world.apply(&Step::PatchSet(patch)).unwrap();
}

/// What such a rollout may write. What counts is the world, not what was read of it.
pub(super) fn deletion_may(world: &World, snapshot: &Snapshot, step: &Step, options: &Options) {
    let truth = world.snapshot();
    let set = &truth.set;
    assert_eq!(set.strategy, UpdateStrategy::OnDelete, "nothing moves by itself");
    match step {
        Step::PatchSet(patch) => {
            assert_eq!(patch.template, TemplateChange::Keep, "the template is not touched again");
            match &patch.strategy {
                StrategyChange::Keep => {}
                StrategyChange::Restore(_) | StrategyChange::Rebuild(_) => {
                    let run = recorded(set).unwrap();
                    assert_eq!(patch.strategy, StrategyChange::back(&run));
                    assert_eq!(patch.run, RunChange::Remove);
                    assert_eq!(truth.count_on(NEW), set.wanted.replicas, "released something");
                    assert!(
                        set.wanted
                            .iter()
                            .all(|ordinal| soaked(snapshot, ordinal, world.now, options))
                    );
                }
                other => panic!("{other:?}"),
            }
        }
        Step::DeletePod(deletion) => may_delete(&truth, world.lead, snapshot, deletion, options),
        _ => panic!("a rollout writes nothing else: {step:?}"),
    }
}

/// The deletion happens in `truth`, and was decided on `snapshot`.
fn may_delete(
    truth: &Snapshot,
    lead: u32,
    snapshot: &Snapshot,
    deletion: &PodDeletion,
    options: &Options,
) {
    let (set, all) = (&truth.set, truth.set.wanted.replicas);
    let run = recorded(set).unwrap();
    assert_eq!((run.target.as_str(), run.phase), (NEW, RunPhase::Staging), "as recorded");
    assert!(set.observed() && set.status.update_revision == NEW, "it comes back on the new one");
    let pod = truth.own_pods().find(|pod| pod.uid == deletion.uid).unwrap();
    assert_ne!(pod.revision.as_deref(), Some(NEW), "deleted a pod that was updated");

    let gone = truth.gone(NEW);
    let goal = run.steps.counts(all)[run.approved as usize] as usize;
    assert!(gone.len() < goal, "deleted more than the step that was approved");

    let young = |pod: &Pod| {
        let age = truth.taken_at.duration_since(pod.created_at.unwrap());
        pod.deleting_since.is_some() || age < wait(set.min_ready_seconds, options)
    };
    let under_way = gone.iter().filter(|ordinal| truth.pod(**ordinal).is_none_or(young)).count();
    assert!(under_way < options.batch as usize, "{under_way} have not passed yet");
    let others = headroom::unavailable(snapshot, all, 0, truth.taken_at);
    assert!(others.len() < options.batch as usize, "{others:?}");

    let index = set.wanted.index(pod.ordinal.unwrap()).unwrap();
    if run.order == Order::LeaderLast && index == lead {
        assert_eq!(gone.len() + 1, all as usize, "the leader before others");
        assert_eq!(under_way, 0, "the leader together with others");
    }
}

fn wait(min_ready_seconds: u32, options: &Options) -> SignedDuration {
    options.soak.max(SignedDuration::from_secs(i64::from(min_ready_seconds)))
}

fn soaked(snapshot: &Snapshot, ordinal: Ordinal, now: Timestamp, options: &Options) -> bool {
    let wait = wait(snapshot.set.min_ready_seconds, options);
    snapshot.pod(ordinal).is_some_and(|pod| {
        pod.is_ready()
            && pod.revision.as_deref() == Some(NEW)
            && pod.ready_since.is_some_and(|since| now.duration_since(since) >= wait)
    })
}

// In the plain case.

fn order(text: &str) -> Order {
    text.parse().unwrap()
}

/// Begins, and sees it through without faults; the ordinals in the order in which they were made.
fn rolled(mut world: World, text: &str) -> Vec<u32> {
    begin(&mut world, &Steps::default(), &order(text));
    let end = stage(&mut world, &quick(), false, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    settle(&mut world);
    all_on(&world, NEW);
    let mut pods = world.snapshot().pods;
    pods.sort_by_key(|pod| pod.created_at);
    pods.iter().map(|pod| pod.ordinal.unwrap().0).collect()
}

#[test]
fn pods_go_in_the_order_that_was_asked_for() {
    let world = || World::new(a_set("db").replicas(4), brisk());
    assert_eq!(rolled(world(), "asc"), [0, 1, 2, 3]);
    assert_eq!(rolled(world(), "2,0"), [2, 0, 3, 1]);
    let parallel = World::new(a_set("db").replicas(4).parallel(), brisk());
    assert_eq!(rolled(parallel, "0-2"), [0, 1, 2, 3]);
}

#[test]
fn the_leader_goes_last_and_so_does_whoever_follows_it() {
    let mut world = World::new(a_set("db").replicas(4), brisk());
    world.lead = 2;
    assert_eq!(rolled(world, "leader-last"), [3, 1, 0, 2]);
    let mut world = World::new(a_set("db").replicas(4), brisk());
    world.lead = 1;
    begin(&mut world, &"1,100%".parse().unwrap(), &order("leader-last"));
    let stop = Options { approve: Approve::Stop, ..quick() };
    // Only the first pod; then the leader dies, and the one that was updated follows it.
    kill(&mut world, &stop, &mut Vec::new());
    assert_eq!(revisions(&world), ["old", "old", "old", "new"]);
    world.sicken(1, 30);
    assert_eq!(world.leader(), Ok(Ordinal(3)));
    settle(&mut world);
    let end = stage(&mut world, &quick(), false, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    all_on(&world, NEW);
}

#[test]
fn what_on_delete_takes_away_comes_back() {
    let most = Rolling { partition: 2, max_unavailable: Some("2".to_owned()) };
    for strategy in [UpdateStrategy::RollingUpdate(Some(most)), UpdateStrategy::OnDelete] {
        let set = a_set("db").with_strategy(strategy);
        let mut world = World::new(set.clone(), brisk());
        begin(&mut world, &Steps::default(), &Order::Asc);
        assert_eq!(world.set.strategy, UpdateStrategy::OnDelete);
        let end = stage(&mut world, &quick(), true, &mut Vec::new()).unwrap();
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        settle(&mut world);
        all_on(&world, NEW);
        harmless(&set, &world);
    }
}

#[test]
fn pods_that_die_count_and_have_to_pass_before_another_goes() {
    let mut world = World::new(a_set("db").replicas(4), brisk());
    begin(&mut world, &"2,100%".parse().unwrap(), &Order::Asc);
    world.tick();
    let victim = world.snapshot().pod(Ordinal(3)).unwrap().clone();
    world.apply(&Step::DeletePod(PodDeletion::of(&world.set, &victim))).unwrap();
    let stop = Options { approve: Approve::Stop, ..quick() };
    kill(&mut world, &stop, &mut Vec::new());
    assert_eq!(revisions(&world), ["new", "old", "old", "new"], "two, and one of them died");
    let run = recorded(&world.set).unwrap();
    assert_eq!((run.passed, run.approved, run.phase), (2, 0, RunPhase::Staging));
}

#[test]
fn a_pod_that_would_not_be_made_again_is_not_deleted() {
    // Under OrderedReady nothing above the lowest unready pod is created.
    let mut world = World::new(a_set("db"), brisk());
    begin(&mut world, &Steps::default(), &order("2"));
    world.sicken(0, 100_000);
    let tolerant = Options { tolerate_unready: 1, ..quick() };
    let end = stage(&mut world, &tolerant, false, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::TimedOut, "{}", end.summary);
    assert!(end.summary.contains("none of 3 pods was taken down"), "{}", end.summary);
    assert_eq!(revisions(&world), ["old!", "old", "old"]);
}

#[test]
fn an_abort_deletes_what_was_updated_one_at_a_time() {
    let mut world = World::new(a_set("db").replicas(4), brisk());
    begin(&mut world, &"3".parse().unwrap(), &Order::Asc);
    kill(&mut world, &quick(), &mut Vec::new());
    assert_eq!(revisions(&world), ["new", "new", "new", "old"]);
    let (end, events) = abort(&mut world, &mut Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    let deleted = events.iter().filter_map(|event| match event {
        Event::PodDeleted { pod, .. } => Some(pod.as_str()),
        _ => None,
    });
    assert_eq!(deleted.collect::<Vec<_>>(), ["db-2", "db-1", "db-0"]);
    settle(&mut world);
    all_on(&world, OLD);
}

#[test]
fn a_strategy_that_somebody_changes_ends_the_rollout() {
    let mut world = World::new(a_set("db"), brisk());
    begin(&mut world, &Steps::default(), &Order::Asc);
    let run = take_up(&mut world, 0, |_| {}).unwrap();
    let snapshot = world.snapshot();
    let begin = Begin {
        holder: run.holder.clone().unwrap(),
        run,
        options: quick(),
        gated: false,
        change: String::new(),
    };
    let mut machine = Stage::new(begin, &snapshot, world.now);
    let changed = Snapshot { set: snapshot.set.clone().at_partition(0), ..snapshot };
    match machine.next(&changed, world.now) {
        Move::End(end) => {
            assert_eq!(end.exit, Exit::Conflict);
            assert!(end.summary.contains("left it OnDelete"), "{}", end.summary);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_deletion_whose_answer_was_lost_counts_in_its_batch() {
    let manners = Manners { start: 0, stop: 0, pace: 1, lag: 0, max_unavailable: None };
    let mut world = World::new(a_set("db").replicas(5), manners);
    begin(&mut world, &Steps::default(), &order("leader-last"));
    let options = Options { batch: 2, ..quick() };
    let none = Fault::None;
    let mut faults = vec![Fault::AnswerLost, none, none, none, Fault::AnswerLost];
    let end = stage(&mut world, &options, false, &mut faults).unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    all_on(&world, NEW);
}

// Whatever goes wrong.

fn orders() -> impl Strategy<Value = Order> {
    prop::sample::select(vec!["asc", "leader-last", "leader-last", "1,3,0", "2-4"])
        .prop_map(|text| text.parse().unwrap())
}

proptest! {
    #[test]
    fn every_good_rollout_in_any_order_ends_with_every_pod_updated(
        set in sets(), manners in manners(), options in options(), steps in steps(),
        order in orders(), lead in 0_u32..6, gated in any::<bool>(), mut faults in faults(),
    ) {
        let mut world = World::new(set.clone(), manners);
        world.lead = lead % set.wanted.replicas;
        begin(&mut world, &steps, &order);
        if let Some(end) = stage(&mut world, &options, gated, &mut faults) {
            prop_assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        }
        settle(&mut world);
        all_on(&world, NEW);
        harmless(&set, &world);
    }

    #[test]
    fn every_bad_rollout_in_any_order_costs_one_batch_and_can_be_taken_back(
        set in sets(), manners in manners(), options in options(), steps in steps(),
        order in orders(), mut faults in faults(), more in faults(),
    ) {
        let mut world = breaking(World::new(set.clone(), manners));
        begin(&mut world, &steps, &order);
        let end = stage(&mut world, &options, false, &mut faults).unwrap();
        prop_assert_eq!(end.exit, Exit::Found, "{}", end.summary);
        let touched = world.snapshot().count_on(OLD) + options.batch;
        prop_assert!(touched >= set.wanted.replicas, "{:?}", revisions(&world));
        prop_assert_eq!(&world.set.strategy, &UpdateStrategy::OnDelete);
        failed_comes_back(&mut world, &set, more);
    }

    #[test]
    fn an_abort_in_any_order_at_any_moment_brings_everything_back(
        set in sets(), manners in manners(), options in options(), steps in steps(),
        order in orders(), writes in 0_usize..16, more in faults(),
    ) {
        let mut world = World::new(set.clone(), manners);
        begin(&mut world, &steps, &order);
        killed_comes_back(&mut world, &set, &options, writes, more);
    }
}
