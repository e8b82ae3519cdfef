use jiff::SignedDuration;
use proptest::prelude::*;

use super::*;
use crate::model::budget::Budget;
use crate::model::cluster_event::ClusterEvent;
use crate::model::node::{Node, Readiness};
use crate::model::pod::{Pod, TroubleKind};
use crate::model::run::RunPhase;
use crate::model::set::{Fate, HOLD};
use crate::model::snapshot::Known;
use crate::plan::options::Options;
use crate::plan::scale::is_parked;
use crate::plan::step::{RunChange, StrategyChange, TemplateChange};
use crate::progress::event::ClaimState;
use crate::progress::machine::Question;
use crate::progress::sim::world::{Manners, World};
use crate::testing::{
    NEW, a_budget_of_least, a_claim, a_node, a_pod, a_run, a_set, a_snapshot, a_wish, at,
};

fn begin(wish: Wish) -> Begin {
    Begin {
        wish,
        hold_id: "hold-1".to_owned(),
        hooks: Hooks::None,
        until: Until::Done,
        claims: Vec::new(),
    }
}

fn scaling(snapshot: &Snapshot, wish: Wish) -> Scale {
    Scale::new(begin(wish), snapshot, at(0))
}

/// Lets the machine write once, and the cluster show it without a pod having moved.
fn asked(snapshot: &mut Snapshot, wish: Wish) -> Scale {
    let size = wish.next_size(snapshot.set.wanted.replicas);
    let mut scale = scaling(snapshot, wish);
    while let Move::ReadBudgets = scale.next(snapshot, at(0)) {
        scale.budgets_read(at(0));
    }
    scale.written(None, at(0));
    snapshot.set.resource_version = "2".to_owned();
    snapshot.set.wanted.replicas = size;
    scale.events();
    scale
}

fn ended(next: &Move) -> (Exit, String) {
    match next {
        Move::End(end) => (end.exit, end.summary.clone()),
        other => panic!("goes on: {other:?}"),
    }
}

fn waits(scale: &Scale) -> String {
    scale.waiting.as_ref().map_or_else(String::new, |waiting| waiting.what.clone())
}

#[test]
fn the_first_write_asks_for_the_size_and_nothing_else() {
    let seen = a_snapshot(&a_set("db"));
    let mut scale = scaling(&seen, a_wish(5));
    let Move::Write(Step::Scale(scaling)) = scale.next(&seen, at(0)) else { panic!() };
    assert_eq!((scaling.replicas, scaling.resource_version.as_str()), (5, "1"));
}

#[test]
fn nothing_is_judged_on_the_set_as_it_was_before_the_write() {
    let seen = a_snapshot(&a_set("db"));
    let mut scale = scaling(&seen, a_wish(5));
    scale.next(&seen, at(0));
    scale.written(None, at(0));
    assert!(matches!(scale.next(&seen, at(1)), Move::Wait { .. }), "the watch is behind");
    assert_eq!(scale.size(), 5);
}

#[test]
fn done_is_when_all_are_available_and_the_others_gone() {
    let mut seen = a_snapshot(&a_set("db").min_ready(10));
    let mut scale = asked(&mut seen, a_wish(4));
    assert!(matches!(scale.next(&seen, at(1)), Move::Wait { .. }));
    let four = seen.set.clone().replicas(4);
    seen = Snapshot { set: four.clone(), ..a_snapshot(&four) };
    seen.set.status.ready = 4;
    seen = seen.with(a_pod(&four, 3).ready_at(at(2)));
    let next = scale.next(&seen, at(5));
    assert_eq!(next, Move::Wait { wake: Some(at(12)) }, "{}", waits(&scale));
    let (exit, summary) = ended(&scale.next(&seen, at(12)));
    assert_eq!((exit, summary.as_str()), (Exit::Success, "all 4 pods are available (12s)"));
    let came = Event::PodCame { pod: "db-3".to_owned(), took: SignedDuration::from_secs(12) };
    assert!(scale.events().contains(&came));
}

#[test]
fn changes_of_size_by_others_end_it() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = asked(&mut seen, a_wish(5));
    seen.set.wanted.replicas = 9;
    let (exit, summary) = ended(&scale.next(&seen, at(1)));
    assert_eq!(exit, Exit::Conflict);
    assert_eq!(summary, "the set was scaled from 5 to 9 replicas");
    let mut scale = scaling(&seen, a_wish(5));
    seen.set.uid = "another".to_owned();
    assert_eq!(ended(&scale.next(&seen, at(1))).0, Exit::Conflict);
}

#[test]
fn a_rollout_that_is_begun_before_the_write_stops_it() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = scaling(&seen, a_wish(5));
    scale.next(&seen, at(0));
    scale.rejected(Rejection::Changed);
    seen.set = seen.set.clone().recording(a_run(&seen.set));
    let (exit, summary) = ended(&scale.next(&seen, at(1)));
    assert_eq!(exit, Exit::Conflict);
    assert!(summary.ends_with("nothing was changed"), "{summary}");
}

#[test]
fn a_pods_error_is_put_up_with_for_a_while() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = asked(&mut seen, a_wish(5));
    let pod = a_pod(&seen.set, 3).troubled(TroubleKind::Image, "ImagePullBackOff");
    seen = seen.with(pod);
    assert!(matches!(scale.next(&seen, at(10)), Move::Wait { .. }));
    assert!(waits(&scale).starts_with("pod db-3 is not ready: ImagePullBackOff"));
    assert!(matches!(scale.next(&seen, at(69)), Move::Wait { .. }));
    let (exit, summary) = ended(&scale.next(&seen, at(70)));
    assert_eq!(exit, Exit::Found);
    assert!(summary.contains("asked for 5 replicas, 3 are available"), "{summary}");
}

#[test]
fn a_pod_that_no_node_has_is_waited_for_longer_and_its_claim_named() {
    let mut seen = a_snapshot(&a_set("db").claiming("data"));
    let mut scale = asked(&mut seen, a_wish(4));
    let pod = a_pod(&seen.set, 3).troubled(TroubleKind::Unschedulable, "Unschedulable");
    seen = seen.with(pod);
    assert_eq!(scale.next(&seen, at(1)), Move::Find(Question::Claims));
    let phase = crate::model::claim::ClaimPhase::Pending;
    let claim = crate::model::claim::Claim { phase, ..a_claim(&seen.set, 3) };
    scale.found(Finding::Claims(Known::Read(vec![claim])), at(1));
    assert!(matches!(scale.next(&seen, at(2)), Move::Wait { .. }));
    assert!(waits(&scale).contains("pvc/data-db-3 has no volume"), "{}", waits(&scale));
    scale.found(Finding::Claims(Known::Unknown("forbidden".to_owned())), at(3));
    assert!(matches!(scale.next(&seen, at(300)), Move::Wait { .. }));
    assert_eq!(ended(&scale.next(&seen, at(301))).0, Exit::Found);
}

#[test]
fn a_pod_that_cannot_be_made_is_told_in_the_controllers_words() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = asked(&mut seen, a_wish(4));
    assert!(matches!(scale.next(&seen, at(1)), Move::Wait { .. }));
    assert_eq!(scale.next(&seen, at(3)), Move::Find(Question::Events));
    let message = "create Pod db-3 in StatefulSet db failed error: exceeded quota".to_owned();
    let event = ClusterEvent { reason: "FailedCreate".into(), message, last_seen: Some(at(1)) };
    scale.found(Finding::Events(Known::Read(vec![event])), at(3));
    assert!(matches!(scale.next(&seen, at(3)), Move::Wait { .. }));
    assert!(waits(&scale).starts_with("pod db-3 cannot be made: create Pod db-3"));
    scale.found(Finding::Events(scale_events(&scale)), at(59));
    assert_eq!(ended(&scale.next(&seen, at(60))).0, Exit::Found);
}

/// The same events again.
fn scale_events(scale: &Scale) -> Known<Vec<ClusterEvent>> {
    Known::Read(scale.aside.not_made("db-3").cloned().into_iter().collect())
}

#[test]
fn without_the_right_to_read_events_a_missing_pod_is_waited_for() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = asked(&mut seen, a_wish(4));
    scale.found(Finding::Events(Known::Unknown("forbidden".to_owned())), at(1));
    assert!(matches!(scale.next(&seen, at(800)), Move::Wait { .. }));
    let (exit, summary) = ended(&scale.next(&seen, at(900)));
    assert_eq!(exit, Exit::TimedOut);
    assert!(summary.starts_with("timed out: waiting for pod db-3 to be created"), "{summary}");
}

#[test]
fn a_pod_that_does_not_end_is_told_with_its_node() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = asked(&mut seen, a_wish(2));
    seen = seen.clone().with(a_pod(&seen.set, 2).deleting());
    assert!(matches!(scale.next(&seen, at(1)), Move::Wait { .. }));
    assert_eq!(scale.next(&seen, at(2)), Move::Find(Question::Nodes));
    let node = Node { readiness: Readiness::Unknown, ..a_node("node-a", "a") };
    scale.found(Finding::Nodes(Known::Read(vec![node])), at(2));
    assert!(matches!(scale.next(&seen, at(3)), Move::Wait { .. }));
    assert!(waits(&scale).contains("its node node-a is not ready"), "{}", waits(&scale));
}

#[test]
fn a_deadlock_is_told_with_the_pod_to_delete() {
    let mut seen = a_snapshot(&a_set("db").replicas(5));
    let mut scale = asked(&mut seen, a_wish(3));
    for ordinal in [3, 4] {
        seen = seen.clone().with(a_pod(&seen.set, ordinal).unready());
    }
    assert!(matches!(scale.next(&seen, at(1)), Move::Wait { .. }));
    assert!(waits(&scale).starts_with("pods db-4 and db-3 are not wanted"));
    let (exit, summary) = ended(&scale.next(&seen, at(61)));
    assert_eq!((exit, scale.stuck()), (Exit::Found, Some("db-4")));
    assert!(summary.ends_with("2 pods have still to go"), "{summary}");
}

fn hooked(snapshot: &Snapshot, wish: Wish) -> Scale {
    let wish = Wish { step: Some(1), ..wish };
    Scale::new(Begin { hooks: Hooks::Run, ..begin(wish) }, snapshot, at(0))
}

/// The next move, budgets being read on the way.
fn next(scale: &mut Scale, snapshot: &Snapshot, second: i64) -> Move {
    match scale.next(snapshot, at(second)) {
        Move::ReadBudgets => {
            scale.budgets_read(at(second));
            scale.next(snapshot, at(second))
        }
        other => other,
    }
}

#[test]
fn hooks_run_from_the_top_and_before_each_write() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = hooked(&seen, a_wish(1));
    let Move::RunGates(subject) = next(&mut scale, &seen, 0) else { panic!() };
    assert_eq!(subject.pod, "db-2");
    assert!(matches!(next(&mut scale, &seen, 1), Move::Wait { .. }), "it runs");
    scale.gated("uid-2", GateResult::Passed, at(2));
    let Move::Write(Step::Scale(one)) = next(&mut scale, &seen, 2) else { panic!() };
    assert_eq!(one.replicas, 2);
    scale.written(None, at(2));
    seen.set.resource_version = "2".to_owned();
    seen.set.wanted.replicas = 2;
    assert!(matches!(next(&mut scale, &seen, 3), Move::Wait { .. }), "db-2 is still there");
    seen = seen.without(2);
    seen.set.status.replicas = 2;
    seen.set.status.ready = 2;
    let Move::RunGates(subject) = next(&mut scale, &seen, 4) else { panic!() };
    assert_eq!(subject.pod, "db-1");
    let failed = GateResult::Failed { gate: "cmd:x".to_owned(), detail: "exit code 1".to_owned() };
    scale.gated("uid-1", failed, at(5));
    let (exit, summary) = ended(&next(&mut scale, &seen, 5));
    assert_eq!(exit, Exit::Partial);
    assert!(summary.starts_with("cmd:x failed for pod db-1: exit code 1; it stays"), "{summary}");
    assert!(summary.contains("asked for 2 replicas on the way to 1"), "{summary}");
}

#[test]
fn a_hook_that_fails_first_leaves_everything_as_it_was() {
    let seen = a_snapshot(&a_set("db"));
    let mut scale = hooked(&seen, a_wish(1));
    next(&mut scale, &seen, 0);
    let unclear = GateResult::Inconclusive { gate: "exec:x".to_owned(), detail: String::new() };
    scale.gated("uid-2", unclear, at(1));
    let (exit, summary) = ended(&next(&mut scale, &seen, 1));
    assert_eq!(exit, Exit::Found);
    assert!(summary.ends_with("it stays; nothing was changed"), "{summary}");
}

#[test]
fn a_quorum_that_is_lost_on_the_way_is_waited_for() {
    let mut seen = a_snapshot(&a_set("db").replicas(5).parallel());
    let wish = Wish { quorum: 3, step: Some(1), ..a_wish(3) };
    let mut scale = asked(&mut seen, wish.clone());
    seen = seen.without(4);
    seen.set.status.replicas = 4;
    seen.set.status.ready = 4;
    let hurt = seen.clone().with(a_pod(&seen.set, 0).unready());
    assert!(matches!(next(&mut scale, &hurt, 1), Move::Wait { .. }));
    assert!(matches!(next(&mut scale, &seen, 2), Move::Write(_)));
    // Before the first write it is a refusal.
    let hurt = a_snapshot(&a_set("db")).with(a_pod(&a_set("db"), 0).unready());
    let mut scale = scaling(&hurt, Wish { quorum: 2, ..a_wish(2) });
    assert_eq!(ended(&next(&mut scale, &hurt, 0)).0, Exit::Refused);
}

#[test]
fn budgets_are_read_again_before_each_write() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = scaling(&seen, a_wish(1));
    assert_eq!(scale.next(&seen, at(0)), Move::ReadBudgets);
    seen.budgets = Known::Read(vec![Budget { current_healthy: 3, ..a_budget_of_least(2, 3) }]);
    scale.budgets_read(at(0));
    let (exit, summary) = ended(&scale.next(&seen, at(0)));
    assert_eq!(exit, Exit::Refused);
    assert!(summary.contains("db-pdb wants 2 healthy pods, 1 would be left"), "{summary}");
}

#[test]
fn claims_are_told_as_they_are_at_the_end() {
    let set = a_set("db").claiming("data");
    let end =
        |ordinal: u32, fate| ClaimEnd { name: format!("data-db-{ordinal}"), fate, claim: None };
    let told = |fate, left: Vec<crate::model::claim::Claim>, second| {
        let seen = a_snapshot(&set);
        let claims = vec![end(3, fate)];
        let mut scale = Scale::new(Begin { claims, ..begin(a_wish(3)) }, &seen, at(0));
        assert_eq!(scale.next(&seen, at(second)), Move::Find(Question::Claims));
        scale.found(Finding::Claims(Known::Read(left)), at(second));
        let next = scale.next(&seen, at(second));
        let claims = scale.events().into_iter().filter_map(|event| match event {
            Event::Claim { end, .. } => Some(end),
            _ => None,
        });
        (matches!(next, Move::End(_)), claims.collect::<Vec<_>>())
    };
    let there = || vec![a_claim(&set, 3)];
    assert_eq!(told(Fate::Retain, there(), 1), (true, vec![ClaimState::Kept]));
    assert_eq!(told(Fate::Delete, Vec::new(), 1), (true, vec![ClaimState::Deleted]));
    assert_eq!(told(Fate::Delete, there(), 1), (false, vec![]), "it may take a moment");
    assert_eq!(told(Fate::Delete, there(), 30), (true, vec![ClaimState::Kept]));
}

#[test]
fn whoever_does_not_wait_ends_with_the_write() {
    let mut seen = a_snapshot(&a_set("db"));
    let begin = Begin { until: Until::Asked, ..begin(a_wish(9)) };
    let mut scale = Scale::new(begin, &seen, at(0));
    scale.next(&seen, at(0));
    scale.written(None, at(0));
    seen.set.resource_version = "2".to_owned();
    seen.set.wanted.replicas = 9;
    assert_eq!(ended(&scale.next(&seen, at(0))).0, Exit::Success);
}

#[test]
fn an_interrupt_says_what_stands_and_that_it_goes_on() {
    let mut seen = a_snapshot(&a_set("db"));
    let mut scale = asked(&mut seen, a_wish(5));
    let end = scale.interrupted(&seen, Exit::Interrupted, at(1));
    assert_eq!(
        end.summary,
        "interrupted; the set is asked for 5 replicas, 3 are available; the controller goes on by \
         itself"
    );
    assert_eq!(end.parting, None);
    let end = scaling(&a_snapshot(&a_set("db")), a_wish(5)).interrupted(
        &a_snapshot(&a_set("db")),
        Exit::Terminated,
        at(1),
    );
    assert_eq!(end.summary, "interrupted; nothing was changed");
}

// Whatever happens.

/// What goes wrong at one turn.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Well,
    Conflict,
    AnswerLost,
    RequestLost,
    Late,
    OtherSize(u32),
    OtherPartition(u32),
    Sick(u8),
    HookFails,
    Interrupt,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let turn = prop_oneof![
        8 => Just(Turn::Well),
        2 => Just(Turn::Conflict),
        2 => Just(Turn::AnswerLost),
        2 => Just(Turn::RequestLost),
        2 => Just(Turn::Late),
        1 => (0_u32..8).prop_map(Turn::OtherSize),
        1 => (0_u32..8).prop_map(Turn::OtherPartition),
        3 => (0_u8..8).prop_map(Turn::Sick),
        1 => Just(Turn::HookFails),
        1 => Just(Turn::Interrupt),
    ];
    prop::collection::vec(turn, 0..24)
}

struct Case {
    world: World,
    from: u32,
    wish: Wish,
    hooks: Hooks,
    late: Option<Step>,
    ran: BTreeSet<String>,
}

impl Case {
    /// What no write of a scaling may ever be.
    fn check(&self, snapshot: &Snapshot, step: &Step) {
        let (low, high) = (self.from.min(self.wish.replicas), self.from.max(self.wish.replicas));
        let size = match step {
            Step::Scale(scaling) => scaling.replicas,
            Step::PatchSet(patch) => {
                assert_eq!(patch.template, TemplateChange::Keep);
                assert_eq!(patch.strategy, StrategyChange::Partition(HOLD), "it only goes up");
                let parked = match &patch.run {
                    RunChange::Keep => is_parked(&snapshot.set),
                    RunChange::Write(run) => run.phase == RunPhase::Parked,
                    RunChange::Remove => false,
                };
                assert!(parked, "a hold without a record: {patch:?}");
                patch.replicas.unwrap()
            }
            other => panic!("not a scaling: {other:?}"),
        };
        assert!((low..=high).contains(&size), "{size} is not between {low} and {high}");
        let now = snapshot.set.wanted.replicas;
        assert!(now.abs_diff(size) <= self.wish.step.unwrap_or(u32::MAX), "{now} to {size}");
        assert!(now.abs_diff(self.wish.replicas) > size.abs_diff(self.wish.replicas));
        for index in size..now {
            let ran = |pod: &Pod| self.ran.contains(&pod.uid);
            let told = snapshot.pod_at(index).is_none_or(ran);
            assert!(self.hooks == Hooks::None || told, "index {index} was not told to leave");
        }
    }

    fn arrive(&mut self) {
        if let Some(step) = self.late.take() {
            drop(self.world.apply(&step));
        }
    }

    fn wait(&mut self, snapshot: &mut Snapshot, wake: Option<Timestamp>) {
        self.arrive();
        for _ in 0..2000 {
            let (set, pods) = self.world.reading();
            if set != snapshot.set || pods != snapshot.pods {
                let older = |a: &Set, b: &Set| {
                    a.resource_version.parse::<u64>().unwrap()
                        < b.resource_version.parse::<u64>().unwrap()
                };
                let news = !older(&set, &snapshot.set) && set != snapshot.set;
                if news || pods != snapshot.pods {
                    if news {
                        snapshot.set = set;
                    }
                    snapshot.pods = pods;
                    return;
                }
            }
            if wake.is_some_and(|wake| wake <= self.world.now) {
                return;
            }
            self.world.tick();
        }
        panic!("waits for ever");
    }

    fn write(&mut self, scale: &mut Scale, snapshot: &mut Snapshot, step: &Step, turn: Turn) {
        self.check(snapshot, step);
        self.arrive();
        if matches!(turn, Turn::Conflict) {
            self.world.touch();
        }
        let sent = !matches!(turn, Turn::RequestLost | Turn::Late);
        let answer = sent.then(|| self.world.apply(step));
        if let Some(Ok(set)) = &answer
            && !matches!(turn, Turn::AnswerLost)
        {
            if let Some(set) = set {
                snapshot.set = set.clone();
            }
            scale.written(set.as_ref(), self.world.now);
            return;
        }
        if matches!(turn, Turn::Late) {
            self.late = Some(step.clone());
        }
        snapshot.set = self.world.set.clone();
        scale.rejected(Rejection::Changed);
    }

    fn run(&mut self, mut turns: Vec<Turn>) -> Option<End> {
        let mut snapshot = self.world.snapshot();
        let begin = Begin { hooks: self.hooks, ..begin(self.wish.clone()) };
        let mut scale = Scale::new(begin, &snapshot, self.world.now);
        for _ in 0..4000 {
            let turn = turns.pop().unwrap_or(Turn::Well);
            match turn {
                Turn::OtherSize(size) => {
                    self.world.set.wanted.replicas = size;
                    self.world.set.generation += 1;
                    self.world.touch();
                }
                Turn::OtherPartition(partition) => {
                    self.world.set = self.world.set.clone().at_partition(partition);
                    self.world.set.generation += 1;
                    self.world.touch();
                }
                Turn::Sick(which) => self.world.sicken(usize::from(which), 7),
                Turn::Interrupt => {
                    let end = scale.interrupted(&snapshot, Exit::Interrupted, self.world.now);
                    assert_eq!(end.parting, None);
                    return Some(end);
                }
                _ => {}
            }
            match scale.next(&snapshot, self.world.now) {
                Move::End(end) => {
                    assert_eq!(end.parting, None);
                    return Some(end);
                }
                Move::Write(step) => self.write(&mut scale, &mut snapshot, &step, turn),
                Move::Wait { wake } => self.wait(&mut snapshot, wake),
                Move::ReadBudgets => scale.budgets_read(self.world.now),
                Move::Find(question) => scale.found(World::find(question), self.world.now),
                Move::RunGates(subject) => {
                    self.world.tick();
                    let result = if matches!(turn, Turn::HookFails) {
                        GateResult::Failed { gate: "cmd:x".to_owned(), detail: String::new() }
                    } else {
                        self.ran.insert(subject.uid.clone());
                        GateResult::Passed
                    };
                    scale.gated(&subject.uid, result, self.world.now);
                }
                other => panic!("not a move of a scaling: {other:?}"),
            }
        }
        None
    }
}

fn case(from: u32, to: u32, step: Option<u32>, hooks: Hooks, broken: bool, ordered: bool) -> Case {
    let mut set = a_set("db").replicas(from);
    if !ordered {
        set = set.parallel();
    }
    set.status.ready = from;
    set.status.updated = from;
    let manners = Manners { start: 3, stop: 2, pace: 1, lag: 2, max_unavailable: Some(1) };
    let mut world = World::new(set, manners);
    if broken && from > 1 {
        // A canary that never becomes ready, at the top.
        world.broken.insert("new".to_owned());
        world.set = world.set.clone().at_partition(from - 1);
        world.set.template = World::template("new");
        world.set.generation += 1;
        for _ in 0..20 {
            world.tick();
        }
        world.set = world.set.clone().at_partition(0);
        world.set.generation += 1;
        world.sync();
    }
    let options = Options { step_timeout: SignedDuration::from_secs(120), ..Options::default() };
    let wish = Wish { step, options, ..a_wish(to) };
    Case { world, from, wish, hooks, late: None, ran: BTreeSet::new() }
}

/// Pods of the set on the new revision.
fn updated(world: &World) -> usize {
    world.snapshot().own_pods().filter(|pod| pod.revision.as_deref() == Some(NEW)).count()
}

#[test]
fn a_broken_canary_that_is_scaled_away_stays_away() {
    let mut case = case(5, 4, None, Hooks::None, true, true);
    assert_eq!(updated(&case.world), 1);
    let end = case.run(Vec::new()).unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    for _ in 0..60 {
        case.world.tick();
    }
    assert_eq!(updated(&case.world), 0, "it has spread");
    assert_eq!(case.world.set.partition(), HOLD);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_a_scaling_stays_between_both_sizes_and_releases_nothing(
        from in 0_u32..6,
        to in 0_u32..6,
        step in prop::option::of(1_u32..3),
        hooked: bool,
        broken: bool,
        ordered: bool,
        turns in turns(),
    ) {
        let hooks = if hooked && to < from { Hooks::Run } else { Hooks::None };
        let step = if hooks == Hooks::Run { step.or(Some(1)) } else { step };
        let mut case = case(from, to, step, hooks, broken, ordered);
        let end = case.run(turns);
        prop_assert!(end.is_some(), "goes on for ever");
        if end.is_some_and(|end| end.exit == Exit::Success) {
            // The machine has seen it; what others do in the same second is not its affair.
            prop_assert!(case.world.set.uid == "set-uid");
        }
    }

    #[test]
    fn a_broken_update_never_spreads_by_a_scaling(
        from in 2_u32..6,
        to in 0_u32..6,
        step in prop::option::of(1_u32..3),
        ordered: bool,
        turns in prop::collection::vec(
            prop_oneof![
                Just(Turn::Well),
                Just(Turn::Conflict),
                Just(Turn::AnswerLost),
                Just(Turn::RequestLost),
                Just(Turn::Late),
                Just(Turn::Interrupt),
            ],
            0..12,
        ),
    ) {
        let mut case = case(from, to, step, Hooks::None, true, ordered);
        prop_assert_eq!(updated(&case.world), 1);
        prop_assert!(case.run(turns).is_some(), "goes on for ever");
        case.arrive();
        for _ in 0..60 {
            case.world.tick();
        }
        prop_assert!(updated(&case.world) <= 1, "it has spread");
    }

    #[test]
    fn undisturbed_it_gets_there(from in 0_u32..6, to in 0_u32..6, step in prop::option::of(1_u32..3), ordered: bool) {
        let mut case = case(from, to, step, Hooks::None, false, ordered);
        let end = case.run(Vec::new()).unwrap();
        prop_assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        let seen = case.world.snapshot();
        prop_assert_eq!(seen.set.wanted.replicas, to);
        prop_assert_eq!(seen.own_pods().filter(|pod| pod.is_ready()).count(), to as usize);
        prop_assert_eq!(seen.own_pods().count(), to as usize);
    }
}
