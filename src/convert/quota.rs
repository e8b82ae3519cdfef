//! A ResourceQuota from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::model::quantity::Quantity;
use crate::model::quota::StorageQuota;
use crate::model::text::clean;
use crate::wire::quota::ResourceQuota;

/// What the quota says of storage; nothing where it is about other things.
///
/// An amount that cannot be read is an error: to leave it out would be to take it for no limit.
pub fn storage_quotas(wire: ResourceQuota) -> Result<Vec<StorageQuota>, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "resourcequota", name: &meta.name };
    let quota = subject.required("metadata.name", &meta.name)?;
    let status = wire.status.unwrap_or_default();
    let amount = |field, text: &str| -> Result<Quantity, Malformed> {
        subject
            .required(field, text)?
            .parse()
            .map_err(|_| subject.malformed(field, format!("is {text:?}")))
    };
    let about = status.hard.iter().filter(|(resource, _)| StorageQuota::is_about(resource));
    about
        .map(|(resource, hard)| {
            let used = match status.used.get(resource) {
                Some(used) => amount("status.used", &used.text)?,
                None => Quantity::ZERO,
            };
            Ok(StorageQuota {
                quota: quota.clone(),
                resource: clean(resource),
                hard: amount("status.hard", &hard.text)?,
                used,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use serde_json::json;

    use super::*;

    #[test]
    fn only_amounts_of_storage_are_read_and_all_of_them() {
        let wire: ResourceQuota = serde_json::from_value(json!({
            "metadata": {"name": "q"},
            "status": {
                "hard": {"requests.storage": "10Gi", "cpu": "nonsense"},
                "used": {"requests.storage": "9Gi"},
            },
        }))
        .unwrap();
        let over = ResourceQuota::decode(wire.encode_to_vec().as_slice()).unwrap();
        let read = storage_quotas(wire).unwrap();
        assert_eq!(storage_quotas(over).unwrap(), read);
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].left(), "1Gi".parse().unwrap());
        let unread =
            json!({"metadata": {"name": "q"}, "status": {"hard": {"requests.storage": "x"}}});
        assert!(storage_quotas(serde_json::from_value(unread).unwrap()).is_err());
    }
}
