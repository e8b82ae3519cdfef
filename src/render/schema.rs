//! JSON Schemas of documents, made from the types that are printed.

use schemars::{Schema, schema_for};

use crate::render::document::{Document, json};
use crate::render::pvc::document::ClaimReport;
use crate::render::pvc::prune_document::{PrunePlan, PruneReport};
use crate::render::pvc::trash::Trash;

/// The kind of each document that has a schema, and the schema as text.
pub fn schemas() -> anyhow::Result<Vec<(&'static str, String)>> {
    let text = |schema: Schema| json(&schema);
    Ok(vec![
        ("ClaimReport", text(schema_for!(Document<ClaimReport>))?),
        ("PrunePlan", text(schema_for!(Document<PrunePlan>))?),
        ("PruneReport", text(schema_for!(Document<PruneReport>))?),
        ("TrashList", text(schema_for!(Document<Trash>))?),
    ])
}
