//! Label selectors: as conditions to check, and as text for a query.

use crate::convert::Malformed;
use crate::convert::Subject;
use crate::model::budget::Operator;
use crate::model::budget::Requirement;
use crate::model::budget::Selector;
use crate::wire::selector::LabelSelector;

/// The selector's conditions, equalities first.
pub(super) fn selector(
    subject: Subject<'_>,
    field: &'static str,
    wire: &LabelSelector,
) -> Result<Selector, Malformed> {
    let equal = wire.match_labels.iter().map(|(key, value)| {
        Ok(Requirement { key: key.clone(), operator: Operator::In(vec![value.clone()]) })
    });
    let others = wire.match_expressions.iter().map(|expression| {
        let values = expression.values.clone();
        let operator = match expression.operator.as_str() {
            "In" => Operator::In(values),
            "NotIn" => Operator::NotIn(values),
            "Exists" => Operator::Exists,
            "DoesNotExist" => Operator::DoesNotExist,
            other => {
                return Err(subject.malformed(field, format!("has an unknown operator {other:?}")));
            }
        };
        Ok(Requirement { key: expression.key.clone(), operator })
    });
    Ok(Selector { requirements: equal.chain(others).collect::<Result<_, _>>()? })
}

/// The selector as `labelSelector` takes it.
pub(super) fn query(selector: &Selector) -> String {
    let terms: Vec<String> = selector
        .requirements
        .iter()
        .map(|Requirement { key, operator }| match operator {
            Operator::In(values) if values.len() == 1 => format!("{key}={}", values.concat()),
            Operator::In(values) => format!("{key} in ({})", values.join(",")),
            Operator::NotIn(values) => format!("{key} notin ({})", values.join(",")),
            Operator::Exists => key.clone(),
            Operator::DoesNotExist => format!("!{key}"),
        })
        .collect();
    terms.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Selector, Malformed> {
        let subject = Subject { kind: "statefulset", name: "db" };
        selector(subject, "spec.selector", &serde_json::from_str(json).unwrap())
    }

    #[test]
    fn every_operator_has_a_form_in_a_query() {
        let selector = read(
            r#"{"matchLabels":{"app":"db","tier":"data"},"matchExpressions":[
                {"key":"env","operator":"In","values":["a","b"]},
                {"key":"zone","operator":"NotIn","values":["c"]},
                {"key":"kept","operator":"Exists"},
                {"key":"gone","operator":"DoesNotExist","values":null}]}"#,
        );
        assert_eq!(
            query(&selector.unwrap()),
            "app=db,tier=data,env in (a,b),zone notin (c),kept,!gone"
        );
    }

    #[test]
    fn an_unknown_operator_is_an_error() {
        let error = read(r#"{"matchExpressions":[{"key":"a","operator":"Like"}]}"#).unwrap_err();
        assert_eq!(
            error.to_string(),
            "statefulset/db makes no sense: spec.selector has an unknown operator \"Like\""
        );
    }
}
