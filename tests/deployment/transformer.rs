//! The input transformers of EventBridge, played as AWS documents them: a value that stands by itself is written as JSON; one
//! inside quotes is put in as it is, and nothing in it is escaped.

use std::collections::BTreeMap;

use serde_json::Value;

/// The request of an API destination.
#[derive(Debug)]
pub struct Request {
    pub path: Vec<String>,
    pub query: BTreeMap<String, String>,
    pub body: Value,
}

/// What a rule's only target, an API destination, is sent of an event. An error says what is wrong with the transformer or
/// with what it makes of the event.
pub fn request(target: &Value, event: &Value) -> Result<Request, String> {
    let parameters = &target["HttpParameters"];
    let path = parameters["PathParameterValues"].as_array().into_iter().flatten();
    let path = path
        .map(|path| text_at(event, path.as_str().unwrap()).ok_or(format!("no {path}")))
        .collect::<Result<_, _>>()?;
    let query = parameters["QueryStringParameters"].as_object().into_iter().flatten();
    let query = query.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    let body = filled(&target["InputTransformer"], event)?;
    let body = serde_json::from_str(&body).map_err(|error| format!("{error} in {body}"))?;
    Ok(Request { path, query, body })
}

/// The paths whose values are put inside quotes.
pub fn quoted_paths(transformer: &Value) -> Vec<String> {
    let mut quoted = Vec::new();
    each(transformer, |path, inside| {
        if inside {
            quoted.push(path.to_owned());
        }
        Ok(String::new())
    })
    .unwrap();
    quoted
}

fn filled(transformer: &Value, event: &Value) -> Result<String, String> {
    each(transformer, |path, inside| {
        let value = at(event, path).ok_or_else(|| format!("the event has no {path}"))?;
        Ok(match value {
            Value::String(text) if inside => text.clone(),
            value => value.to_string(),
        })
    })
}

/// The template, with what `value` gives for each place: its path, and whether it stands inside quotes.
fn each(transformer: &Value, mut value: impl FnMut(&str, bool) -> Result<String, String>) -> Result<String, String> {
    let paths = transformer["InputPathsMap"].as_object().expect("paths");
    let template = transformer["InputTemplate"].as_str().expect("a template");
    let (mut result, mut inside) = (String::new(), false);
    let mut rest = template;
    while let Some(at) = rest.find(['"', '<', '\\']) {
        result += &rest[..at];
        let found = &rest[at..];
        let used = match found.as_bytes()[0] {
            b'\\' => 2,
            b'"' => {
                inside = !inside;
                1
            }
            _ => found.find('>').ok_or("a < without its >")? + 1,
        };
        if found.starts_with('<') {
            let name = &found[1..used - 1];
            let path = paths.get(name).ok_or_else(|| format!("there is no path for <{name}>"))?;
            result += &value(path.as_str().unwrap(), inside)?;
        } else {
            result += &found[..used];
        }
        rest = &found[used..];
    }
    Ok(result + rest)
}

/// What is at a path such as `$.detail.severity`.
fn at<'a>(event: &'a Value, path: &str) -> Option<&'a Value> {
    let names = path.strip_prefix("$.").unwrap_or_else(|| panic!("not a path: {path}"));
    names.split('.').try_fold(event, |value, name| value.get(name))
}

fn text_at(event: &Value, path: &str) -> Option<String> {
    Some(at(event, path)?.as_str()?.to_owned())
}

#[test]
fn values_are_json_by_themselves_and_bare_within_quotes() {
    let event = serde_json::json!({"detail": {"name": "a \"b\" <c>", "word": "down", "list": [1, {"x": "y"}]}});
    let target = |template: &str| {
        serde_json::json!({"InputTransformer": {
            "InputPathsMap": {"name": "$.detail.name", "word": "$.detail.word", "list": "$.detail.list", "none": "$.detail.none"},
            "InputTemplate": template
        }})
    };
    let body = |template: &str| request(&target(template), &event).map(|request| request.body.to_string());
    assert_eq!(
        body(r#"{"a": <name>, "b": "it is \"<word>\"", "c": <list>}"#).unwrap(),
        r#"{"a":"a \"b\" <c>","b":"it is \"down\"","c":[1,{"x":"y"}]}"#
    );
    assert!(body(r#"{"a": "<name>"}"#).unwrap_err().contains("expected"), "a name breaks what is in quotes");
    assert!(body(r#"{"a": <none>}"#).unwrap_err().contains("no $.detail.none"));
    assert!(body(r#"{"a": <nowhere>}"#).unwrap_err().contains("no path for <nowhere>"));
    assert_eq!(quoted_paths(&target(r#"{"a": <name>, "b": "<word>"}"#)["InputTransformer"]), ["$.detail.word"]);
}
