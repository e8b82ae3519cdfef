//! Which pod leads the others, from what was seen or printed. When in doubt, none.

use crate::model::ordinal::Ordinal;
use crate::model::set::Set;
use crate::model::snapshot::Snapshot;
use crate::model::text::{clean, shorten};

/// The most characters of an answer that are shown.
const SHOWN: usize = 60;

/// The pod that has a label, if it is one and no other.
pub fn labelled(snapshot: &Snapshot, key: &str, value: &str) -> Result<Ordinal, String> {
    let mut pods = snapshot.own_pods().filter(|pod| {
        pod.deleting_since.is_none() && pod.labels.get(key).is_some_and(|found| found == value)
    });
    let Some(pod) = pods.next() else { return Err(format!("no pod has the label {key}={value}")) };
    if let Some(other) = pods.next() {
        return Err(format!("{} and {} both have the label {key}={value}", pod.name, other.name));
    }
    wanted(&snapshot.set, pod.ordinal, &pod.name)
}

/// What was printed where one was asked, or several: an ordinal or the name of a pod, and always
/// the same one. Who prints nothing does not know.
pub fn printed(set: &Set, answers: &[(String, String)]) -> Result<Ordinal, String> {
    let mut found: Option<(&str, Ordinal)> = None;
    for (who, text) in answers {
        let word = text.trim();
        if word.is_empty() {
            continue;
        }
        let ordinal = word.parse().ok().map(Ordinal).or_else(|| Ordinal::of_pod(word, &set.name));
        let ordinal = wanted(set, ordinal, word).map_err(|why| format!("{who}: {why}"))?;
        match found {
            Some((first, other)) if other != ordinal => {
                let (other, this) = (set.pod_name(other), set.pod_name(ordinal));
                return Err(format!("{first} says {other}, {who} says {this}"));
            }
            _ => found = Some((who, ordinal)),
        }
    }
    found.map(|(_, ordinal)| ordinal).ok_or_else(|| "nobody named one".to_owned())
}

fn wanted(set: &Set, ordinal: Option<Ordinal>, named: &str) -> Result<Ordinal, String> {
    let ordinal = ordinal.filter(|ordinal| set.wanted.wants(*ordinal));
    let shown = || shorten(&clean(named), SHOWN);
    ordinal.ok_or_else(|| format!("{:?} is no pod of {}", shown(), set.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pod::Pod;
    use crate::testing::{a_pod, a_set, a_snapshot};

    fn heard(answers: &[(&str, &str)]) -> Result<Ordinal, String> {
        let answers: Vec<(String, String)> =
            answers.iter().map(|(who, text)| ((*who).to_owned(), (*text).to_owned())).collect();
        printed(&a_set("db"), &answers)
    }

    #[test]
    fn a_number_and_a_name_mean_the_same_pod() {
        assert_eq!(heard(&[("cmd", "1\n")]), Ok(Ordinal(1)));
        assert_eq!(heard(&[("cmd", " db-1 ")]), Ok(Ordinal(1)));
        assert_eq!(heard(&[("db-0", ""), ("db-1", "db-1"), ("db-2", "1")]), Ok(Ordinal(1)));
    }

    #[test]
    fn whatever_else_is_said_is_no_leader() {
        let unclear = |answers: &[(&str, &str)]| heard(answers).unwrap_err();
        assert_eq!(unclear(&[]), "nobody named one");
        assert_eq!(unclear(&[("db-0", " \n")]), "nobody named one");
        assert_eq!(unclear(&[("db-0", "0"), ("db-1", "1")]), "db-0 says db-0, db-1 says db-1");
        assert_eq!(unclear(&[("cmd", "3")]), "cmd: \"3\" is no pod of statefulset.apps/db");
        assert_eq!(unclear(&[("cmd", "web-0")]), "cmd: \"web-0\" is no pod of statefulset.apps/db");
        assert!(unclear(&[("cmd", "db-0\ndb-1")]).contains("is no pod"), "two in one answer");
    }

    #[test]
    fn one_pod_has_the_label_or_none_leads() {
        let set = a_set("db");
        let with = |ordinal| {
            let mut pod = a_pod(&set, ordinal);
            pod.labels.insert("role".to_owned(), "primary".to_owned());
            pod
        };
        let found = |snapshot: &Snapshot| labelled(snapshot, "role", "primary");
        let snapshot = a_snapshot(&set);
        assert_eq!(found(&snapshot).unwrap_err(), "no pod has the label role=primary");
        assert_eq!(found(&snapshot.clone().with(with(1))), Ok(Ordinal(1)));
        let two = snapshot.clone().with(with(1)).with(with(2));
        assert_eq!(found(&two).unwrap_err(), "db-1 and db-2 both have the label role=primary");
        let leaving = snapshot.clone().with(with(1).deleting());
        assert!(found(&leaving).is_err(), "one that goes leads no more");
        let foreign = Pod { controller: Some("another".to_owned()), ..with(1) };
        assert!(found(&snapshot.clone().with(foreign)).is_err());
        let stray = Pod { ordinal: Some(Ordinal(7)), name: "db-7".to_owned(), ..with(1) };
        assert!(found(&snapshot.with(stray)).unwrap_err().contains("is no pod of"));
    }
}
