//! What `pvc resize` and `pvc modify` have in common.

use std::collections::BTreeMap;

use clap::Args;
use jiff::SignedDuration;

use crate::cluster::clock;
use crate::cluster::status;
use crate::cluster::write::Keep;
use crate::commands::context::{Consent, Context};
use crate::commands::drive::finish;
use crate::commands::dry_run::DryRun;
use crate::commands::duration::signed;
use crate::commands::identity;
use crate::commands::journal::Journal;
use crate::commands::pvc::change::template::Template;
use crate::exit::{Exit, Failure};
use crate::model::set::Set;
use crate::model::snapshot::{Known, Snapshot};
use crate::plan::recreate::Owned;
use crate::plan::resize::refusal::NotResized;
use crate::plan::resize::stand::{Goal, Stand};
use crate::plan::resize::{Outlook, Reach, Surroundings, Unknown, Wish, claims_of, outlook};
use crate::plan::step::Step;
use crate::progress::resize::{Pace, Resize, Restarts};
use crate::render::resize::Shown;

mod drive;
mod template;
mod ways;

/// The flags of both.
#[derive(Args, Clone, Debug)]
pub(super) struct ChangeArgs {
    /// The claim template; needed where the set has several
    #[arg(long, value_name = "NAME")]
    template: Option<String>,

    /// Do it; without this it is only shown what would be done
    #[arg(long)]
    apply: bool,

    /// Show what would be done: client sends no write at all, server has the API server check it
    #[arg(long, value_enum, value_name = "WHERE", num_args = 0..=1, require_equals = true, default_value_t = DryRun::Client, default_missing_value = "client", conflicts_with = "apply")]
    dry_run: DryRun,

    /// Do not ask before --apply writes
    #[arg(long, short)]
    yes: bool,

    /// How many claims have to be done before the others begin
    #[arg(long, value_name = "N", default_value_t = 1)]
    canary: u32,

    /// How many claims are changed at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    max_parallel: u32,

    /// How long one claim may take; after that nothing more is changed, and the exit code is 5
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = signed)]
    timeout: SignedDuration,

    /// Change the claims and leave the claim template
    #[arg(long, conflicts_with = "template_only")]
    pvcs_only: bool,

    /// Change the claim template and leave the claims
    #[arg(long)]
    template_only: bool,

    /// Change the claims that a scale-down has left behind, too
    #[arg(long)]
    include_left_behind: bool,

    /// Go on although the storage class or quotas may not be read: the API server checks each claim
    #[arg(long, help_heading = "Overrides")]
    accept_unknown: bool,

    /// Create the set again although a GitOps tool, Helm or another manager has it
    #[arg(long, help_heading = "Overrides")]
    i_own_this: bool,
}

/// A change of all claims of a template.
pub(super) struct Change<'a> {
    /// The name of the command.
    pub command: &'static str,
    /// Its own flags, as they were given.
    pub words: &'a [&'a str],
    /// The set's name.
    pub set: &'a str,
    /// What the claims are to have.
    pub goal: Goal,
    /// Whether pods may be restarted.
    pub restarts: Restarts,
    /// The flags of both commands.
    pub args: &'a ChangeArgs,
}

impl Change<'_> {
    /// Reads, shows, asks, and does it.
    pub(super) async fn run(&self, cx: &mut Context) -> Result<Exit, Failure> {
        let snapshot = cx.snapshot(self.set).await?;
        let wish = self.wish(&snapshot.set)?;
        let mut seen = outlook(&snapshot.set, &self.around(cx, &snapshot.set, &wish).await?, &wish);
        if self.args.template_only {
            seen.rows.clear();
            seen.refusals.retain(NotResized::is_of_set);
        }
        let differs = if seen.refusals.is_empty() {
            Template::of(cx, &snapshot.set, &wish).await?
        } else {
            None
        };
        let (template, left) = if self.args.pvcs_only { (None, differs) } else { (differs, None) };
        let pace = self.pace();
        let set = &snapshot.set;
        let change = template.as_ref().map(Template::change);
        let shown = Shown { set, outlook: &seen, wish: &wish, pace, template: change.as_deref() };
        if !seen.refusals.iter().any(NotResized::is_of_set) {
            cx.terminal.note(shown.text());
        }
        if let Some(failure) = self.refused(cx, &seen.refusals) {
            return Err(failure);
        }
        if seen.open().next().is_none() && template.is_none() {
            cx.terminal
                .print(format!("{} unchanged: its claims have it already", set.display()))?;
            return Ok(Exit::Success);
        }
        if let Some(template) = &template
            && self.asks_server()
        {
            let ways = "--pvcs-only changes the claims alone, --template-only the template later";
            template.foresee(cx, self.owned()).await.map_err(|failure| failure.hint(ways))?;
        }
        if self.asks_server() {
            self.try_writes(cx, &seen).await?;
        }
        if !self.args.apply {
            let suffix = self.args.dry_run.suffix();
            cx.terminal.print(format!("{} {}{suffix}", set.display(), self.done()))?;
            let apply = self.again(cx, &wish, &["--apply"]);
            cx.terminal.note(format!("nothing was changed; do it: {apply}"));
            return Ok(Exit::Success);
        }
        let question = match (&template, seen.open().count()) {
            (None, _) => "Change these claims?",
            (Some(_), 0) => "Create the set again with this claim template?",
            (Some(_), _) => {
                "Change these claims, and create the set again with this claim template?"
            }
        };
        cx.consent(Consent::from_flag(self.args.yes), question).await?;
        let exit = self.change_claims(cx, &snapshot, &seen, &wish).await?;
        if exit != Exit::Success {
            return Ok(exit);
        }
        let Some(template) = template else {
            cx.terminal.print(format!("{} {}", set.display(), self.done()))?;
            if let Some(left) = left {
                cx.terminal.note(left.left());
            }
            return Ok(exit);
        };
        let later = format!(
            "the claims are done; the template: {}",
            self.again(cx, &wish, &["--template-only", "--apply"])
        );
        let exit =
            template.replace(cx, self.owned()).await.map_err(|failure| failure.hint(later))?;
        if exit == Exit::Success {
            cx.terminal.print(format!("{} {}", set.display(), self.done()))?;
            cx.terminal.note(template.to_commit());
        }
        Ok(exit)
    }

    fn wish(&self, set: &Set) -> Result<Wish, Failure> {
        if self.args.dry_run == DryRun::None {
            return Err(Failure::usage("--dry-run=none changes nothing here: give --apply"));
        }
        let names: Vec<&str> =
            set.claim_templates.iter().map(|template| template.name.as_str()).collect();
        let template = match (&self.args.template, names.as_slice()) {
            (Some(name), _) => name.clone(),
            (None, [only]) => (*only).to_owned(),
            (None, []) => {
                return Err(Failure::usage(format!("{} has no claim template", set.display())));
            }
            (None, several) => {
                let names = several.join(", ");
                return Err(Failure::usage(format!(
                    "{} has several claim templates, name one with --template: {names}",
                    set.display()
                )));
            }
        };
        let reach = if self.args.include_left_behind { Reach::LeftBehindToo } else { Reach::Range };
        let unknown = if self.args.accept_unknown { Unknown::Accept } else { Unknown::Refuse };
        Ok(Wish { template, goal: self.goal.clone(), reach, unknown })
    }

    fn pace(&self) -> Pace {
        Pace {
            canary: self.args.canary as usize,
            at_once: self.args.max_parallel as usize,
            timeout: self.args.timeout,
            restarts: self.restarts,
        }
    }

    fn owned(&self) -> Owned {
        if self.args.i_own_this { Owned::ByUser } else { Owned::Unsaid }
    }

    fn asks_server(&self) -> bool {
        self.args.apply || self.args.dry_run == DryRun::Server
    }

    /// What is done, for the last line.
    fn done(&self) -> &'static str {
        match self.goal {
            Goal::Size(_) => "resized",
            Goal::Attributes(_) => "modified",
        }
    }

    /// What is read beside the set.
    async fn around(&self, cx: &Context, set: &Set, wish: &Wish) -> Result<Surroundings, Failure> {
        let session = &cx.session;
        let (claims, quotas) = futures::try_join!(
            session.claims(Some(&set.namespace)),
            session.storage_quotas(&set.namespace)
        )?;
        let mut classes = BTreeMap::new();
        if let Known::Read(claims) = &claims {
            for (_, claim) in claims_of(set, &wish.template, claims) {
                let Some(class) = claim.storage_class.as_ref().filter(|name| !name.is_empty())
                else {
                    continue;
                };
                if !classes.contains_key(class) {
                    classes.insert(class.clone(), session.storage_class(class).await?);
                }
            }
        }
        let attributes = match &wish.goal {
            Goal::Size(_) => Known::Read(None),
            Goal::Attributes(name) => session.attributes_class(name).await?,
        };
        Ok(Surroundings { claims, classes, quotas, attributes })
    }

    /// Asks the server what it would say to each write: quotas, webhooks and policies are heard.
    async fn try_writes(&self, cx: &Context, seen: &Outlook) -> Result<(), Failure> {
        let asks =
            |stand: &Option<Stand>| matches!(stand, Some(Stand::Behind | Stand::Anew { .. }));
        for row in seen.rows.iter().filter(|row| asks(&row.stand)) {
            let step = Step::PatchClaim(self.goal.ask(&row.claim));
            match cx.session.apply(&step, Keep::DryRun).await {
                Ok(_) => {}
                // It moved just now; it is judged again when its turn comes.
                Err(error) if status::is_conflict(&error) => {}
                Err(error) => {
                    let mut failure = Failure::from(error);
                    failure.cause = failure.cause.context(format!("pvc/{}", row.claim.name));
                    return Err(failure.hint("nothing was changed"));
                }
            }
        }
        Ok(())
    }

    async fn change_claims(
        &self,
        cx: &mut Context,
        snapshot: &Snapshot,
        seen: &Outlook,
        wish: &Wish,
    ) -> Result<Exit, Failure> {
        if seen.open().next().is_none() {
            return Ok(Exit::Success);
        }
        let set = &snapshot.set;
        let mut journal = Journal::open(&identity::run_id())?;
        let name = format!("{}/{}", set.namespace, set.name);
        let asked =
            serde_json::json!({ "set": name, "template": wish.template, "ask": self.words });
        journal.note(self.command, &asked)?;
        let mut machine =
            Resize::new((&name, &set.uid), seen, self.goal.clone(), self.pace(), clock::now());
        let (end, view) = match drive::drive(cx, set, &mut machine, &mut journal).await {
            Ok(ended) => ended,
            Err(failure) => {
                let again = self.again(cx, wish, &["--apply"]);
                return Err(failure
                    .hint(machine.standing())
                    .hint(format!("see what stands, and go on: {again}")));
            }
        };
        let next = self.next(cx, wish, &machine, &end);
        Ok(finish(cx, view, end, next))
    }
}
