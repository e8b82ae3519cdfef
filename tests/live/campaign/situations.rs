//! The situations a namespace is made of.

mod claims;
mod holds;
mod ordinals;
mod strangers;
mod users;

use crate::campaign::plot::Plot;

/// What is called to add a situation to a plot.
pub(super) type Make = fn(&mut Plot);

/// All of them, by name. Those that leave claims behind come more often.
pub(super) const SITUATIONS: &[(&str, Make)] = &[
    ("scaled down", ordinals::scaled_down),
    ("scaled down, freshly", ordinals::scaled_down_freshly),
    ("scaled down, and wrongly said to be used", ordinals::said_in_use),
    ("scaled down, with other labels", ordinals::other_labels),
    ("scaled down, two templates", ordinals::two_templates),
    ("scaled down, to go with the set", ordinals::goes_with_the_set),
    ("set deleted", ordinals::set_deleted),
    ("set deleted by its controller's own claims", ordinals::set_deleted_live),
    ("template removed", ordinals::template_removed),
    ("first ordinal moved", ordinals::start_moved),
    ("neighbours", ordinals::neighbours),
    ("ambiguous", ordinals::ambiguous),
    ("odd ordinals", ordinals::odd),
    ("unbound", ordinals::unbound),
    ("no pod can be made", ordinals::no_pod),
    ("pods wait for a node", ordinals::unscheduled),
    ("set that is going", ordinals::set_going),
    ("being re-created", ordinals::recreated),
    ("parked", holds::parked),
    ("autoscaled", holds::autoscaled),
    ("parked and autoscaled", holds::parked_and_autoscaled),
    ("made by hand", holds::handmade),
    ("made by hand, of no set", holds::handmade_of_no_set),
    ("a release that is there", holds::helm),
    ("shared volume", holds::shared),
    ("volume made by hand", holds::fixed),
    ("reserved ordinals", holds::kruise),
    ("workload at nothing", users::workload),
    ("pod", users::pod),
    ("ephemeral volume", users::ephemeral),
    ("resource that names it", users::text),
    ("resource with templates", users::templates),
    ("operator's marks", strangers::operator),
    ("operator's set", strangers::operators_set),
    ("owned", strangers::owned),
    ("made by a program", strangers::program),
    ("kept", claims::kept),
    ("finalizer", claims::finalizer),
    ("terminating", claims::terminating),
    ("being cloned", claims::cloned),
    ("snapshot", claims::snapshot),
    ("attached", claims::attached),
];
