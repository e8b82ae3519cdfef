//! What every kind's metadata is asked for.

use jiff::Timestamp;

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::model::set::Owner;
use crate::model::text::clean;
use crate::wire::meta::OwnerReference;
use crate::wire::value::Time;

/// The owner that manages the object.
pub(super) fn controller(owners: &[OwnerReference]) -> Option<&OwnerReference> {
    owners.iter().find(|owner| owner.controller == Some(true))
}

/// The owner.
pub(super) fn owner(wire: &OwnerReference) -> Owner {
    Owner {
        api_version: clean(&wire.api_version),
        kind: clean(&wire.kind),
        name: clean(&wire.name),
        uid: clean(&wire.uid),
        controller: wire.controller == Some(true),
    }
}

/// The UID of the owner that manages the object.
pub(super) fn controller_uid(owners: &[OwnerReference]) -> Option<String> {
    controller(owners).map(|owner| clean(&owner.uid))
}

/// A moment that need not be there, but must make sense when it is.
pub(super) fn moment(
    subject: Subject<'_>,
    field: &'static str,
    time: Option<Time>,
) -> Result<Option<Timestamp>, Malformed> {
    let Some(time) = time.filter(|time| time.seconds != 0) else { return Ok(None) };
    time.timestamp().map(Some).ok_or_else(|| subject.malformed(field, "is out of range"))
}
