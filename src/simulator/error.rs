//! The errors that Direct Connect answers, in its own words where those are known.

use serde_json::{Value, json};

/// An error as the wire carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServiceError {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl ServiceError {
    /// An error of status 400.
    pub(super) fn client(code: &'static str, message: String) -> ServiceError {
        ServiceError { status: 400, code, message }
    }

    /// The service's own exception for what a caller did wrong.
    pub(super) fn refused(message: String) -> ServiceError {
        ServiceError::client("DirectConnectClientException", message)
    }

    /// An operation that the endpoint does not have.
    pub(super) fn unknown_operation(operation: &str) -> ServiceError {
        let message = format!("The operation {operation} is not known here");
        ServiceError::client("UnknownOperationException", message)
    }

    /// An id that nothing has.
    pub(super) fn not_found(what: &str, id: &str) -> ServiceError {
        ServiceError::refused(format!("Could not find {what} with ID {id}"))
    }

    /// What everyone but a Direct Connect partner gets.
    pub(super) fn not_a_partner(account: &str, region: &str) -> ServiceError {
        ServiceError::refused(format!("Account {account} is not an authorized Direct Connect partner in {region}."))
    }

    /// The body of the answer.
    pub(super) fn body(&self) -> Value {
        json!({"__type": self.code, "message": self.message})
    }
}
