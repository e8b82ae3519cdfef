//! An Event from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::convert::meta::moment;
use crate::model::cluster_event::ClusterEvent;
use crate::model::text::clean;
use crate::wire::event::Event;

/// The event.
pub fn cluster_event(wire: &Event) -> Result<ClusterEvent, Malformed> {
    let subject = Subject { kind: "event", name: &wire.reason };
    let last = wire
        .series
        .and_then(|series| series.last_observed_time)
        .or(wire.last_timestamp)
        .or(wire.event_time);
    Ok(ClusterEvent {
        reason: clean(&wire.reason),
        message: clean(&wire.message),
        last_seen: moment(subject, "lastTimestamp", last)?,
    })
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    #[test]
    fn recorders_of_both_kinds_tell_when_it_last_happened() {
        let seen = |object: serde_json::Value| {
            let wire: Event = serde_json::from_value(object).unwrap();
            let over_protobuf = Event::decode(wire.encode_to_vec().as_slice()).unwrap();
            let read = cluster_event(&wire).unwrap();
            assert_eq!(cluster_event(&over_protobuf).unwrap(), read);
            read.last_seen.map(|at| at.to_string())
        };
        let old = json!({"reason": "FailedCreate", "lastTimestamp": "2026-11-21T06:00:00Z"});
        assert_eq!(seen(old).as_deref(), Some("2026-11-21T06:00:00Z"));
        let new = json!({"lastTimestamp": null, "eventTime": "2026-11-21T06:00:01.000000Z"});
        assert_eq!(seen(new).as_deref(), Some("2026-11-21T06:00:01Z"));
        let series = json!({"eventTime": "2026-11-21T06:00:01.000000Z",
            "series": {"lastObservedTime": "2026-11-21T06:00:09.000000Z"}});
        assert_eq!(seen(series).as_deref(), Some("2026-11-21T06:00:09Z"));
        assert_eq!(seen(json!({})), None);
    }
}
