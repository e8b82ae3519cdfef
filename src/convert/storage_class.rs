//! A StorageClass and a VolumeAttributesClass from the wire.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::model::storage_class::AttributesClass;
use crate::model::storage_class::StorageClass;
use crate::wire;

/// The storage class.
pub fn storage_class(wire: wire::storage_class::StorageClass) -> Result<StorageClass, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "storageclass", name: &meta.name };
    Ok(StorageClass {
        name: subject.required("metadata.name", &meta.name)?,
        provisioner: subject.required("provisioner", &wire.provisioner)?,
        expands: wire.allow_volume_expansion.unwrap_or(false),
    })
}

/// The VolumeAttributesClass.
pub fn attributes_class(
    wire: wire::storage_class::VolumeAttributesClass,
) -> Result<AttributesClass, Malformed> {
    let meta = wire.metadata.unwrap_or_default();
    let subject = Subject { kind: "volumeattributesclass", name: &meta.name };
    Ok(AttributesClass {
        name: subject.required("metadata.name", &meta.name)?,
        driver: subject.required("driverName", &wire.driver_name)?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn volumes_grow_only_where_that_is_said() {
        let read = |object| storage_class(serde_json::from_value(object).unwrap());
        let named = json!({"metadata": {"name": "fast"}, "provisioner": "x.csi"});
        assert!(!read(named.clone()).unwrap().expands);
        let mut grows = named;
        grows["allowVolumeExpansion"] = json!(true);
        let class = read(grows).unwrap();
        assert_eq!((class.expands, class.provisioner.as_str()), (true, "x.csi"));
        assert!(read(json!({"metadata": {"name": "fast"}})).is_err());
    }

    #[test]
    fn attributes_are_for_volumes_of_one_driver() {
        let object = json!({"metadata": {"name": "gold"}, "driverName": "x.csi"});
        let class = attributes_class(serde_json::from_value(object).unwrap()).unwrap();
        assert_eq!((class.name.as_str(), class.driver.as_str()), ("gold", "x.csi"));
    }
}
