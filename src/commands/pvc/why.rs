//! `pvc why`: everything that is known about one claim.

use anyhow::anyhow;
use clap::Args;

use crate::cluster::clock;
use crate::commands::context::Context;
use crate::commands::object_name::object_name;
use crate::commands::pvc::survey::{self, Depth};
use crate::commands::pvc::terms::TermsArgs;
use crate::exit::{Exit, Failure};
use crate::plan::pvc::class::Class;
use crate::plan::pvc::verdict::judge;
use crate::render::pvc::why::why;

/// Say everything that is known about one claim, and what would become of it
///
/// Who uses it or could, what keeps it and which flag would lift that, how sure it is that nobody
/// wants it, and what a prune and a scale-up would do. The exit code is 9 when something was not
/// read without which nothing can be judged.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct WhyArgs {
    /// The claim, as NAME or pvc/NAME
    #[arg(value_name = "CLAIM", value_parser = claim_name)]
    claim: String,

    #[command(flatten)]
    terms: TermsArgs,
}

const EXAMPLES: &str = "\
Examples:
  # Why is this claim not offered for deletion?
  kubectl sts pvc why data-db-4

  # And would it be with this flag?
  kubectl sts pvc why data-db-4 --include-autoscaled";

/// The name of a claim.
pub(super) fn claim_name(text: &str) -> Result<String, String> {
    object_name(text, &["pvc", "persistentvolumeclaim", "persistentvolumeclaims"])
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &WhyArgs) -> Result<Exit, Failure> {
    let namespace = cx.session.namespace().to_owned();
    let survey = survey::read(cx, Some(&namespace), Depth::OfClaim(&args.claim)).await?;
    cx.tell_notices();
    let verdicts = judge(&survey);
    let Some(verdict) = verdicts.iter().find(|verdict| verdict.claim.name == args.claim) else {
        let cause = anyhow!("there is no pvc/{} in namespace {namespace}", args.claim);
        let look = cx.command(&["pvc", "trash", "list"]);
        return Err(Failure::new(Exit::Error, cause)
            .hint(format!("see whether its volume was put aside: {look}")));
    };
    for line in why(verdict, &survey, &args.terms.terms(), clock::now()) {
        cx.terminal.print(line)?;
    }
    Ok(if verdict.class == Class::Unknown { Exit::Refused } else { Exit::Success })
}
