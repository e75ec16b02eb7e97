//! What an invocation of the second function asks for.

use anyhow::bail;
use serde_json::{Value, json};

/// A request of its schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Request {
    /// Write the status page and the page of incidents, if they are due.
    Status,
    /// Write the report of the month before this one, if there is none, and send one message about it.
    Report,
}

impl Request {
    /// The request in a payload.
    ///
    /// # Errors
    ///
    /// It is none that the function knows.
    pub fn of(payload: &Value) -> anyhow::Result<Request> {
        match payload {
            known if *known == json!({"pages": "status"}) => Ok(Request::Status),
            known if *known == json!({"pages": "report"}) => Ok(Request::Report),
            _ => bail!(
                "the payload is none that the function knows: {{\"pages\": \"status\"}} or {{\"pages\": \"report\"}}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_names_one_of_two_things() {
        assert_eq!(Request::of(&json!({"pages": "status"})).unwrap(), Request::Status);
        assert_eq!(Request::of(&json!({"pages": "report"})).unwrap(), Request::Report);
        for other in [json!({}), json!({"pages": true}), json!({"pages": "status", "drill": true}), json!("status")] {
            let error = Request::of(&other).unwrap_err().to_string();
            assert!(error.starts_with("the payload is none that the function knows: {\"pages\""), "{error}");
        }
    }
}
