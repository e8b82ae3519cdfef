//! Asks the server whom it takes us for.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::cluster::session::Session;
use crate::exit::Failure;

/// A user as the server sees one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Whoami {
    /// Name.
    pub username: String,
    /// UID.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub uid: String,
    /// Groups.
    pub groups: Vec<String>,
    /// Further attributes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Review {
    status: Answer,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    user_info: Whoami,
}

impl Session {
    /// Whom the server takes us for, impersonation included. Everybody may ask.
    pub async fn whoami(&self) -> Result<Whoami, Failure> {
        let question = serde_json::json!({
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "SelfSubjectReview",
        });
        let request = http::Request::post("/apis/authentication.k8s.io/v1/selfsubjectreviews")
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(question.to_string().into_bytes())
            .map_err(anyhow::Error::new)?;
        let review: Review = self.client().request(request).await?;
        Ok(review.status.user_info)
    }
}
