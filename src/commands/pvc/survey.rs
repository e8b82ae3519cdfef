//! Reading everything a verdict needs, with progress for a person who waits.

use crate::commands::context::Context;
use crate::exit::Failure;
use crate::model::survey::Survey;
use crate::model::survey::reading::Reading;
use crate::plan::pvc::verdict::judge;
use crate::render::pvc::reading::line;

/// A list that is worth a line of its own.
const LONG: u64 = 1000;

/// How deep to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Depth<'a> {
    /// Only where claims are known to be named.
    Shallow,
    /// Everywhere, for the names of all claims that could go.
    Deep,
    /// Everywhere, for the name of this claim.
    OfClaim(&'a str),
}

/// Reads the claims of a namespace, or of all, and everything that could want them.
pub(super) async fn read(
    cx: &Context,
    namespace: Option<&str>,
    depth: Depth<'_>,
) -> Result<Survey, Failure> {
    // Where nothing can be drawn, the end of a long list is a line.
    let told = |reading: Reading| {
        if !cx.terminal.passing(line(&reading)) && reading.is_complete && reading.objects >= LONG {
            cx.terminal.note(line(&reading));
        }
    };
    let mut survey = cx.session.survey(namespace, &told).await?;
    let candidates = match depth {
        Depth::Shallow => Vec::new(),
        Depth::Deep => candidates(&survey),
        Depth::OfClaim(name) => {
            let of_name = |claim: &&crate::model::claim::Claim| claim.name == name;
            let claims = survey.claims.iter().filter(of_name);
            claims.map(|claim| (claim.namespace.clone(), claim.name.clone())).collect()
        }
    };
    if depth != Depth::Shallow {
        cx.session.deepen(&mut survey, &candidates, &told).await;
    }
    cx.terminal.passed();
    Ok(survey)
}

/// The claims that could go, as far as has been seen.
fn candidates(survey: &Survey) -> Vec<(String, String)> {
    judge(survey)
        .iter()
        .filter(|verdict| verdict.is_candidate())
        .map(|verdict| (verdict.claim.namespace.clone(), verdict.claim.name.clone()))
        .collect()
}
