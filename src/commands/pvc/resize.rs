//! `pvc resize`: more storage for every pod of a set.

use clap::{Args, ValueEnum};

use crate::commands::context::Context;
use crate::commands::pvc::change::{Change, ChangeArgs};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::model::quantity::Quantity;
use crate::plan::resize::stand::Goal;
use crate::progress::resize::Restarts;

/// Grow the claims of a set, and its claim template with them
///
/// Shows what would be done; --apply does it. The claim of the highest ordinal grows first, and
/// the others follow once its volume has. A failure, or silence for --timeout, stops it: then no
/// other claim has been asked. At the end the set is created again around its pods with the new
/// size in its claim template, which no pod notices, so that pods of a later scale-up get as much.
/// Run it again to go on: claims that have the size are passed over.
///
/// A claim never shrinks. Once more was asked for, the smallest it can be taken back to is above
/// what its volume has; after a failed growth, run it again with such a size.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct ResizeArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// The size each claim shall have, such as 20Gi
    #[arg(long, value_name = "SIZE", value_parser = size)]
    size: Quantity,

    /// Restart a pod whose file system does not grow while it runs; budgets are heeded
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Restart::Never)]
    restart: Restart,

    #[command(flatten)]
    change: ChangeArgs,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum Restart {
    /// Stop, and say so
    Never,
    /// Restart that pod alone
    IfNeeded,
}

const EXAMPLES: &str = "\
Examples:
  # See what would be done
  kubectl sts pvc resize db --template data --size 20Gi

  # Do it
  kubectl sts pvc resize db --template data --size 20Gi --apply

  # The claims alone; the template later, or by whatever applies the set
  kubectl sts pvc resize db --template data --size 20Gi --pvcs-only --apply --yes";

fn size(text: &str) -> Result<Quantity, String> {
    match text.parse::<Quantity>() {
        Ok(Quantity::ZERO) => Err("nothing cannot be asked for".to_owned()),
        Ok(size) => Ok(size),
        Err(error) => Err(error.to_string()),
    }
}

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &ResizeArgs) -> Result<Exit, Failure> {
    let size = args.size.to_string();
    let mut words = vec!["--size", &size];
    if args.restart == Restart::IfNeeded {
        words.extend(["--restart", "if-needed"]);
    }
    let change = Change {
        command: "resize",
        words: &words,
        set: &args.set,
        goal: Goal::Size(args.size),
        restarts: match args.restart {
            Restart::Never => Restarts::Never,
            Restart::IfNeeded => Restarts::IfNeeded,
        },
        args: &args.change,
    };
    Box::pin(change.run(cx)).await
}
