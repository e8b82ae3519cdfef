//! The claim template behind the claims: what pods of a later scale-up get.

use serde_json::{Value, json};

use crate::cluster::status;
use crate::commands::context::Context;
use crate::commands::recreate;
use crate::convert::manifest;
use crate::convert::set::LAST_APPLIED;
use crate::exit::{Exit, Failure};
use crate::model::quantity::Quantity;
use crate::model::set::Set;
use crate::plan::recreate::Owned;
use crate::plan::resize::Wish;
use crate::plan::resize::stand::Goal;

/// A claim template that asks for something else than it shall.
pub(super) struct Template {
    set: String,
    namespace: String,
    name: String,
    goal: Goal,
    /// What it asks for now.
    from: Option<String>,
}

impl Template {
    /// The template as it is; nothing where it asks for what it shall.
    pub(super) async fn of(cx: &Context, set: &Set, wish: &Wish) -> Result<Option<Self>, Failure> {
        let object = cx.session.set_object(&set.namespace, &set.name).await?;
        let Some(template) = find(&object, &wish.template) else { return Ok(None) };
        let from = asks(template, &wish.goal);
        let same = match (&wish.goal, from.as_deref()) {
            (Goal::Size(size), Some(from)) => from.parse::<Quantity>().as_ref() == Ok(size),
            (Goal::Attributes(class), from) => from == Some(class),
            _ => false,
        };
        Ok((!same).then(|| Self {
            set: set.name.clone(),
            namespace: set.namespace.clone(),
            name: wish.template.clone(),
            goal: wish.goal.clone(),
            from,
        }))
    }

    /// What would change, as `1Gi → 2Gi`.
    pub(super) fn change(&self) -> String {
        format!("{} → {}", self.from.as_deref().unwrap_or("nothing"), wanted(&self.goal))
    }

    /// Why the set could not be created again now. A server that changes the template in place is
    /// told of, too: then nothing has to be created again.
    pub(super) async fn foresee(&self, cx: &Context, owned: Owned) -> Result<(), Failure> {
        if self.in_place(cx).await? {
            return Ok(());
        }
        recreate::foresee(cx, &self.set, owned, &|live: &Value| self.edit(live)).await
    }

    /// Changes it: by creating the set again around its pods.
    pub(super) async fn replace(&self, cx: &mut Context, owned: Owned) -> Result<Exit, Failure> {
        if self.in_place(cx).await? {
            let patch = json!({ "spec": self.claims(cx).await? }).to_string();
            let set = format!("statefulset/{}", self.set);
            let command = cx.kubectl(&["patch", &set, "--type=merge", "-p", &patch]);
            cx.terminal.note(format!("this API server changes the template in place: {command}"));
            return Ok(Exit::Partial);
        }
        recreate::edited(cx, &self.set, owned, &|live: &Value| self.edit(live)).await
    }

    /// What it means that it was left as it is.
    pub(super) fn left(&self) -> String {
        let gets = match (&self.goal, self.from.as_deref()) {
            (_, None) => "none of it".to_owned(),
            (Goal::Size(_), Some(from)) => format!("claims of {from}"),
            (Goal::Attributes(_), Some(from)) => format!("the attributes of {from}"),
        };
        format!(
            "the claim template {} is as it was: pods of a later scale-up get {gets}",
            self.name
        )
    }

    /// What has to be changed where the set comes from.
    pub(super) fn to_commit(&self) -> String {
        let field = match self.goal {
            Goal::Size(_) => "resources.requests.storage",
            Goal::Attributes(_) => "volumeAttributesClassName",
        };
        format!(
            "change it where the set comes from, too, or the next apply of it is refused:\n  \
             spec.volumeClaimTemplates[name={}].spec.{field}: {}",
            self.name,
            self.change()
        )
    }

    /// Whether the server would change it in place. None does so far; later ones may.
    async fn in_place(&self, cx: &Context) -> Result<bool, Failure> {
        let body = json!({ "spec": self.claims(cx).await? });
        match cx.session.preview_merge(&self.namespace, &self.set, &body).await {
            Ok(_) => Ok(true),
            Err(error) => match status::of(&error) {
                Some(answer) if matches!(answer.code, 403 | 422) => Ok(false),
                _ => Err(Failure::from(error)),
            },
        }
    }

    async fn claims(&self, cx: &Context) -> Result<Value, Failure> {
        let live = cx.session.set_object(&self.namespace, &self.set).await?;
        let claims = self.edit(&live)["spec"]["volumeClaimTemplates"].clone();
        Ok(json!({ "volumeClaimTemplates": claims }))
    }

    /// The set with this template, as it would be sent.
    fn edit(&self, live: &Value) -> Value {
        let mut new = manifest::copy(live);
        set(&mut new, &self.name, &self.goal);
        // What kubectl remembers of the last apply is told, too: it compares with it.
        let applied = &mut new["metadata"]["annotations"][LAST_APPLIED];
        let remembered = applied.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
        if let Some(mut remembered) = remembered
            && set(&mut remembered, &self.name, &self.goal)
        {
            *applied = format!("{remembered}\n").into();
        } else if applied.is_null() {
            remove_null(&mut new);
        }
        new
    }
}

/// Looking at a key that is not there makes it.
fn remove_null(set: &mut Value) {
    let metadata = &mut set["metadata"];
    if let Some(annotations) = metadata["annotations"].as_object_mut() {
        annotations.remove(LAST_APPLIED);
        if annotations.is_empty()
            && let Some(metadata) = metadata.as_object_mut()
        {
            metadata.remove("annotations");
        }
    }
}

fn find<'a>(set: &'a Value, name: &str) -> Option<&'a Value> {
    let templates = set["spec"]["volumeClaimTemplates"].as_array()?;
    templates.iter().find(|template| template["metadata"]["name"] == name)
}

/// What a template asks for.
fn asks(template: &Value, goal: &Goal) -> Option<String> {
    let spec = &template["spec"];
    let asked = match goal {
        Goal::Size(_) => &spec["resources"]["requests"]["storage"],
        Goal::Attributes(_) => &spec["volumeAttributesClassName"],
    };
    asked.as_str().map(crate::model::text::clean)
}

/// Makes the template of a set ask for it; false where the set has none of that name.
fn set(set: &mut Value, name: &str, goal: &Goal) -> bool {
    let Some(templates) = set["spec"]["volumeClaimTemplates"].as_array_mut() else { return false };
    let Some(template) = templates.iter_mut().find(|template| template["metadata"]["name"] == name)
    else {
        return false;
    };
    let spec = &mut template["spec"];
    match goal {
        Goal::Size(_) => spec["resources"]["requests"]["storage"] = wanted(goal).into(),
        Goal::Attributes(_) => spec["volumeAttributesClassName"] = wanted(goal).into(),
    }
    true
}

fn wanted(goal: &Goal) -> String {
    match goal {
        Goal::Size(size) => size.to_string(),
        Goal::Attributes(class) => class.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Template {
        Template {
            set: "db".to_owned(),
            namespace: "prod".to_owned(),
            name: "data".to_owned(),
            goal: Goal::Size("2Gi".parse().unwrap()),
            from: Some("1Gi".to_owned()),
        }
    }

    fn live() -> Value {
        let claim = |name: &str| {
            json!({"metadata": {"name": name},
                "spec": {"resources": {"requests": {"storage": "1Gi"}}}})
        };
        json!({
            "metadata": {"name": "db", "uid": "u", "resourceVersion": "1"},
            "spec": {"replicas": 3, "volumeClaimTemplates": [claim("wal"), claim("data")]},
            "status": {},
        })
    }

    #[test]
    fn only_the_one_template_changes() {
        let new = template().edit(&live());
        let mut expected = manifest::copy(&live());
        let claims = &mut expected["spec"]["volumeClaimTemplates"];
        claims[1]["spec"]["resources"]["requests"]["storage"] = "2Gi".into();
        assert_eq!(new, expected);
    }

    #[test]
    fn what_kubectl_remembers_changes_with_it_and_in_nothing_else() {
        let mut live = live();
        let remembered = json!({"spec": {"volumeClaimTemplates":
            live["spec"]["volumeClaimTemplates"].clone()}});
        live["metadata"]["annotations"] = json!({LAST_APPLIED: remembered.to_string(), "a": "b"});
        let new = template().edit(&live);
        let text = new["metadata"]["annotations"][LAST_APPLIED].as_str().unwrap();
        let read: Value = serde_json::from_str(text).unwrap();
        assert!(read["spec"]["replicas"].is_null(), "what was not applied is not applied now");
        let claims = &read["spec"]["volumeClaimTemplates"];
        assert_eq!(claims[1]["spec"]["resources"]["requests"]["storage"], "2Gi");
        assert_eq!(claims[0]["spec"]["resources"]["requests"]["storage"], "1Gi");
        assert_eq!(new["metadata"]["annotations"]["a"], "b");
    }

    #[test]
    fn the_change_to_commit_names_the_field() {
        assert!(template().to_commit().ends_with(
            "spec.volumeClaimTemplates[name=data].spec.resources.requests.storage: 1Gi → 2Gi"
        ));
    }
}
