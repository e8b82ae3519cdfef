//! The deletion of one claim, with a way back.
//!
//! The server rehearses the deletion before anything is written, so that what admission forbids
//! leaves no trace. Then the claim's volume is put aside and seen to be; everything is judged once
//! more; the claim is deleted as it was judged. Afterwards somebody may turn out to have come to
//! use it: no precondition closes that gap, so it is looked for, and the claim is brought back.
//!
//! Whatever stops it in between takes back what was done to the volume.

use jiff::{SignedDuration, Timestamp};

use crate::model::claim::Claim;
use crate::model::snapshot::Known;
use crate::model::trash::Mark;
use crate::model::volume::Volume;
use crate::plan::pvc::backup::{Unsafe, is_aside, put_aside, take_back};
use crate::plan::step::object::Deletion;
use crate::plan::step::volume::VolumePatch;
use crate::progress::machine::after;

/// How often a claim that changes under the deletion is judged again.
const JUDGED_AGAIN: u32 = 2;

/// How often a write of the volume is tried while others write to it.
const ATTEMPTS: u32 = 3;

/// How long a claim that is going may be used before it is clear that it does not go by itself.
const USED_FOR: SignedDuration = SignedDuration::from_secs(15);

/// What becomes of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backup {
    /// The volume is retained, and can be given back.
    Retain,
    /// Whatever its reclaim policy says.
    Nothing,
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Have the server judge the deletion without carrying it out.
    Rehearse(Deletion),
    /// Read the claim and its volume.
    Read,
    /// Change the volume.
    Patch(VolumePatch),
    /// Read everything that could want the claim, and judge.
    Judge,
    /// Delete the claim.
    Delete(Deletion),
    /// Look whether the claim is gone, and after that who uses it.
    Look,
    /// Bring the claim back.
    Restore,
    /// Nothing: it is over.
    End(Outcome),
}

/// How a move turned out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "answers are made one at a time and never stored")]
pub enum Answer {
    /// The server did it, or would.
    Done,
    /// Somebody else was faster.
    Conflict,
    /// There is no such claim.
    Gone,
    /// The server does not want it, in its words.
    Denied(String),
    /// Nobody knows whether it was done.
    Unclear(String),
    /// What was read.
    Read(Reading),
    /// The claim as it was judged to be of no use; nothing if it was judged otherwise.
    Judged(Option<Claim>),
    /// What was seen.
    Looked(Look),
    /// The claim is back.
    Restored,
    /// It is not, for this reason.
    NotRestored(String),
}

/// One reading of a claim and its volume.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The claim of that name, if there is one.
    pub claim: Option<Claim>,
    /// What would be kept of it, or why that cannot be.
    pub manifest: Result<String, String>,
    /// The volume it was judged to have.
    pub volume: Known<Option<Volume>>,
}

/// One look after the deletion: first at the claim, then at who uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// The claim of that name, if there is one.
    pub claim: Option<Claim>,
    /// Who came to use it.
    pub users: Known<Vec<String>>,
}

/// How a deletion ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The claim is gone, and nobody came to use it.
    Deleted,
    /// It was gone already.
    Gone,
    /// It was not deleted.
    Stopped {
        /// Why.
        why: Stop,
        /// How its volume was left.
        volume: Left,
    },
    /// The claim is gone, and nobody knows whether somebody came to use it.
    Unchecked {
        /// Why.
        why: String,
    },
    /// It was told to go, and something keeps it. Its data is safe in any case.
    Going {
        /// Finalizers it still has.
        finalizers: Vec<String>,
    },
    /// Somebody came to use it, and it was brought back.
    Rescued {
        /// Who.
        users: Vec<String>,
    },
    /// Somebody came to use it, and it could not be brought back.
    Seized {
        /// Who.
        users: Vec<String>,
        /// Why it could not be brought back.
        why: String,
    },
}

impl Outcome {
    /// In a word that stays.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Gone => "gone",
            Self::Stopped { .. } => "stopped",
            Self::Unchecked { .. } => "unchecked",
            Self::Going { .. } => "going",
            Self::Rescued { .. } => "rescued",
            Self::Seized { .. } => "seized",
        }
    }
}

/// Why a claim was not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It is not of no use any more.
    Needed,
    /// It is another claim of that name by now, or was told to go by somebody else.
    Replaced,
    /// It went on changing.
    Conflict,
    /// The server does not want it deleted.
    Denied(String),
    /// The server does not want its volume changed.
    VolumeDenied(String),
    /// Its volume cannot be read.
    VolumeUnread(String),
    /// Its volume cannot be put aside.
    VolumeUnsafe(Unsafe),
    /// What was written to its volume does not stay there.
    VolumeUnsteady,
    /// Its manifest cannot be kept.
    NoManifest(String),
    /// The server did not answer.
    Unclear(String),
    /// Somebody told the program to end.
    Interrupted,
}

/// How the volume of a claim that was not deleted was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing was done to it.
    Untouched,
    /// What was done to it was taken back.
    PutBack,
    /// It is still aside, for this reason.
    Aside(String),
}

/// The deletion of one claim, as far as it got.
#[derive(Clone, Debug)]
pub struct Pruning {
    claim: Claim,
    mark: Mark,
    backup: Backup,
    timeout: SignedDuration,
    state: State,
    /// How often the volume was written to.
    writes: u32,
    /// How often the claim was to be deleted.
    deletions: u32,
    /// Whether the server would delete the claim.
    rehearsed: bool,
    /// When to stop waiting for the claim to be gone.
    until: Option<Timestamp>,
    users: Vec<String>,
    /// Since when somebody uses the claim that is going.
    used_since: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Rehearse,
    /// Reading whether the volume is aside.
    Aside,
    PutAside(VolumePatch),
    Judge,
    Delete,
    Look {
        /// Whether the server took the deletion.
        sure: bool,
    },
    Restore,
    /// Reading what is to be taken back.
    Stopping {
        why: Stop,
        /// Whether taking back was tried.
        tried: bool,
    },
    TakeBack(Stop, VolumePatch),
    Ended(Outcome),
}

impl Pruning {
    /// The deletion of a claim as it was judged.
    pub fn new(claim: Claim, mark: Mark, backup: Backup, timeout: SignedDuration) -> Self {
        Self {
            claim,
            mark,
            backup,
            timeout,
            state: State::Rehearse,
            writes: 0,
            deletions: 0,
            rehearsed: false,
            until: None,
            users: Vec::new(),
            used_since: None,
        }
    }

    /// The claim as it was judged last.
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// How it ended, if it did.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            State::Ended(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// Whether the claim was told to go, as far as is known.
    pub fn is_irrevocable(&self) -> bool {
        matches!(self.state, State::Look { .. } | State::Restore)
    }

    /// What is to be done next.
    pub fn next(&self) -> Move {
        match &self.state {
            State::Rehearse => Move::Rehearse(Deletion::of_claim(&self.claim)),
            State::Aside | State::Stopping { .. } => Move::Read,
            State::PutAside(patch) | State::TakeBack(_, patch) => Move::Patch(patch.clone()),
            State::Judge => Move::Judge,
            State::Delete => Move::Delete(Deletion::of_claim(&self.claim)),
            State::Look { .. } => Move::Look,
            State::Restore => Move::Restore,
            State::Ended(outcome) => Move::End(outcome.clone()),
        }
    }

    /// Stops the deletion where that is still possible.
    pub fn stop(&mut self) {
        if !self.is_irrevocable() && self.outcome().is_none() {
            self.state = self.stopped(Stop::Interrupted);
        }
    }

    /// Goes on with how the last move turned out.
    pub fn take(&mut self, answer: Answer, now: Timestamp) {
        let state = std::mem::replace(&mut self.state, State::Judge);
        self.state = match state {
            State::Rehearse => self.rehearsed(answer),
            State::Aside => self.read(answer),
            State::PutAside(_) => self.put_aside(answer),
            State::Judge => self.judged(answer),
            State::Delete => self.deleted(answer, now),
            State::Look { sure } => self.looked(sure, answer, now),
            State::Restore => self.restored(answer),
            State::Stopping { why, tried } => self.stopping(why, tried, answer),
            State::TakeBack(why, patch) => self.taken_back(why, &patch.name, answer),
            ended @ State::Ended(_) => ended,
        };
    }

    fn rehearsed(&mut self, answer: Answer) -> State {
        self.rehearsed = answer == Answer::Done;
        match answer {
            Answer::Done if self.keeps_volume() => State::Aside,
            Answer::Done => State::Judge,
            Answer::Conflict => self.again(State::Judge),
            Answer::Gone => State::Ended(Outcome::Gone),
            Answer::Denied(why) => self.stopped(Stop::Denied(why)),
            Answer::Unclear(why) => self.stopped(Stop::Unclear(why)),
            other => self.stopped(strange(&other)),
        }
    }

    /// Whether there is a volume to put aside.
    fn keeps_volume(&self) -> bool {
        self.backup == Backup::Retain && self.claim.volume.is_some()
    }

    fn read(&self, answer: Answer) -> State {
        let reading = match answer {
            Answer::Read(reading) => reading,
            Answer::Unclear(why) | Answer::Denied(why) => {
                return self.stopped(Stop::VolumeUnread(why));
            }
            other => return self.stopped(strange(&other)),
        };
        match &reading.claim {
            None if self.writes == 0 => return State::Ended(Outcome::Gone),
            Some(claim) if self.is_alive(claim) => {}
            _ => return self.stopped(Stop::Replaced),
        }
        let volume = match reading.volume {
            Known::Read(Some(volume)) => volume,
            Known::Read(None) => return self.stopped(Stop::VolumeUnsafe(Unsafe::NoVolume)),
            Known::Unknown(why) => return self.stopped(Stop::VolumeUnread(why)),
        };
        if is_aside(&volume, &self.claim, &self.mark) {
            return State::Judge;
        }
        if self.writes >= ATTEMPTS {
            return self.stopped(Stop::VolumeUnsteady);
        }
        let manifest = match reading.manifest {
            Ok(manifest) => manifest,
            Err(why) => return self.stopped(Stop::NoManifest(why)),
        };
        match put_aside(&volume, &self.claim, &self.mark, &manifest) {
            Ok(patch) => State::PutAside(patch),
            Err(why) => self.stopped(Stop::VolumeUnsafe(why)),
        }
    }

    /// Whether this is the claim that was judged, and nobody told it to go.
    fn is_alive(&self, claim: &Claim) -> bool {
        claim.uid == self.claim.uid && claim.deleting_since.is_none()
    }

    fn put_aside(&mut self, answer: Answer) -> State {
        self.writes += 1;
        match answer {
            // Read again in any case: what was written has to be there.
            Answer::Done | Answer::Conflict | Answer::Unclear(_) => State::Aside,
            Answer::Denied(why) => {
                // Nothing was written, unless a request before it was and nobody knew.
                if self.writes == 1 {
                    self.writes = 0;
                }
                self.stopped(Stop::VolumeDenied(why))
            }
            Answer::Gone => self.stopped(Stop::VolumeUnsafe(Unsafe::NoVolume)),
            other => self.stopped(strange(&other)),
        }
    }

    fn judged(&mut self, answer: Answer) -> State {
        match answer {
            Answer::Judged(Some(claim)) if !self.is_alive(&claim) => self.stopped(Stop::Replaced),
            Answer::Judged(Some(claim)) if claim.volume != self.claim.volume => {
                self.stopped(Stop::Replaced)
            }
            Answer::Judged(Some(claim)) => {
                self.claim = claim;
                if self.rehearsed { State::Delete } else { State::Rehearse }
            }
            Answer::Judged(None) => self.stopped(Stop::Needed),
            Answer::Gone => self.stopped(Stop::Replaced),
            Answer::Unclear(why) | Answer::Denied(why) => self.stopped(Stop::Unclear(why)),
            other => self.stopped(strange(&other)),
        }
    }

    fn deleted(&mut self, answer: Answer, now: Timestamp) -> State {
        self.until.get_or_insert(after(now, self.timeout));
        match answer {
            Answer::Done | Answer::Gone => State::Look { sure: true },
            Answer::Unclear(_) => State::Look { sure: false },
            Answer::Conflict => self.again(State::Judge),
            Answer::Denied(why) => self.stopped(Stop::Denied(why)),
            other => self.stopped(strange(&other)),
        }
    }

    /// Once more, if it was not too often.
    fn again(&mut self, state: State) -> State {
        self.deletions += 1;
        if self.deletions > JUDGED_AGAIN { self.stopped(Stop::Conflict) } else { state }
    }

    fn looked(&mut self, sure: bool, answer: Answer, now: Timestamp) -> State {
        let over = self.until.is_some_and(|until| now >= until);
        let look = match answer {
            Answer::Looked(look) => look,
            // The server does not answer: there is nothing to do but to ask again.
            Answer::Unclear(_) if !over => return State::Look { sure },
            Answer::Unclear(_) => return going(Vec::new()),
            other => return self.stopped(strange(&other)),
        };
        let unread = match look.users {
            Known::Read(users) => {
                self.users = users;
                None
            }
            Known::Unknown(why) => Some(why),
        };
        self.used_since = (!self.users.is_empty()).then(|| self.used_since.unwrap_or(now));
        let used_for_long = self.used_since.is_some_and(|since| now >= after(since, USED_FOR));
        match look.claim {
            None if self.users.is_empty() => match unread {
                None => State::Ended(Outcome::Deleted),
                Some(_) if !over => State::Look { sure: true },
                Some(why) => State::Ended(Outcome::Unchecked { why }),
            },
            None => self.rescue(),
            // Made anew, as the controller does for a pod: somebody wants it.
            Some(claim) if claim.uid != self.claim.uid => {
                if self.users.is_empty() {
                    self.users.push(format!("a new pvc/{}", claim.name));
                }
                self.rescue()
            }
            // The deletion was not carried out.
            Some(claim) if claim.deleting_since.is_none() && !sure => self.again(State::Judge),
            Some(_) if used_for_long => self.seized(),
            Some(claim) if over => going(claim.finalizers),
            Some(_) => State::Look { sure },
        }
    }

    fn rescue(&self) -> State {
        if self.keeps_volume() {
            State::Restore
        } else {
            let why = "its volume was not to be kept".to_owned();
            State::Ended(Outcome::Seized { users: self.users.clone(), why })
        }
    }

    fn seized(&self) -> State {
        let why = format!("it goes as soon as {} ends", self.users.join(", "));
        State::Ended(Outcome::Seized { users: self.users.clone(), why })
    }

    fn restored(&self, answer: Answer) -> State {
        let users = self.users.clone();
        State::Ended(match answer {
            Answer::Restored => Outcome::Rescued { users },
            Answer::NotRestored(why) | Answer::Unclear(why) | Answer::Denied(why) => {
                Outcome::Seized { users, why }
            }
            other => Outcome::Seized { users, why: format!("{other:?}") },
        })
    }

    /// The way to an end without a deletion, by the volume if it was touched.
    fn stopped(&self, why: Stop) -> State {
        if self.writes > 0 {
            State::Stopping { why, tried: false }
        } else {
            State::Ended(Outcome::Stopped { why, volume: Left::Untouched })
        }
    }

    fn stopping(&self, why: Stop, tried: bool, answer: Answer) -> State {
        let left = |left| State::Ended(Outcome::Stopped { why: why.clone(), volume: left });
        let reading = match answer {
            Answer::Read(reading) => reading,
            Answer::Unclear(text) | Answer::Denied(text) => return left(Left::Aside(text)),
            other => return left(Left::Aside(format!("{other:?}"))),
        };
        let volume = match reading.volume {
            Known::Read(Some(volume)) => volume,
            Known::Read(None) => return left(Left::Untouched),
            Known::Unknown(text) => return left(Left::Aside(text)),
        };
        if volume.trashed().is_none_or(|kept| kept.run != self.mark.run) {
            return left(if tried { Left::PutBack } else { Left::Untouched });
        }
        // The policy that comes back may delete the data of a claim that is going.
        if !reading.claim.is_some_and(|claim| self.is_alive(&claim)) {
            return left(Left::Aside("its claim is going or gone".to_owned()));
        }
        match take_back(&volume) {
            Some(patch) => State::TakeBack(why, patch),
            None => left(Left::Aside("it does not say what its policy was".to_owned())),
        }
    }

    fn taken_back(&mut self, why: Stop, volume: &str, answer: Answer) -> State {
        self.writes += 1;
        let aside = |text: String| {
            State::Ended(Outcome::Stopped { why: why.clone(), volume: Left::Aside(text) })
        };
        match answer {
            Answer::Done => State::Ended(Outcome::Stopped { why, volume: Left::PutBack }),
            Answer::Conflict | Answer::Unclear(_) if self.writes < 3 * ATTEMPTS => {
                State::Stopping { why, tried: true }
            }
            Answer::Conflict => aside(format!("pv/{volume} keeps changing")),
            Answer::Unclear(text) | Answer::Denied(text) => aside(text),
            other => aside(format!("{other:?}")),
        }
    }
}

fn going(finalizers: Vec<String>) -> State {
    State::Ended(Outcome::Going { finalizers })
}

/// An answer that does not belong to the move. It stops the deletion like any other fault.
fn strange(answer: &Answer) -> Stop {
    Stop::Unclear(format!("unexpected answer: {answer:?}"))
}

#[cfg(test)]
mod tests;
