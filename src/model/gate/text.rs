//! A gate in one text, as `--gate` takes it.

use std::str::FromStr;

use crate::model::gate::rules::Rules;
use crate::model::gate::{BadGate, Gate, Parts, Scheme};

impl FromStr for Gate {
    type Err = BadGate;

    fn from_str(text: &str) -> Result<Self, BadGate> {
        let no_scheme = || BadGate::Scheme(text.to_owned());
        let (scheme, rest) = text.split_once(':').ok_or_else(no_scheme)?;
        let scheme = Scheme::ALL.iter().find(|(name, _)| *name == scheme);
        let scheme = scheme.ok_or_else(no_scheme)?.1;
        let parts = match scheme {
            Scheme::Cmd => Parts::new(scheme, rest),
            Scheme::Exec => program(rest)?,
            Scheme::Http | Scheme::Https | Scheme::Promql => words(scheme, rest, text)?,
        };
        let question = parts.question().map_err(|bad| match bad {
            // The whole text says more than the part that is missing.
            BadGate::Empty(_) => BadGate::Empty(text.to_owned()),
            BadGate::Quotes(_) => BadGate::Quotes(text.to_owned()),
            other => other,
        })?;
        Ok(Self { name: text.to_owned(), question, rules: Rules::default() })
    }
}

/// `[container=NAME] [@all|@ORDINAL] PROGRAM ARGS`
fn program(rest: &str) -> Result<Parts, BadGate> {
    let mut parts = Parts::new(Scheme::Exec, rest.trim_start());
    loop {
        let (word, after) = parts.what.split_once(char::is_whitespace).unwrap_or((&parts.what, ""));
        if let Some(name) = word.strip_prefix("container=") {
            parts.container = Some(name.to_owned());
        } else if let Some(which) = word.strip_prefix('@') {
            parts.pods = Some(which.parse()?);
        } else {
            return Ok(parts);
        }
        parts.what = after.trim_start().into();
    }
}

/// `WHAT` and `name=VALUE`, in any order, split as a shell would.
fn words(scheme: Scheme, rest: &str, text: &str) -> Result<Parts, BadGate> {
    let words = shlex::split(rest).ok_or_else(|| BadGate::Quotes(text.to_owned()))?;
    let mut parts = Parts::new(scheme, "");
    let mut what = None;
    for word in words {
        let option = if scheme == Scheme::Promql && what.is_none() {
            // An expression may look like anything.
            None
        } else {
            word.split_once('=').filter(|(name, _)| name.chars().all(|c| c.is_ascii_lowercase()))
        };
        match option {
            Some(("status", codes)) => parts.status = Some(codes.parse()?),
            Some(("json", path)) => parts.json = Some(path.parse()?),
            Some(("expect", expect)) => parts.expect = Some(expect.parse()?),
            Some(("ca", file)) => parts.ca = Some(file.into()),
            _ if word == "insecure" && what.is_some() => parts.insecure = Some(true),
            _ if word.starts_with('@') && what.is_none() => {
                parts.pods = Some(word[1..].parse()?);
            }
            _ if what.is_none() => what = Some(word),
            _ => return Err(BadGate::Word { word, scheme }),
        }
    }
    parts.what = what.unwrap_or_default();
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::gate::http::{Target, Verify};
    use crate::model::gate::{GatePods, Question};
    use crate::model::ordinal::Ordinal;

    fn question(text: &str) -> Question {
        text.parse::<Gate>().unwrap().question
    }

    fn exec(text: &str) -> (Vec<String>, Option<String>, GatePods) {
        match question(text) {
            Question::Exec { argv, container, pods } => (argv, container, pods),
            other => panic!("{text} is no exec gate: {other:?}"),
        }
    }

    fn bad(text: &str) -> String {
        text.parse::<Gate>().unwrap_err().to_string()
    }

    #[test]
    fn a_command_is_split_like_a_shell_would_and_nothing_else_a_shell_does() {
        let gate: Gate = "cmd:./check.sh --pod 'a b' $HOME;rm".parse().unwrap();
        let argv = ["./check.sh", "--pod", "a b", "$HOME;rm"].map(String::from).to_vec();
        assert_eq!(gate.question, Question::Command { argv });
        assert_eq!(gate.to_string(), "cmd:./check.sh --pod 'a b' $HOME;rm");
    }

    #[test]
    fn an_exec_gate_names_its_pods_and_container_first() {
        let ready = vec!["pg_isready".to_owned()];
        assert_eq!(exec("exec:pg_isready"), (ready.clone(), None, GatePods::Updated));
        assert_eq!(exec("exec:@all pg_isready"), (ready.clone(), None, GatePods::All));
        assert_eq!(
            exec("exec:container=db @0 pg_isready"),
            (ready, Some("db".to_owned()), GatePods::One(Ordinal(0)))
        );
        assert_eq!(exec("exec:echo @all").0, ["echo", "@all"]);
        assert_eq!(exec("exec: sh -c 'echo  two'").0, ["sh", "-c", "echo  two"]);
    }

    #[test]
    fn a_request_goes_to_a_port_of_pods_or_to_an_address() {
        let Question::Http(asked) = question("http:8080/healthz?full=1") else { panic!() };
        let target =
            |pods, port, path: &str, tls| Target::Pods { pods, port, path: path.to_owned(), tls };
        assert_eq!(asked.target, target(GatePods::Updated, 8080, "/healthz?full=1", None));
        assert!(asked.status.contains(200) && asked.expect.is_none());

        let text =
            "http:@all 9200/_cluster/health status=200,503 json=.status expect='== \"green\"'";
        let Question::Http(asked) = question(text) else { panic!() };
        assert_eq!(asked.target, target(GatePods::All, 9200, "/_cluster/health", None));
        assert_eq!(asked.status.to_string(), "200,503");
        assert_eq!(asked.json.unwrap().to_string(), ".status");
        assert_eq!(asked.expect.unwrap().to_string(), "== \"green\"");

        let Question::Http(asked) = question("https:2379 insecure") else { panic!() };
        let pod = target(GatePods::Updated, 2379, "/", Some(Verify::Nothing));
        assert_eq!(asked.target, pod);
        let Question::Http(asked) = question("https://db.{namespace}.example/x?pod={pod}") else {
            panic!()
        };
        let url = "https://db.{namespace}.example/x?pod={pod}".to_owned();
        assert_eq!(asked.target, Target::Direct { url, verify: Verify::System });
        let Question::Http(asked) = question("https://h/x ca=/etc/ca.pem") else { panic!() };
        let verify = Verify::Authority("/etc/ca.pem".into());
        assert_eq!(asked.target, Target::Direct { url: "https://h/x".to_owned(), verify });
    }

    #[test]
    fn a_query_is_one_word_and_has_to_say_what_it_expects() {
        let text = "promql:'max(lag{pod=\"{pod}\"}) > 0' expect='< 0.01'";
        let Question::Query(query) = question(text) else { panic!() };
        assert_eq!(query.expression, "max(lag{pod=\"{pod}\"}) > 0");
        assert_eq!(query.expect.to_string(), "< 0.01");
        let Question::Query(query) = question("promql:'expect=1' expect='== 1'") else { panic!() };
        assert_eq!(query.expression, "expect=1");
        assert_eq!(bad("promql:up"), "promql: needs expect='…', such as expect='< 0.01'");
        assert!(bad("promql:max(x) > 1 expect='< 1'").starts_with("\">\" is not understood"));
        assert_eq!(bad("promql:"), "\"\" has no expression to ask");
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let schemes = "does not start with cmd:, exec:, http:, https: or promql:";
        assert_eq!(bad("true"), format!("\"true\" {schemes}"));
        assert_eq!(bad("sh:true"), format!("\"sh:true\" {schemes}"));
        assert_eq!(bad("cmd:"), "\"cmd:\" names no program to run");
        assert_eq!(bad("exec:@all"), "\"exec:@all\" names no program to run");
        assert_eq!(bad("cmd:it's"), "\"cmd:it's\" has a quote that does not close");
        assert_eq!(bad("exec:@x true"), "\"@x\" is neither @all nor @ORDINAL");
        for address in ["", "/healthz", "0/x", "70000/x", "//", "///x", "localhost/x"] {
            let text = format!("http:{address}");
            assert!(bad(&text).contains("names no PORT/PATH"), "{text}: {}", bad(&text));
        }
        assert!(bad("http:8080/{pdo}").contains("braces that are none of"));
        assert_eq!(bad("http://h/ insecure"), "http: takes no insecure");
        assert_eq!(bad("http:@all //h/x"), "http: takes no selector of pods");
        assert_eq!(bad("promql:up status=200 expect='> 0'"), "promql: takes no status");
        assert_eq!(bad("https:1/ ca=x insecure"), "ca=FILE and insecure exclude each other");
        assert!(bad("http:80/ json=.a").contains("needs expect="));
        assert!(bad("http:80/ json=a expect='== 1'").contains("is not a path"));
        assert!(bad("http:80/ stauts=200").contains("\"stauts=200\" is not understood"));
        assert!(bad("http:80/ status=abc").contains("is not a list of status codes"));
        assert!(bad("http:80/ expect=ok").contains("does not begin with"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fall_over(
            scheme in "(cmd|exec|http|https|promql|x)", text in "\\PC{0,40}",
        ) {
            if let Ok(gate) = format!("{scheme}:{text}").parse::<Gate>() {
                prop_assert_eq!(gate.name, format!("{scheme}:{text}"));
            }
        }
    }
}
