//! What an answer that is not a success means.

use std::time::Duration;

use kube::core::Status;
use kube::core::response::StatusCause;

use crate::model::text::clean;

/// The server's status, if the error is an answer of its.
pub fn of(error: &kube::Error) -> Option<&Status> {
    match error {
        kube::Error::Api(status) => Some(status),
        _ => None,
    }
}

/// Somebody else was faster: the object is not as we last saw it.
pub fn is_conflict(error: &kube::Error) -> bool {
    of(error).is_some_and(|status| status.is_conflict() && !has_field_conflict(status))
}

/// Server-side apply met fields that others manage.
pub fn is_field_conflict(error: &kube::Error) -> bool {
    of(error).is_some_and(has_field_conflict)
}

/// There is no such object, or no such resource.
pub fn is_not_found(error: &kube::Error) -> bool {
    of(error).is_some_and(Status::is_not_found)
}

/// There is nothing at that path: for a path of discovery, the server does not serve the group. The
/// answer is plain text and has no reason.
pub fn is_not_served(error: &kube::Error) -> bool {
    of(error).is_some_and(|status| status.code == 404)
}

/// The name is taken: another object has it.
pub fn is_there_already(error: &kube::Error) -> bool {
    of(error).is_some_and(Status::is_already_exists)
}

/// What was asked for is history: the resource version or the continue token is too old.
pub fn is_gone(error: &kube::Error) -> bool {
    of(error).is_some_and(|status| {
        status.code == 410 || matches!(status.reason.as_str(), "Gone" | "Expired")
    })
}

/// The name now belongs to another object than the one that was meant: its uid is another.
pub fn is_recreated(error: &kube::Error) -> bool {
    let about_uid = |cause: &StatusCause| cause.field == "metadata.uid";
    of(error).is_some_and(|status| {
        status.is_invalid()
            && status.details.as_ref().is_some_and(|details| details.causes.iter().any(about_uid))
    })
}

/// We are not allowed to.
pub fn is_forbidden(error: &kube::Error) -> bool {
    of(error).is_some_and(Status::is_forbidden)
}

/// A budget has no room for an eviction: its own words where the answer has them.
pub fn full_budget(error: &kube::Error) -> Option<String> {
    let answer = of(error).filter(|answer| answer.code == 429)?;
    let cause = answer.details.as_ref().and_then(|details| details.causes.first());
    Some(clean(cause.map_or(answer.message.as_str(), |cause| cause.message.as_str())))
}

/// The request may or may not have been carried out: the connection broke, nobody answered in
/// time, or something between us and etcd gave up. Reading again tells.
pub fn is_unclear(error: &kube::Error) -> bool {
    match error {
        kube::Error::Api(status) => status.code >= 500 || status.code == 429,
        kube::Error::HyperError(_) | kube::Error::Service(_) | kube::Error::ReadEvents(_) => true,
        _ => false,
    }
}

/// How long the server asks us to wait; for an eviction also a sign that a budget forbids it.
pub fn retry_after(error: &kube::Error) -> Option<Duration> {
    let seconds = of(error)?.details.as_ref()?.retry_after_seconds;
    (seconds > 0).then(|| Duration::from_secs(seconds.into()))
}

fn has_field_conflict(status: &Status) -> bool {
    let conflict = |cause: &StatusCause| cause.reason == "FieldManagerConflict";
    status.is_conflict()
        && status.details.as_ref().is_some_and(|details| details.causes.iter().any(conflict))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: serde_json::Value) -> kube::Error {
        kube::Error::Api(serde_json::from_value::<Status>(status).unwrap().boxed())
    }

    #[test]
    fn a_conflict_over_fields_is_not_a_lost_race() {
        let race = error(serde_json::json!({"code": 409, "reason": "Conflict"}));
        assert!(is_conflict(&race) && !is_field_conflict(&race));
        let fields = error(serde_json::json!({"code": 409, "reason": "Conflict", "details": {
            "causes": [{"reason": "FieldManagerConflict", "field": ".spec.replicas"}]}}));
        assert!(!is_conflict(&fields) && is_field_conflict(&fields));
        let exists = error(serde_json::json!({"code": 409, "reason": "AlreadyExists"}));
        assert!(!is_conflict(&exists) && !is_field_conflict(&exists));
        assert!(is_there_already(&exists) && !is_there_already(&race));
    }

    #[test]
    fn another_uid_means_another_object() {
        let causes = serde_json::json!([{"reason": "FieldValueInvalid", "field": "metadata.uid"}]);
        let other = serde_json::json!([{"reason": "FieldValueInvalid", "field": "spec.replicas"}]);
        let answer = |causes| {
            error(serde_json::json!(
                {"code": 422, "reason": "Invalid", "details": {"causes": causes}}
            ))
        };
        assert!(is_recreated(&answer(causes)));
        assert!(!is_recreated(&answer(other)));
    }

    #[test]
    fn a_full_budget_is_told_in_its_own_words() {
        let full = error(serde_json::json!({
            "code": 429, "reason": "TooManyRequests", "message": "Cannot evict pod",
            "details": {"causes": [{"reason": "DisruptionBudget", "message": "db needs 3"}]},
        }));
        assert_eq!(full_budget(&full).as_deref(), Some("db needs 3"));
        let fresh = error(serde_json::json!({"code": 429, "message": "still processed"}));
        assert_eq!(full_budget(&fresh).as_deref(), Some("still processed"));
        assert_eq!(full_budget(&error(serde_json::json!({"code": 409}))), None);
    }

    #[test]
    fn expired_tokens_and_versions_are_gone() {
        assert!(is_gone(&error(serde_json::json!({"code": 410, "reason": "Expired"}))));
        assert!(is_gone(&error(serde_json::json!({"code": 410, "reason": "Gone"}))));
        let absent = error(serde_json::json!({"code": 404, "message": "404 page not found"}));
        assert!(!is_gone(&absent) && is_not_served(&absent));
    }

    #[test]
    fn the_wait_is_in_the_details() {
        let answer = error(serde_json::json!(
            {"code": 429, "reason": "TooManyRequests", "details": {"retryAfterSeconds": 10}}
        ));
        assert_eq!(retry_after(&answer), Some(Duration::from_secs(10)));
        assert_eq!(retry_after(&error(serde_json::json!({"code": 429}))), None);
    }
}
