//! Values in the answers of servers that are asked by gates.

use serde::Deserialize;
use serde_json::Value;

use std::collections::BTreeMap;

use crate::model::gate::expect::{Measured, Sample};
use crate::model::gate::http::{JsonPart, JsonPath};
use crate::model::text::{clean, shorten};

/// The most characters of a text that was measured.
const MOST: usize = 200;

/// The value a path leads to; `None` where there is none or it is null.
pub fn at_path(body: &[u8], path: &JsonPath) -> Result<Option<Measured>, String> {
    let document: Value =
        serde_json::from_slice(body).map_err(|error| format!("the answer is no JSON: {error}"))?;
    let mut value = &document;
    for part in &path.parts {
        let next = match part {
            JsonPart::Key(key) => value.get(key),
            JsonPart::Index(index) => value.get(index),
        };
        match next {
            Some(next) => value = next,
            None => return Ok(None),
        }
    }
    match value {
        Value::Null => Ok(None),
        Value::Bool(truth) => Ok(Some(Measured::Text(truth.to_string()))),
        Value::Number(number) => Ok(number.as_f64().map(Measured::Number)),
        Value::String(text) => Ok(Some(Measured::Text(safe(text)))),
        Value::Array(_) => Err(format!("{path} is a list, not a value")),
        Value::Object(_) => Err(format!("{path} is an object, not a value")),
    }
}

/// A whole body as one value.
pub fn whole(body: &[u8]) -> Measured {
    Measured::Text(safe(String::from_utf8_lossy(body).trim()))
}

/// The first line of a body, for people.
pub fn first_line(body: &[u8]) -> String {
    let start = String::from_utf8_lossy(&body[..body.len().min(4 * MOST)]);
    safe(start.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default())
}

/// The samples of an instant query, each with what tells it from the others.
///
/// The answer's form is that of `/api/v1/query` of Prometheus and what is compatible with it.
pub fn samples(status: u16, body: &[u8]) -> Result<Vec<Sample>, String> {
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|_| format!("{status}, and no answer of a Prometheus: {}", first_line(body)))?;
    if answer.status != "success" {
        // The API server refuses in a form of its own, which has a message instead of an error.
        let said = answer.error.or(answer.message).unwrap_or_default();
        return Err(format!("{status}: {}", safe(&said)));
    }
    let data = answer.data.ok_or_else(|| "the answer has no data".to_owned())?;
    match data.kind.as_str() {
        "scalar" => {
            let point: (Value, String) = read(data.result)?;
            Ok(vec![Sample { labels: String::new(), value: number(&point.1)? }])
        }
        "vector" => {
            let series: Vec<Series> = read(data.result)?;
            series
                .into_iter()
                .map(|series| {
                    let (_, value) = series
                        .value
                        .ok_or_else(|| "the result has histograms; ask for a number".to_owned())?;
                    Ok(Sample { labels: labels(&series.metric), value: number(&value)? })
                })
                .collect()
        }
        other => Err(format!("the result is a {}, not a number", safe(other))),
    }
}

/// An answer of Prometheus.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    status: String,
    data: Option<Data>,
    error: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    kind: String,
    result: Value,
}

#[derive(Deserialize)]
struct Series {
    #[serde(default)]
    metric: BTreeMap<String, String>,
    value: Option<(Value, String)>,
}

fn read<T: for<'de> Deserialize<'de>>(result: Value) -> Result<T, String> {
    serde_json::from_value(result).map_err(|error| format!("the result makes no sense: {error}"))
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().map_err(|_| format!("{:?} is no number", safe(text)))
}

fn labels(metric: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = metric
        .iter()
        .filter(|(name, _)| *name != "__name__")
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    if pairs.is_empty() { String::new() } else { safe(&format!("{{{}}}", pairs.join(","))) }
}

fn safe(text: &str) -> String {
    shorten(&clean(text), MOST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn vector(result: &Value) -> String {
        json!({"status": "success", "data": {"resultType": "vector", "result": result}}).to_string()
    }

    fn of(body: &str) -> Result<Vec<(String, f64)>, String> {
        let samples = samples(200, body.as_bytes())?;
        Ok(samples.into_iter().map(|sample| (sample.labels, sample.value)).collect())
    }

    #[test]
    fn vectors_and_scalars_are_read() {
        let two = json!([
            {"metric": {"__name__": "lag", "pod": "db-0", "a": "x"}, "value": [1.5, "0.25"]},
            {"metric": {}, "value": [1, "+Inf"]},
        ]);
        let labels = "{a=\"x\",pod=\"db-0\"}".to_owned();
        let expected = vec![(labels, 0.25), (String::new(), f64::INFINITY)];
        assert_eq!(of(&vector(&two)), Ok(expected));
        assert_eq!(of(&vector(&json!([]))), Ok(Vec::new()));
        let nan = of(&vector(&json!([{"metric": {}, "value": [1, "NaN"]}]))).unwrap();
        assert!(nan[0].1.is_nan());
        let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1.5,"3"]}}"#;
        assert_eq!(of(scalar), Ok(vec![(String::new(), 3.0)]));
    }

    #[test]
    fn anything_else_is_an_error_in_its_words() {
        let error = r#"{"status":"error","errorType":"bad_data","error":"parse error: x"}"#;
        assert_eq!(samples(400, error.as_bytes()), Err("400: parse error: x".to_owned()));
        let refusal = r#"{"kind":"Status","status":"Failure","message":"services is forbidden"}"#;
        let forbidden = samples(403, refusal.as_bytes());
        assert_eq!(forbidden, Err("403: services is forbidden".to_owned()));
        let page = samples(502, b"<html>\x1b[31mbad</html>\nmore");
        let said = "502, and no answer of a Prometheus: <html>[31mbad</html>".to_owned();
        assert_eq!(page, Err(said));
        let range = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;
        assert_eq!(of(range), Err("the result is a matrix, not a number".to_owned()));
        let histogram = json!([{"metric": {}, "histogram": [1, {}]}]);
        assert!(of(&vector(&histogram)).unwrap_err().contains("histograms"));
        let broken = json!([{"metric": {}, "value": [1, "many"]}]);
        assert!(of(&vector(&broken)).unwrap_err().contains("is no number"));
        assert!(of(r#"{"status":"success"}"#).is_err());
    }

    #[test]
    fn a_path_leads_to_a_value_or_to_nothing() {
        let body = br#"{"status":"green","n":{"lag":[3,0.5]},"ok":true,"none":null}"#;
        let at = |path: &str| at_path(body, &path.parse().unwrap());
        assert_eq!(at(".status"), Ok(Some(Measured::Text("green".to_owned()))));
        assert_eq!(at(".n.lag[1]"), Ok(Some(Measured::Number(0.5))));
        assert_eq!(at(".ok"), Ok(Some(Measured::Text("true".to_owned()))));
        for nothing in [".none", ".other", ".n.lag[2]", ".status.x", ".status[0]"] {
            assert_eq!(at(nothing), Ok(None), "{nothing}");
        }
        assert_eq!(at(".n"), Err(".n is an object, not a value".to_owned()));
        assert_eq!(at(".n.lag"), Err(".n.lag is a list, not a value".to_owned()));
        let page = at_path(b"<html>", &".a".parse().unwrap());
        assert!(page.unwrap_err().starts_with("the answer is no JSON"));
    }

    #[test]
    fn a_body_is_one_value_and_safe_to_show() {
        assert_eq!(whole(b" ok\r\n"), Measured::Text("ok".to_owned()));
        assert_eq!(whole(b"\x1b[31mred"), Measured::Text("[31mred".to_owned()));
    }

    proptest! {
        #[test]
        fn no_answer_makes_the_reader_fall_over(body: Vec<u8>, status in 100..600_u16) {
            drop(samples(status, &body));
            drop(at_path(&body, &".a[0]".parse().unwrap()));
        }
    }
}
