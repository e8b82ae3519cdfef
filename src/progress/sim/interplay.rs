//! Everything at once: no sequence of interrupts, retries and changes by others releases a pod
//! that nobody approved.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use crate::exit::Exit;
use crate::model::order::Order;
use crate::model::pod::Pod;
use crate::model::run::{RecordedRun, Run, RunPhase, Steps};
use crate::model::set::{HOLD, Set, Strategy as UpdateStrategy};
use crate::model::snapshot::Snapshot;
use crate::plan::options::{Approve, Options};
use crate::plan::preflight::{self, Overrides, Source, original};
use crate::plan::step::{RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::abort::{Abort, Way};
use crate::progress::machine::Machine;
use crate::progress::pause::{Pause, Paused};
use crate::progress::sim::driver::{Driven, Driver, Fault};
use crate::progress::sim::tests::{approves, manners, recorded, sets, somebody, steps, take_up};
use crate::progress::sim::world::{Accepted, Foreign, World};
use crate::progress::stage::{Begin, Stage};
use crate::testing::{a_run, a_template};

/// How long the readings of a process may be behind.
const FRESH: SignedDuration = SignedDuration::from_secs(5);

/// What is done next.
#[derive(Clone, Debug)]
enum Act {
    /// `stage`, or `continue` where a rollout is recorded.
    GoOn {
        approve: Approve,
        yes: bool,
        faults: Vec<Fault>,
    },
    Abort(Vec<Fault>),
    Park(Vec<Fault>),
    Pause(Vec<Fault>),
    Others(Foreign),
    Time(u8),
}

/// One cluster, and what is known of it beside what it says.
struct Story {
    world: World,
    steps: Steps,
    order: Order,
    process: usize,
    /// A write of an earlier process that is still on its way.
    late: Option<Step>,
    /// Whether the process at work is there to take locks away.
    pausing: bool,
    tally: BTreeMap<&'static str, u32>,
}

impl Story {
    fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    fn options(approve: Approve) -> Options {
        let seconds = SignedDuration::from_secs;
        Options {
            soak: seconds(2),
            grace: seconds(5),
            step_timeout: seconds(60),
            approve,
            ..Options::default()
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::GoOn { approve, yes, faults } => self.go_on(approve, yes, faults),
            Act::Abort(faults) => self.back(false, faults),
            Act::Park(faults) => self.back(true, faults),
            Act::Pause(faults) => self.pause(faults),
            Act::Others(foreign) => {
                self.count("changes by others");
                self.world.meddle(foreign);
            }
            Act::Time(seconds) => (0..seconds).for_each(|_| self.world.tick()),
        }
    }

    /// Writes hold, template and record where nothing of ours is under way.
    fn begin(&mut self) {
        let (snapshot, options) = (self.world.snapshot(), Self::options(Approve::Auto));
        let overrides = Overrides { changes: true, strategy: true, ..Overrides::default() };
        let now = self.world.now;
        if !preflight::begin(&snapshot, Source::Change, overrides, &options, now).is_empty() {
            return;
        }
        let set = &snapshot.set;
        let was = recorded(set).map_or_else(|| original(set).unwrap(), |run| run.original);
        let waits = preflight::waits(&snapshot);
        let status = &set.status;
        let base = if waits { &status.current_revision } else { &status.update_revision };
        let by_deletion = self.order != Order::Desc;
        let run = Run {
            id: format!("run-{}", self.process),
            target: String::new(),
            base: base.clone(),
            original: was,
            order: self.order.clone(),
            partition: if by_deletion { 0 } else { HOLD },
            steps: self.steps.clone(),
            template: a_template("new").digest(),
            holder: None,
            ..a_run(set)
        };
        let hold = StrategyChange::Partition(HOLD);
        let strategy = if by_deletion { StrategyChange::OnDelete } else { hold };
        let template = TemplateChange::Replace(a_template("new").json);
        let run = RunChange::Write(run);
        let patch = SetPatch { template, strategy, run, ..SetPatch::of(set) };
        self.world.apply(&Step::PatchSet(patch)).unwrap();
        self.count("rollouts");
    }

    fn go_on(&mut self, approve: Approve, yes: bool, faults: Vec<Fault>) {
        let Some(run) = recorded(&self.world.set).filter(|run| run.phase != RunPhase::Parked)
        else {
            return self.begin();
        };
        if run.phase.goes_back() {
            return self.back(run.phase == RunPhase::Parking, faults);
        }
        let snapshot = self.world.snapshot();
        let overrides = Overrides { changes: true, takeover: true, ..Overrides::default() };
        if !preflight::take_up(&snapshot, &run, "", overrides, self.world.now).is_empty() {
            return;
        }
        let same = run.replicas == snapshot.set.wanted.replicas;
        self.process += 1;
        let run = take_up(&mut self.world, self.process, |taken| {
            let wanted = snapshot.set.wanted;
            if !same || taken.start != wanted.start {
                taken.passed = 0;
            }
            (taken.replicas, taken.start) = (wanted.replicas, wanted.start);
            taken.approved += u32::from(yes && same && approves(taken));
            taken.phase = RunPhase::Staging;
        })
        .unwrap();
        if run.by_deletion() {
            self.restore_on_delete();
        }
        let (snapshot, options) = (self.world.snapshot(), Self::options(approve));
        let approved = (approve == Approve::Stop).then_some(run.approved);
        let holder = run.holder.clone().unwrap();
        let begin =
            Begin { run, holder, options: options.clone(), gated: false, change: String::new() };
        let stage = Stage::new(begin, &snapshot, self.world.now).led_by(Some(somebody()));
        self.drive(stage, snapshot, &options, faults, approved);
    }

    /// As taking up does in the same write.
    fn restore_on_delete(&mut self) {
        if self.world.set.strategy != UpdateStrategy::OnDelete {
            let strategy = StrategyChange::OnDelete;
            let patch = SetPatch { strategy, ..SetPatch::of(&self.world.set) };
            self.world.apply(&Step::PatchSet(patch)).unwrap();
        }
    }

    fn back(&mut self, park: bool, faults: Vec<Fault>) {
        let snapshot = self.world.snapshot();
        let Some(run) = recorded(&snapshot.set) else { return };
        let refused = park && preflight::park(&snapshot.set, &run).is_some();
        let Some(base) = snapshot.revision(&run.base).filter(|_| !refused) else { return };
        let template = base.template.json.clone();
        let way = if park { Way::Park } else { Way::Template { template, success: Exit::Success } };
        self.process += 1;
        let run = take_up(&mut self.world, self.process, |run| {
            (run.replicas, run.start) = (snapshot.set.wanted.replicas, snapshot.set.wanted.start);
        })
        .unwrap();
        if run.by_deletion() {
            self.restore_on_delete();
        }
        let (snapshot, options) = (self.world.snapshot(), Self::options(Approve::Auto));
        let (holder, now) = (run.holder.clone().unwrap(), self.world.now);
        let abort = Abort::new(run, holder, options.clone(), way, &snapshot, now);
        self.count(if park { "parkings" } else { "aborts" });
        self.drive(abort, snapshot, &options, faults, None);
    }

    fn pause(&mut self, faults: Vec<Fault>) {
        let snapshot = self.world.snapshot();
        let driven = recorded(&snapshot.set).is_some_and(|run| {
            run.phase == RunPhase::Staging && run.holder.is_some() && run.holds(&snapshot.set)
        });
        if driven {
            self.count("pauses");
            let pause = Pause::new(Paused::Driven, &snapshot, self.world.now);
            self.pausing = true;
            self.drive(pause, snapshot, &Self::options(Approve::Stop), faults, None);
            self.pausing = false;
        }
    }

    fn drive(
        &mut self,
        mut machine: impl Machine,
        mut snapshot: Snapshot,
        options: &Options,
        mut faults: Vec<Fault>,
        approved: Option<u32>,
    ) {
        self.judge(None);
        let mut driver = Driver {
            world: &mut self.world,
            faults: &mut faults,
            check: |_, _, _, _| {},
            options,
            events: Vec::new(),
            late: self.late.take(),
        };
        let driven = driver.run(&mut machine, &mut snapshot);
        self.late = driver.late.take();
        if let Driven::Ended(end) = driven {
            self.count(if end.exit == Exit::Interrupted { "interrupts" } else { "ends" });
        }
        self.judge(approved);
    }

    /// Looks at every write since it last did; `approved` where nobody could say yes meanwhile.
    fn judge(&mut self, approved: Option<u32>) {
        for accepted in self.world.log.replace(Vec::new()).unwrap() {
            let Accepted { step, before, after, undisturbed } = accepted;
            let run = recorded(&before.set);
            assert_eq!(before.set.uid, after.uid, "written to another set");
            let robbed = robbed(&before.set, &after, &step) && !self.pausing;
            assert!(!robbed, "another's lock was taken away");
            let released = Self::released(&before, &after);
            let goes_back = run.as_ref().is_some_and(|run| run.phase.goes_back());
            if released > 0 && !goes_back && after.template != a_template("old") {
                self.count("releases");
                assert_eq!(after.template, a_template("new"), "released what nobody approved");
                let known = run.clone().unwrap();
                let run = recorded(&after).unwrap_or(known);
                let kept = after.wanted.replicas - goal(&run, &after, approved);
                assert!(level(&after) >= kept, "released more than the step: {step:?}");
            }
            // The deletion of a pod says nothing about the set, and what others did a moment ago is
            // not seen yet.
            if let (Step::DeletePod(_), Some(run)) = (&step, &run)
                && !goes_back
                && undisturbed > FRESH
            {
                self.count("deletions");
                assert!(run.by_deletion() && run.phase == RunPhase::Staging);
                let gone = u32::try_from(before.gone(&run.target).len()).unwrap();
                assert!(gone < goal(run, &after, approved), "deleted more than the step");
            }
        }
    }

    /// How many pods that are not updated the controller may move after a write and not before. A
    /// pod that is not there is not kept back by `OnDelete`: it comes back updated anyway.
    fn released(before: &Snapshot, after: &Set) -> usize {
        let updated = |pod: &Pod| pod.revision.as_ref() == Some(&after.status.update_revision);
        let missing = before.set.strategy == UpdateStrategy::OnDelete;
        let (from, to) = (level(after), level(&before.set));
        (from..to).filter(|index| !before.pod_at(*index).map_or(missing, updated)).count()
    }
}

/// The effective partition: what the controller keeps back by itself.
fn level(set: &Set) -> u32 {
    let all = set.wanted.replicas;
    if set.strategy == UpdateStrategy::OnDelete { all } else { set.partition().min(all) }
}

/// How many pods the last approved step lets go.
fn goal(run: &Run, set: &Set, approved: Option<u32>) -> u32 {
    let counts = run.steps.counts(set.wanted.replicas);
    let approved = approved.unwrap_or(run.approved) as usize;
    counts.get(approved).or(counts.last()).copied().unwrap_or(0)
}

/// Whether a process wrote over the record of one that had taken over and did not come after it.
fn robbed(before: &Set, after: &Set, step: &Step) -> bool {
    let token = |set: &Set| match &set.run {
        Some(RecordedRun::Read(run)) => run.holder.as_ref().map(|holder| holder.token.clone()),
        _ => None,
    };
    let record = matches!(step, Step::PatchSet(patch) if patch.run != RunChange::Keep);
    record && token(before).as_deref() == Some("theirs") && token(after).is_none()
}

fn foreign() -> impl Strategy<Value = Foreign> {
    prop_oneof![
        2 => prop::sample::select(vec![0, 1, 2, 4, HOLD]).prop_map(Foreign::Partition),
        2 => (1_u32..7).prop_map(Foreign::Replicas),
        1 => (0_u32..3).prop_map(Foreign::Start),
        1 => prop::sample::select(vec!["new", "old", "third"]).prop_map(Foreign::Template),
        1 => Just(Foreign::RecordRemoved),
        1 => any::<bool>().prop_map(Foreign::Recreated),
        2 => any::<u8>().prop_map(Foreign::PodDeleted),
        2 => Just(Foreign::Takeover),
        1 => Just(Foreign::Pause),
    ]
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let one = prop_oneof![
        12 => Just(Fault::None),
        1 => Just(Fault::Conflict),
        1 => Just(Fault::AnswerLost),
        1 => Just(Fault::RequestLost),
        1 => Just(Fault::Late),
        1 => Just(Fault::KilledBefore),
        1 => Just(Fault::KilledAfter),
        1 => Just(Fault::Interrupt),
        1 => any::<u8>().prop_map(Fault::Sick),
        1 => foreign().prop_map(Fault::Foreign),
    ];
    prop::collection::vec(one, 0..12)
}

fn act() -> impl Strategy<Value = Act> {
    let approve = prop::sample::select(vec![Approve::Stop, Approve::Stop, Approve::Auto]);
    let go_on = (approve, any::<bool>(), faults());
    prop_oneof![
        8 => go_on.prop_map(|(approve, yes, faults)| Act::GoOn { approve, yes, faults }),
        1 => faults().prop_map(Act::Abort),
        2 => faults().prop_map(Act::Park),
        1 => faults().prop_map(Act::Pause),
        1 => foreign().prop_map(Act::Others),
        1 => (0_u8..20).prop_map(Act::Time),
    ]
}

#[test]
fn nothing_that_happens_releases_more_than_was_approved() {
    let orders = prop::sample::select(vec!["desc", "desc", "asc", "leader-last"]);
    let acts = prop::collection::vec(act(), 4..16);
    let all = (sets(), manners(), steps(), orders, acts);
    let tally = RefCell::new(BTreeMap::<&str, u32>::new());
    let mut runner = TestRunner::new(Config::with_cases(384));
    let outcome = runner.run(&all, |(set, manners, steps, order, acts)| {
        let mut world = World::new(set, manners);
        world.log = Some(Vec::new());
        let order = order.parse().unwrap();
        let (process, late) = (0, None);
        let (pausing, tally_of_one) = (false, BTreeMap::new());
        let mut story = Story { world, steps, order, process, late, pausing, tally: tally_of_one };
        for act in acts {
            story.act(act);
        }
        for (what, times) in story.tally {
            *tally.borrow_mut().entry(what).or_default() += times;
        }
        Ok::<(), TestCaseError>(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let tally = tally.into_inner();
    for what in ["rollouts", "releases", "deletions", "aborts", "parkings", "changes by others"] {
        assert!(tally.get(what).is_some_and(|times| *times > 2), "too few {what}: {tally:?}");
    }
}
