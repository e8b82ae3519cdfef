//! A volume that is attached to a node.

/// A VolumeAttachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Name.
    pub name: String,
    /// The node.
    pub node: String,
    /// The PersistentVolume; absent where the volume is written into a pod.
    pub volume: Option<String>,
    /// The driver that attaches it.
    pub attacher: String,
    /// Whether the driver says that it is attached.
    pub attached: bool,
}
