//! One reading of the claims, the volume and the set that an adoption is about.

use serde_json::Value;

use crate::commands::context::{Context, refused};
use crate::convert::claim_manifest::name_of;
use crate::exit::Failure;
use crate::model::claim::Claim;
use crate::model::snapshot::Known;
use crate::model::volume::Volume;
use crate::plan::pvc::adopt::{Scene, Wish};
use crate::plan::pvc::restored::Target;

/// What was read.
pub(super) struct Look {
    /// As it is judged.
    pub scene: Scene,
    /// The old claim as the server sends it.
    pub from_object: Option<Value>,
    /// The set as the server sends it.
    pub set_object: Value,
}

/// Reads it. `volume` is the one it is about, once that is known. Claims come first, and whoever
/// could use them afterwards.
pub(super) async fn look(cx: &Context, wish: &Wish, volume: Option<&str>) -> Result<Look, Failure> {
    let session = &cx.session;
    let from = &wish.from;
    let (old, from_object) = session.claim_object(&from.namespace, &from.name).await?.unzip();
    let (volume, rivals) = find_volume(cx, wish, old.as_ref(), volume).await?;
    let mut seen = look_at_target(cx, wish).await?;
    let (tenants, sets) =
        tokio::try_join!(session.tenants(&from.namespace), session.sets(&from.namespace))?;
    seen.scene = Scene { from: old, volume, rivals, tenants, sets, ..seen.scene };
    seen.from_object = from_object;
    Ok(seen)
}

/// The same without an old claim.
pub(super) async fn look_at_target(cx: &Context, wish: &Wish) -> Result<Look, Failure> {
    let (session, to) = (&cx.session, &wish.target);
    let target = session.claim(&to.namespace, &to.name).await?;
    let (neighbours, set) = tokio::try_join!(
        session.tenants(&to.namespace),
        session.set_and_object(&to.namespace, &wish.set),
    )?;
    let (set, set_object) = set.unzip();
    let scene = Scene {
        from: None,
        volume: None,
        rivals: Vec::new(),
        target,
        set,
        tenants: Known::Read(Vec::new()),
        neighbours,
        sets: Known::Read(Vec::new()),
    };
    Ok(Look { scene, from_object: None, set_object: set_object.unwrap_or_default() })
}

/// The volume with the data: the one that is pinned, the old claim's, or the one that remembers it.
async fn find_volume(
    cx: &Context,
    wish: &Wish,
    old: Option<&Claim>,
    pinned: Option<&str>,
) -> Result<(Option<Volume>, Vec<String>), Failure> {
    let unknown = |what: &str, why: &str| refused(&format!("{what} cannot be known: {why}"));
    if let Some(name) = pinned.or_else(|| old.and_then(|claim| claim.volume.as_deref())) {
        return match cx.session.volumes(&[name.to_owned()]).await?.pop() {
            Some(Known::Read(volume)) => Ok((volume, Vec::new())),
            Some(Known::Unknown(why)) => Err(unknown(&format!("pv/{name}"), &why)),
            None => Ok((None, Vec::new())),
        };
    }
    if old.is_some() {
        return Ok((None, Vec::new()));
    }
    let mut kept = match cx.session.trash().await? {
        Known::Read(kept) => kept,
        Known::Unknown(why) => return Err(unknown("the volumes", &why)),
    };
    kept.retain(|volume| is_about(volume, wish));
    let names = kept.iter().map(|volume| volume.name.clone()).collect();
    Ok((kept.pop(), names))
}

/// Whether the volume remembers the old claim, and is still its or waits for the new one.
fn is_about(volume: &Volume, wish: &Wish) -> bool {
    let remembered = volume.trashed().and_then(|kept| name_of(&kept.claim?));
    let is_old = remembered == Some((wish.from.namespace.clone(), wish.from.name.clone()));
    let names = Target::named_by(volume);
    is_old && (names.as_ref() == Some(&wish.from) || names.as_ref() == Some(&wish.target))
}
