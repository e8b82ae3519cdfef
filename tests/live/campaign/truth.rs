//! What is true of a claim. It is known because the claim was made so; nothing here asks the
//! program under test.

/// A reason to leave a claim that a person overrules with a flag of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lift {
    Parked,
    Autoscaled,
    BelowStart,
    Reserved,
    Handmade,
    Gitops,
    Static,
}

impl Lift {
    pub(super) const ALL: [Self; 7] = [
        Self::Parked,
        Self::Autoscaled,
        Self::BelowStart,
        Self::Reserved,
        Self::Handmade,
        Self::Gitops,
        Self::Static,
    ];

    pub(super) fn flag(self) -> &'static str {
        match self {
            Self::Parked => "--include-parked",
            Self::Autoscaled => "--include-autoscaled",
            Self::BelowStart => "--include-below-start",
            Self::Reserved => "--include-reserved",
            Self::Handmade => "--include-handmade",
            Self::Gitops => "--include-gitops",
            Self::Static => "--include-static",
        }
    }
}

/// How sure a program can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sure {
    /// Something speaks against it.
    Low,
    /// Nothing proves it.
    Medium,
    High,
}

impl Sure {
    fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What may become of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// Somebody uses it, or will: its deletion would be the accident.
    Wanted(&'static str),
    /// Nothing in the cluster tells, so that no program may decide.
    Human(&'static str),
    /// Nobody will use it again.
    Left(Left),
}

/// A claim that is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) class: &'static str,
    pub(super) sure: Sure,
    /// What has to be overruled first.
    pub(super) lifts: Vec<Lift>,
    /// Since when.
    pub(super) since: Since,
}

/// Since when a claim is left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Since {
    /// For a month.
    Long,
    /// For minutes.
    Now,
}

impl Left {
    /// Above the range of its set, proven, for a month.
    pub(super) fn scaled_down() -> Self {
        Self { class: "scaled-down", sure: Sure::High, lifts: Vec::new(), since: Since::Long }
    }

    /// Of a set that is gone.
    pub(super) fn set_deleted() -> Self {
        Self { class: "set-deleted", sure: Sure::Medium, ..Self::scaled_down() }
    }

    pub(super) fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    pub(super) fn sure(self, sure: Sure) -> Self {
        Self { sure, ..self }
    }

    pub(super) fn but(mut self, lift: Lift) -> Self {
        self.lifts.push(lift);
        self
    }

    pub(super) fn since(self, since: Since) -> Self {
        Self { since, ..self }
    }
}

/// What a user says to `pvc prune`.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) name: String,
    classes: &'static [&'static str],
    pub(super) sure: Sure,
    lifts: Vec<Lift>,
    idle: Option<&'static str>,
}

/// Every class that is left behind and not held by its class alone.
const CLASSES: &[&str] = &["scaled-down", "template-removed", "set-deleted", "unbound"];

impl Setting {
    /// Nothing at all.
    pub(super) fn default_terms() -> Self {
        let name = "default".to_owned();
        Self { name, classes: &["scaled-down"], sure: Sure::High, lifts: Vec::new(), idle: None }
    }

    /// Every class, with no proof of how long it is unused, and these holds lifted.
    pub(super) fn lifting(sure: Sure, lifts: &[Lift]) -> Self {
        let flags = match lifts {
            [] => String::new(),
            [one] => format!(" {}", one.flag()),
            _ => " and every --include".to_owned(),
        };
        Self {
            name: format!("{}{flags}", sure.name()),
            classes: CLASSES,
            sure,
            lifts: lifts.to_vec(),
            idle: Some("0s"),
        }
    }

    /// All that are asked what they would offer.
    pub(super) fn all() -> Vec<Self> {
        let each = Lift::ALL.iter().map(|lift| Self::lifting(Sure::Medium, &[*lift]));
        let mut all = vec![Self::default_terms(), Self::lifting(Sure::Medium, &[])];
        all.extend(each);
        all.push(Self::lifting(Sure::Medium, &Lift::ALL));
        all.push(Self::lifting(Sure::Low, &Lift::ALL));
        all
    }

    /// Whether it should delete this claim.
    pub(super) fn offers(&self, left: &Left) -> bool {
        let held_by_class = left.lifts.iter().any(|lift| {
            matches!(lift, Lift::Parked | Lift::Autoscaled | Lift::BelowStart | Lift::Reserved)
        });
        (held_by_class || self.classes.contains(&left.class))
            && left.sure >= self.sure
            && left.lifts.iter().all(|lift| self.lifts.contains(lift))
            && (self.idle.is_some() || left.since == Since::Long)
    }

    /// Whether it is the one in which all are to be offered: as sure as may be without proof, with
    /// every hold lifted.
    pub(super) fn is_the_aim(&self) -> bool {
        self.sure == Sure::Medium && self.lifts.len() == Lift::ALL.len()
    }

    /// What is typed.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut words = Vec::new();
        if self.idle.is_some() {
            words.extend(["--class".to_owned(), self.classes.join(",")]);
        }
        if let Some(idle) = self.idle {
            words.extend(["--idle".to_owned(), idle.to_owned()]);
            words.extend(["--min-confidence".to_owned(), self.sure.name().to_owned()]);
        }
        words.extend(self.lifts.iter().map(|lift| lift.flag().to_owned()));
        // Nobody types these for more claims than were counted; here nobody counts.
        words.extend(["--max", "100000", "--max-percent", "100"].map(str::to_owned));
        words
    }
}
