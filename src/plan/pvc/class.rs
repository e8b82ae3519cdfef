//! What a claim is, in one word, and how sure that is.

use std::fmt;

/// What a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Above the range of its set, which is settled.
    ScaledDown,
    /// Of a template its set no longer has.
    TemplateRemoved,
    /// Of a set that is no longer there.
    SetDeleted,
    /// Never got a volume, so that there is no data.
    Unbound,
    /// Above the range of its set, but an autoscaler may come back for it.
    Burst,
    /// Below the first ordinal of its set.
    BelowStart,
    /// Left out of the range on purpose.
    Reserved,
    /// Of a set that is scaled to nothing.
    Parked,
    /// A pod uses it, or would.
    InUse,
    /// In the range of its set, with no pod just now.
    Expected,
    /// Several sets use it.
    Shared,
    /// It could be of several sets, and none of them wants it.
    Ambiguous,
    /// A set uses it, and it belongs to another pod.
    Hijacked,
    /// Objects other than pods name it.
    Referenced,
    /// An operator looks after it.
    Managed,
    /// Somebody marked it to be kept.
    Kept,
    /// Something is being done with it or its volume.
    Busy,
    /// Its owners are gone, so that the garbage collector is about to delete it.
    Doomed,
    /// It was told to go.
    Terminating,
    /// Its volume is gone.
    Lost,
    /// Nothing says that a set made it.
    NotOurs,
    /// Not everything that could want it could be read.
    Unknown,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 22] = [
        Self::ScaledDown,
        Self::TemplateRemoved,
        Self::SetDeleted,
        Self::Unbound,
        Self::Burst,
        Self::BelowStart,
        Self::Reserved,
        Self::Parked,
        Self::InUse,
        Self::Expected,
        Self::Shared,
        Self::Ambiguous,
        Self::Hijacked,
        Self::Referenced,
        Self::Managed,
        Self::Kept,
        Self::Busy,
        Self::Doomed,
        Self::Terminating,
        Self::Lost,
        Self::NotOurs,
        Self::Unknown,
    ];

    /// As it is shown and given.
    pub fn name(self) -> &'static str {
        match self {
            Self::ScaledDown => "scaled-down",
            Self::TemplateRemoved => "template-removed",
            Self::SetDeleted => "set-deleted",
            Self::Unbound => "unbound",
            Self::Burst => "burst",
            Self::BelowStart => "below-start",
            Self::Reserved => "reserved",
            Self::Parked => "parked",
            Self::InUse => "in-use",
            Self::Expected => "expected-missing-pod",
            Self::Shared => "shared",
            Self::Ambiguous => "ambiguous",
            Self::Hijacked => "hijacked",
            Self::Referenced => "referenced",
            Self::Managed => "managed",
            Self::Kept => "kept",
            Self::Busy => "busy",
            Self::Doomed => "doomed",
            Self::Terminating => "terminating",
            Self::Lost => "lost",
            Self::NotOurs => "not-ours",
            Self::Unknown => "unknown",
        }
    }

    /// Whether no ordinal wants a claim of this class now, so that it can be deleted at all.
    pub fn is_left_behind(self) -> bool {
        matches!(
            self,
            Self::ScaledDown
                | Self::TemplateRemoved
                | Self::SetDeleted
                | Self::Unbound
                | Self::Burst
                | Self::BelowStart
                | Self::Reserved
                | Self::Parked
        )
    }

    /// Whether the class itself says that a claim is left behind on purpose, so that lifting that
    /// hold is enough.
    pub fn is_held(self) -> bool {
        matches!(self, Self::Burst | Self::BelowStart | Self::Reserved | Self::Parked)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How sure it is that nobody wants a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Something that could tell was not read, or speaks against it.
    Low,
    /// Nothing speaks against it, and something is not proven.
    Medium,
    /// Proven, as far as a reading can.
    High,
}

impl Confidence {
    /// As it is shown and given.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why it is not surer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doubt {
    /// Something optional could not be read.
    Gap,
    /// Its labels are not those its set gives.
    Labels,
    /// Nothing proves how long it was unused.
    Idle,
    /// Not every kind was searched for its name.
    Shallow,
    /// Only its name and its maker tell of the set it was of.
    NameAlone,
}

impl Doubt {
    /// The most confidence there can be with this doubt.
    pub fn most(self) -> Confidence {
        match self {
            Self::Gap | Self::Labels => Confidence::Low,
            Self::Idle | Self::Shallow | Self::NameAlone => Confidence::Medium,
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Gap => "something that could name it could not be read",
            Self::Labels => "its labels are not those its set gives to claims",
            Self::Idle => "nothing proves since when it is unused",
            Self::Shallow => "not every kind was searched for its name",
            Self::NameAlone => "only its name and its maker tell of a set",
        }
    }
}
