//! What kinds of storage there are.

/// A StorageClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageClass {
    /// Name.
    pub name: String,
    /// Who makes its volumes.
    pub provisioner: String,
    /// Whether its volumes can grow.
    pub expands: bool,
}

/// A VolumeAttributesClass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributesClass {
    /// Name.
    pub name: String,
    /// Whose volumes it is for.
    pub driver: String,
}
