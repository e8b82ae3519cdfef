//! `pvc modify`: other attributes, such as more throughput, for the volumes of a set.

use clap::Args;

use crate::commands::context::Context;
use crate::commands::object_name::object_name;
use crate::commands::pvc::change::{Change, ChangeArgs};
use crate::commands::set_name::set_name;
use crate::exit::{Exit, Failure};
use crate::plan::resize::stand::Goal;
use crate::progress::resize::Restarts;

/// Give the volumes of a set the attributes of a VolumeAttributesClass
///
/// Shows what would be done; --apply does it. As with resize, the highest ordinal goes first, a
/// failure or silence stops it, and the claim template follows at the end. The class has to be
/// there, and for the driver of the claims: the API server takes any name.
#[derive(Args, Clone, Debug)]
#[command(after_long_help = EXAMPLES)]
pub struct ModifyArgs {
    /// The StatefulSet, as NAME or sts/NAME
    #[arg(value_name = "SET", value_parser = set_name)]
    set: String,

    /// The VolumeAttributesClass
    #[arg(long, value_name = "NAME", value_parser = |text: &str| object_name(text, &["vac", "volumeattributesclass", "volumeattributesclasses"]))]
    vac: String,

    #[command(flatten)]
    change: ChangeArgs,
}

const EXAMPLES: &str = "\
Examples:
  # See what would be done
  kubectl sts pvc modify db --template data --vac gold

  # Do it
  kubectl sts pvc modify db --template data --vac gold --apply";

/// Runs the command.
pub(super) async fn run(cx: &mut Context, args: &ModifyArgs) -> Result<Exit, Failure> {
    let change = Change {
        command: "modify",
        words: &["--vac", &args.vac],
        set: &args.set,
        goal: Goal::Attributes(args.vac.clone()),
        restarts: Restarts::Never,
        args: &args.change,
    };
    Box::pin(change.run(cx)).await
}
