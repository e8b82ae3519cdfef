//! What must hold of every rollout of a group, whatever goes wrong on the way.

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::exit::Exit;
use crate::model::group::{Course, Membership, Wave, stops};
use crate::model::run::{Holder, RecordedRun, Run, RunPhase};
use crate::model::set::{HOLD, Rolling, Set, Strategy as UpdateStrategy};
use crate::model::snapshot::Snapshot;
use crate::plan::group::{Runs, approved, approves};
use crate::plan::headroom;
use crate::plan::options::{Approve, Options};
use crate::plan::preflight::original;
use crate::plan::step::{RunChange, SetPatch, Step, StrategyChange, TemplateChange};
use crate::progress::abort::{Abort, Way};
use crate::progress::ensemble::Ensemble;
use crate::progress::event::Event;
use crate::progress::group::{GroupAbort, GroupBegin, GroupStage};
use crate::progress::machine::{End, GateResult, Move};
use crate::progress::sim::driver::{Check, Driver, Fault, LONGEST, older, take};
use crate::progress::sim::tests::{all_on, recorded, stage_may};
use crate::progress::sim::world::{Manners, World};
use crate::progress::stage::Begin;
use crate::testing::{NEW, OLD, a_holder, a_run, a_set, a_template};

/// A change by somebody else, made to one set at one time.
#[derive(Clone, Copy, Debug)]
struct Meddling {
    at: i64,
    set: usize,
    what: u8,
}

/// Several clusters with a set each, which share a clock.
#[derive(Debug)]
struct Crew {
    worlds: Vec<World>,
    group: Membership,
    options: Options,
    faults: Vec<Fault>,
    /// No pod is unwell by itself, so that every pod that is down is so by our doing.
    sound: bool,
    meddling: Option<Meddling>,
    meddled: bool,
    most_down: usize,
    released: Vec<String>,
    events: Vec<Event>,
}

/// Aborts are judged by what comes of them.
fn unchecked(_: &World, _: &Snapshot, _: &Step, _: &Options) {}

enum Driven {
    Ended(Box<End>),
    Killed,
}

fn name(at: usize) -> String {
    format!("db-{}", char::from(b'a' + u8::try_from(at).unwrap()))
}

impl Crew {
    /// Sets of these sizes, in these waves, with hold and template written.
    fn new(sizes: &[u32], waves: Vec<Wave>, options: &Options, manners: &Manners) -> Self {
        let group = Membership {
            id: "group-1".to_owned(),
            selector: "app=db".to_owned(),
            waves,
            budget: 1,
            approved: 0,
            course: Course::Forward,
        };
        let world = |(at, replicas): (usize, &u32)| {
            let set = Set { uid: format!("uid-{at}"), ..a_set(&name(at)) }.replicas(*replicas);
            World::new(set, manners.clone())
        };
        Self {
            worlds: sizes.iter().enumerate().map(world).collect(),
            group,
            options: options.clone(),
            faults: Vec::new(),
            sound: true,
            meddling: None,
            meddled: false,
            most_down: 0,
            released: Vec::new(),
            events: Vec::new(),
        }
    }

    fn hold(&mut self) {
        for world in &mut self.worlds {
            let set = world.set.clone();
            let run = Run {
                phase: RunPhase::Parked,
                target: String::new(),
                original: original(&set).unwrap(),
                steps: "100%".parse().unwrap(),
                base: set.status.update_revision.clone(),
                template: a_template("new").digest(),
                group: Some(self.group.clone()),
                holder: None,
                ..a_run(&set)
            };
            let patch = SetPatch {
                template: TemplateChange::Replace(a_template("new").json),
                strategy: StrategyChange::Partition(HOLD),
                run: RunChange::Write(run),
                ..SetPatch::of(&set)
            };
            world.apply(&Step::PatchSet(patch)).unwrap();
        }
    }

    /// The new template makes pods that cannot run.
    fn break_new(&mut self) {
        for world in &mut self.worlds {
            world.broken.insert("new".to_owned());
        }
    }

    fn snapshots(&self) -> Vec<Snapshot> {
        self.worlds.iter().map(World::snapshot).collect()
    }

    /// A second passes everywhere.
    fn tick(&mut self) {
        self.worlds.iter_mut().for_each(World::tick);
        self.watch_over();
        let now = self.worlds[0].now.as_second() - 1_700_000_000;
        if let Some(Meddling { at, set, what }) = self.meddling
            && now >= at
            && !self.meddled
        {
            self.meddled = true;
            let set = set % self.worlds.len();
            let world = &mut self.worlds[set];
            match what % 3 {
                0 => world.set.template = a_template("theirs"),
                1 => world.set.wanted.replicas += 1,
                _ => {
                    let rolling = Rolling { partition: 17, max_unavailable: None };
                    world.set.strategy = UpdateStrategy::RollingUpdate(Some(rolling));
                }
            }
            world.set.generation += 1;
            world.touch();
        }
    }

    /// All clocks say the same again.
    fn level(&mut self) {
        let latest = self.worlds.iter().map(|world| world.now).max().unwrap();
        for world in &mut self.worlds {
            while world.now < latest {
                world.tick();
            }
        }
    }

    fn down(&self) -> usize {
        let down =
            |world: &World| headroom::unavailable(&world.snapshot(), u32::MAX, 0, world.now).len();
        self.worlds.iter().map(down).sum()
    }

    fn watch_over(&mut self) {
        let down = self.down();
        self.most_down = self.most_down.max(down);
        if self.sound && !self.meddled {
            assert!(down <= self.group.budget as usize, "{down} pods of the group are down");
        }
    }

    /// What a release may be, judged by what had been read and by what had been written.
    fn may(&mut self, snapshots: &[Snapshot], at: usize, step: &Step) {
        let Step::PatchSet(patch) = step else { return };
        let StrategyChange::Partition(partition) = patch.strategy else { return };
        let RunChange::Write(run) = &patch.run else { panic!("released without a record") };
        // What others did may not have been seen yet; what we did is known.
        let known =
            |at: usize| if self.meddled { &snapshots[at].set } else { &self.worlds[at].set };
        let set = known(at);
        let all = set.wanted.replicas;
        let first = |set: &Set| set.partition().min(set.wanted.replicas);
        let now = self.worlds[0].now;
        let fine = |snapshot: &Snapshot, index: u32, released: bool| {
            snapshot.pod_at(index).is_some_and(|pod| {
                let since = pod.ready_since.map_or(0, |since| now.duration_since(since).as_secs());
                pod.is_available(snapshot.set.min_ready_seconds, now)
                    && (!released
                        || pod.revision.as_deref() == Some(NEW)
                            && since >= self.options.soak.as_secs())
            })
        };
        let mut occupied = first(set) - partition.min(all);
        for (at, snapshot) in snapshots.iter().enumerate() {
            for index in 0..known(at).wanted.replicas {
                occupied += u32::from(!fine(snapshot, index, index >= first(known(at))));
            }
        }
        assert!(occupied <= self.group.budget, "{occupied} pods against the budget");
        let wave = |at: usize| {
            let name = &self.worlds[at].set.name;
            self.group.waves.iter().position(|wave| wave.sets.contains(name)).unwrap()
        };
        for before in (0..self.worlds.len()).filter(|other| wave(*other) < wave(at)) {
            let (set, snapshot) = (known(before), &snapshots[before]);
            assert_eq!(first(set), 0, "{} is not done", set.name);
            let mut pods = 0..set.wanted.replicas;
            assert!(pods.all(|index| fine(snapshot, index, true)), "nor are its pods");
        }
        let replicas = |set: &str| {
            let of = (0..self.worlds.len()).map(known).find(|known| known.name == set);
            of.unwrap().wanted.replicas
        };
        let stops = stops(&self.group.waves, replicas);
        let stop = &stops[run.group.as_ref().unwrap().approved as usize];
        let released = (0..self.worlds.len()).map(known);
        let released: u32 = released.map(|set| set.wanted.replicas - first(set)).sum();
        assert!(released + first(set) - partition <= stop.pods, "more than was approved");
        for index in (partition..first(set)).rev() {
            self.released.push(set.pod_at(index));
        }
    }

    fn member(&mut self, at: usize, check: Check) -> Driver<'_> {
        Driver {
            world: &mut self.worlds[at],
            faults: &mut self.faults,
            check,
            options: &self.options,
            events: Vec::new(),
            late: None,
        }
    }

    fn drive(&mut self, ensemble: &mut dyn Ensemble, snapshots: &mut [Snapshot]) -> Driven {
        let began = self.worlds[0].now;
        let (mut moved, mut turns) = (began, 0);
        loop {
            let now = self.worlds[0].now;
            turns = if now == moved { turns + 1 } else { 0 };
            moved = now;
            assert!(turns < 500, "spins without time passing");
            assert!(now.duration_since(began).as_secs() < LONGEST, "goes on for ever");
            let (at, next) = ensemble.next(snapshots, now);
            self.events.extend(ensemble.events());
            match next {
                Move::End(end) => {
                    let own = end.parting.clone().map(|step| (at, step));
                    for (at, step) in own.into_iter().chain(ensemble.partings()) {
                        let read = snapshots[at].set.clone();
                        self.member(at, unchecked).part(&step, &read);
                    }
                    return Driven::Ended(Box::new(end));
                }
                Move::Write(step) => {
                    let before = self.worlds[at].set.clone();
                    let is_stage = matches!(&step, Step::PatchSet(patch)
                        if matches!(patch.template, TemplateChange::Keep)
                            && matches!(&patch.run, RunChange::Write(run)
                                if run.phase == RunPhase::Staging));
                    if is_stage {
                        self.may(snapshots, at, &step);
                    }
                    let check = if is_stage { stage_may } else { unchecked };
                    let mut driver = self.member(at, check);
                    let alive = driver.write(ensemble.machine(at), &mut snapshots[at], &step);
                    assert_eq!(before.uid, self.worlds[at].set.uid);
                    self.level();
                    if !alive {
                        return Driven::Killed;
                    }
                    self.events.extend(ensemble.events());
                }
                Move::ReadBudgets => ensemble.machine(at).budgets_read(now),
                Move::ReadRevision(name) => {
                    let known = self.worlds[at].revisions.iter().find(|known| known.name == name);
                    snapshots[at].revisions.extend(known.cloned());
                }
                Move::RunGates(subject) => {
                    self.tick();
                    let now = self.worlds[0].now;
                    ensemble.machine(at).gated(&subject.uid, GateResult::Passed, now);
                }
                Move::Find(_) | Move::AskLeader(_) => panic!("a group asks neither"),
                Move::Ask(_) => ensemble.answered(true),
                Move::Wait { wake } => {
                    let give_up = now.as_second() + LONGEST;
                    self.member(0, unchecked).sicken();
                    while !self.news(snapshots) && wake.is_none_or(|wake| wake > self.worlds[0].now)
                    {
                        assert!(self.worlds[0].now.as_second() < give_up, "waits for ever");
                        self.tick();
                    }
                }
            }
        }
    }

    /// Takes in what watches tell; whether they told anything new.
    fn news(&self, snapshots: &mut [Snapshot]) -> bool {
        let mut any = false;
        for (world, snapshot) in self.worlds.iter().zip(snapshots) {
            let (set, pods) = world.reading();
            if set != snapshot.set && !older(&set, &snapshot.set) || pods != snapshot.pods {
                take(snapshot, set, pods);
                any = true;
            }
        }
        any
    }

    /// Takes all locks as `rollout continue -l` does; nothing when no member has a record.
    fn take_up(&mut self, token: usize, course: Course) -> Vec<(usize, Run)> {
        let records =
            (0..self.worlds.len()).filter_map(|at| Some((at, recorded(&self.worlds[at].set)?)));
        let records: Vec<(usize, Run)> = records.collect();
        let runs: Runs<'_> =
            records.iter().map(|(at, run)| (self.worlds[*at].set.name.as_str(), run)).collect();
        let stop = approved(&runs) + u32::from(approves(&self.group, &runs));
        let mut taken = Vec::new();
        for (at, mut run) in records {
            let world = &mut self.worlds[at];
            run.holder = Some(Holder { token: format!("holder-{token}"), ..a_holder(world.now) });
            run.partition = world.set.partition();
            if course == Course::Forward && run.phase != RunPhase::Aborting {
                run.phase = RunPhase::Staging;
            }
            if let Some(group) = &mut run.group {
                group.approved = stop;
                if course == Course::Back {
                    group.course = course;
                }
            }
            let patch = SetPatch { run: RunChange::Write(run.clone()), ..SetPatch::of(&world.set) };
            world.apply(&Step::PatchSet(patch)).unwrap();
            taken.push((at, run));
        }
        taken
    }

    /// The order of members: as in the waves.
    fn order(&mut self) {
        let order: Vec<String> = self.group.members().iter().map(ToString::to_string).collect();
        self.worlds.sort_by_key(|world| order.iter().position(|set| *set == world.set.name));
    }

    /// Processes one after the other until one ends with something else than a stop.
    fn stage(&mut self) -> Option<End> {
        for process in 0..1000 {
            let taken = self.take_up(process, Course::Forward);
            if taken.is_empty() {
                return None;
            }
            // Members that are through have no record any more.
            let gone: Vec<World> = self.leave(&taken);
            let (mut group, mut snapshots) = self.machine(taken);
            let driven = self.drive(&mut group, &mut snapshots);
            self.come_back(gone);
            match driven {
                Driven::Ended(end) if end.exit == Exit::Held => {}
                Driven::Ended(end) => return Some(*end),
                Driven::Killed => {}
            }
        }
        panic!("too many processes");
    }

    fn abort(&mut self) -> Option<End> {
        for process in 2000..3000 {
            let taken = self.take_up(process, Course::Back);
            if taken.is_empty() {
                return None;
            }
            let gone = self.leave(&taken);
            let mut snapshots = self.snapshots();
            let now = self.worlds[0].now;
            let machines = taken.into_iter().zip(&snapshots).map(|((_, run), snapshot)| {
                let base = snapshot.revision(&run.base).unwrap().template.json.clone();
                let holder = run.holder.clone().unwrap();
                let options = self.options.clone();
                let way = Way::Template { template: base, success: Exit::Success };
                Abort::new(run, holder, options, way, snapshot, now)
            });
            let machines = machines.collect();
            let mut group = GroupAbort::new(machines, "app=db", Exit::Success, &snapshots, now);
            let driven = self.drive(&mut group, &mut snapshots);
            self.come_back(gone);
            if let Driven::Ended(end) = driven {
                return Some(*end);
            }
        }
        panic!("too many processes");
    }

    fn leave(&mut self, taken: &[(usize, Run)]) -> Vec<World> {
        let staying = |at: usize| taken.iter().any(|(other, _)| *other == at);
        let worlds = std::mem::take(&mut self.worlds);
        let (stay, gone): (Vec<_>, Vec<_>) =
            worlds.into_iter().enumerate().partition(|(at, _)| staying(*at));
        self.worlds = stay.into_iter().map(|(_, world)| world).collect();
        gone.into_iter().map(|(_, world)| world).collect()
    }

    fn come_back(&mut self, gone: Vec<World>) {
        self.worlds.extend(gone);
        self.level();
        self.order();
    }

    fn all_on(&mut self, revision: &str) {
        for _ in 0..100 {
            self.tick();
        }
        for world in &self.worlds {
            all_on(world, revision);
            assert_eq!(world.set.partition(), 0);
        }
    }
}

fn brisk() -> Manners {
    Manners { start: 2, stop: 1, pace: 1, lag: 0, max_unavailable: Some(1) }
}

fn quick() -> Options {
    Options { soak: SignedDuration::from_secs(3), approve: Approve::Auto, ..Options::default() }
}

/// Each set a wave by itself.
fn single(sets: usize) -> Vec<Wave> {
    (0..sets).map(|at| Wave { name: name(at), sets: vec![name(at)] }).collect()
}

#[test]
fn sets_go_one_after_the_other_and_end_as_they_were() {
    let mut crew = Crew::new(&[3, 2, 2], single(3), &quick(), &brisk());
    crew.hold();
    let end = crew.stage().unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    assert_eq!(
        crew.released,
        ["db-a-2", "db-a-1", "db-a-0", "db-b-1", "db-b-0", "db-c-1", "db-c-0"]
    );
    assert_eq!(crew.most_down, 1);
    crew.all_on(NEW);
}

#[test]
fn a_group_stops_after_its_canary_and_after_each_wave() {
    let options = Options { approve: Approve::Stop, ..quick() };
    let mut crew = Crew::new(&[2, 2], single(2), &options, &brisk());
    crew.hold();
    let end = crew.stage().unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    let stops = crew.events.iter().filter_map(|event| match event {
        Event::StepPassed(step) => Some((step.number, step.of, step.updated, step.replicas)),
        _ => None,
    });
    let mut stops: Vec<_> = stops.collect();
    stops.dedup();
    assert_eq!(stops, [(1, 3, 1, 4), (2, 3, 2, 4), (3, 3, 4, 4)]);
}

#[test]
fn sets_of_one_wave_share_what_the_budget_allows() {
    let waves = vec![Wave { name: "all".to_owned(), sets: vec![name(0), name(1), name(2)] }];
    let mut crew = Crew::new(&[3, 3, 3], waves, &quick(), &brisk());
    crew.group.budget = 2;
    crew.hold();
    let end = crew.stage().unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    assert_eq!(crew.most_down, 2);
    assert_eq!(crew.released[..4], ["db-a-2", "db-a-1", "db-b-2", "db-a-0"]);
    crew.all_on(NEW);
}

#[test]
fn a_broken_template_costs_the_group_one_pod_and_holds_every_set() {
    let mut crew = Crew::new(&[3, 3, 3], single(3), &quick(), &brisk());
    crew.break_new();
    crew.hold();
    let end = crew.stage().unwrap();
    assert_eq!(end.exit, Exit::Found, "{}", end.summary);
    assert!(end.summary.starts_with("db-a: pod db-a-2 is not ready: ImagePullBackOff"));
    assert_eq!(crew.released, ["db-a-2"]);
    for world in &crew.worlds {
        let run = recorded(&world.set).unwrap();
        assert_eq!((run.phase, run.holder), (RunPhase::Failed, None), "{}", world.set.name);
        assert!(world.set.partition() > 1);
    }
    let end = crew.abort().unwrap();
    assert_eq!(end.exit, Exit::Success, "{}", end.summary);
    assert_eq!(crew.most_down, 1);
    crew.all_on(OLD);
}

#[test]
fn a_group_goes_back_one_pod_at_a_time_whatever_it_had_reached() {
    let options = Options { approve: Approve::Stop, ..quick() };
    for processes in 1..4 {
        let mut crew = Crew::new(&[2, 3], single(2), &options, &brisk());
        crew.hold();
        for process in 0..processes {
            let taken = crew.take_up(process, Course::Forward);
            let (mut group, mut snapshots) = crew.machine(taken);
            if process == 2 {
                // In the middle of the second set.
                crew.faults = vec![Fault::KilledAfter, Fault::None, Fault::None];
            }
            drop(crew.drive(&mut group, &mut snapshots));
        }
        let end = crew.abort().unwrap();
        assert_eq!(end.exit, Exit::Success, "{}", end.summary);
        assert_eq!(crew.most_down, 1);
        crew.all_on(OLD);
    }
}

#[test]
fn an_unwell_pod_anywhere_in_the_group_keeps_every_other_pod_where_it_is() {
    let mut crew = Crew::new(&[2, 2], single(2), &quick(), &brisk());
    crew.hold();
    crew.sound = false;
    crew.worlds[1].sicken(0, 100_000);
    let end = crew.stage().unwrap();
    assert_eq!(end.exit, Exit::TimedOut, "{}", end.summary);
    assert!(end.summary.contains("pod db-b-0"), "{}", end.summary);
    assert_eq!(crew.released, [] as [&str; 0]);
}

fn all_faults() -> impl Strategy<Value = Vec<Fault>> {
    let one = prop_oneof![
        6 => Just(Fault::None),
        1 => Just(Fault::Conflict),
        1 => Just(Fault::AnswerLost),
        1 => Just(Fault::RequestLost),
        1 => Just(Fault::KilledBefore),
        1 => Just(Fault::KilledAfter),
    ];
    prop::collection::vec(one, 0..60)
}

fn groupings() -> impl Strategy<Value = Vec<Wave>> {
    let wave = |name: &str, sets: &[usize]| Wave {
        name: name.to_owned(),
        sets: sets.iter().map(|at| self::name(*at)).collect(),
    };
    prop::sample::select(vec![
        single(3),
        vec![wave("east", &[0, 1]), wave("west", &[2])],
        vec![wave("east", &[2]), wave("west", &[0, 1])],
        vec![wave("all", &[0, 1, 2])],
    ])
}

prop_compose! {
    fn crews()(
        sizes in prop::collection::vec(1_u32..4, 3),
        waves in groupings(),
        budget in 1_u32..4,
        soak in 0_i64..20,
        batch in 1_u32..3,
        approve in prop::sample::select(vec![Approve::Auto, Approve::Stop, Approve::Prompt]),
        start in 0_i64..5,
        stop in 0_i64..3,
        pace in 1_i64..4,
        lag in prop::sample::select(vec![0_usize, 0, 1, 3]),
        parallel in any::<bool>(),
    ) -> Crew {
        let soak = SignedDuration::from_secs(soak);
        let options = Options { soak, batch, approve, ..Options::default() };
        let manners = Manners { start, stop, pace, lag, max_unavailable: Some(1) };
        let mut crew = Crew::new(&sizes, waves, &options, &manners);
        crew.group.budget = budget;
        if parallel {
            for world in &mut crew.worlds {
                world.set = world.set.clone().parallel();
            }
        }
        crew.order();
        crew.hold();
        crew
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    /// The worlds assert on the way that no more pods are down than the budget, that no wave
    /// begins before the one before is complete, and that nothing is released unapproved.
    #[test]
    fn a_group_gets_there_whatever_is_lost_on_the_way(
        mut crew in crews(),
        faults in all_faults(),
    ) {
        crew.faults = faults;
        let end = crew.stage();
        let exit = end.as_ref().map(|end| end.exit);
        prop_assert!(matches!(exit, None | Some(Exit::Success)), "{end:?}");
        crew.all_on(NEW);
    }

    #[test]
    fn a_group_with_flapping_pods_ends_or_holds(
        mut crew in crews(),
        faults in all_faults(),
        sick in prop::collection::vec((any::<u8>(), 0_usize..60), 1..6),
    ) {
        crew.sound = false;
        crew.faults = faults;
        for (which, at) in sick {
            let at = at.min(crew.faults.len());
            crew.faults.insert(at, Fault::Sick(which));
        }
        let end = crew.stage();
        if end.is_none_or(|end| end.exit == Exit::Success) {
            crew.all_on(NEW);
        } else {
            prop_assert!(crew.worlds.iter().all(|world| recorded(&world.set).is_some()));
        }
    }

    #[test]
    fn a_change_by_others_in_one_set_holds_all(
        mut crew in crews(),
        at in 1_i64..60,
        set in 0_usize..3,
        what in any::<u8>(),
    ) {
        crew.meddling = Some(Meddling { at, set, what });
        let end = crew.stage_once();
        if crew.meddled && end.exit != Exit::Success && end.exit != Exit::Held {
            prop_assert_eq!(end.exit, Exit::Conflict, "{}", end.summary);
            for (_, world) in crew.worlds.iter().enumerate().filter(|(at, _)| *at != set) {
                let Some(run) = recorded(&world.set) else { continue };
                prop_assert_eq!((run.phase, run.holder), (RunPhase::Failed, None));
                prop_assert_eq!(run.partition, world.set.partition());
            }
        }
    }

    #[test]
    fn an_abort_of_a_group_gets_there_too(
        mut crew in crews(),
        faults in all_faults(),
        later in all_faults(),
        broken in any::<bool>(),
    ) {
        if broken {
            crew.break_new();
        }
        // A process is killed somewhere on the way there.
        crew.faults = faults;
        let killed = crew.drive_once();
        if killed {
            crew.faults = later;
            crew.sound = false;
            let end = crew.abort();
            let exit = end.as_ref().map(|end| end.exit);
            prop_assert!(matches!(exit, None | Some(Exit::Success)), "{end:?}");
            crew.all_on(OLD);
        }
    }
}

impl Crew {
    /// The machine of a process that has taken these locks.
    fn machine(&self, taken: Vec<(usize, Run)>) -> (GroupStage, Vec<Snapshot>) {
        let snapshots = self.snapshots();
        let begin = |run: Run| Begin {
            holder: run.holder.clone().unwrap(),
            run,
            options: self.options.clone(),
            gated: false,
            change: String::new(),
        };
        let begin = GroupBegin {
            group: self.group.clone(),
            members: taken.into_iter().map(|(_, run)| begin(run)).collect(),
            approve: self.options.approve,
            change: String::new(),
        };
        (GroupStage::new(begin, &snapshots, self.worlds[0].now), snapshots)
    }

    fn begin(&mut self) -> (GroupStage, Vec<Snapshot>) {
        let taken = self.take_up(5000, Course::Forward);
        self.machine(taken)
    }

    /// One process until its end.
    fn stage_once(&mut self) -> End {
        let (mut group, mut snapshots) = self.begin();
        match self.drive(&mut group, &mut snapshots) {
            Driven::Ended(end) => *end,
            Driven::Killed => panic!("nobody kills it"),
        }
    }

    /// Whether one process leaves every record behind.
    fn drive_once(&mut self) -> bool {
        let (mut group, mut snapshots) = self.begin();
        drop(self.drive(&mut group, &mut snapshots));
        self.worlds.iter().all(|world| matches!(world.set.run, Some(RecordedRun::Read(_))))
    }
}
