//! A request as the simulator understands it: the operation in the target header, the region in the signature's
//! credential scope, and the parameters in the body.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Deserialize;

use super::error::ServiceError;
use super::operation::Operation;

/// One understood request.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) operation: Operation,
    pub(super) region: String,
    pub(super) parameters: Parameters,
}

/// The parameters of all operations. As on the real service, a parameter that an operation does not know is ignored.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    pub(super) connection_id: Option<String>,
    pub(super) interconnect_id: Option<String>,
    pub(super) lag_id: Option<String>,
    pub(super) virtual_interface_id: Option<String>,
    pub(super) direct_connect_gateway_id: Option<String>,
    pub(super) association_id: Option<String>,
    pub(super) associated_gateway_id: Option<String>,
    pub(super) virtual_gateway_id: Option<String>,
    pub(super) proposal_id: Option<String>,
    pub(super) filters: Option<Filters>,
    pub(super) max_results: Option<i64>,
    pub(super) next_token: Option<String>,
}

/// What a list of routes is to be restricted to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Filters {
    pub(super) route_direction: Option<String>,
    pub(super) address_family: Option<String>,
}

impl Parameters {
    /// The parameters in a request's body; an empty body has none.
    pub(super) fn from_body(body: &[u8]) -> Result<Parameters, ServiceError> {
        if body.is_empty() {
            return Ok(Parameters::default());
        }
        serde_json::from_slice(body).map_err(|error| {
            ServiceError::client("SerializationException", format!("The body is not understood: {error}"))
        })
    }

    /// Every id that it names.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.ids_given().into_iter().flatten().collect()
    }

    fn ids_given(&self) -> [Option<&str>; 9] {
        [
            &self.connection_id,
            &self.interconnect_id,
            &self.lag_id,
            &self.virtual_interface_id,
            &self.direct_connect_gateway_id,
            &self.association_id,
            &self.associated_gateway_id,
            &self.virtual_gateway_id,
            &self.proposal_id,
        ]
        .map(|id| id.as_deref().filter(|id| !id.is_empty()))
    }
}

impl Call {
    /// A fingerprint of the list that is asked for, so that a page's token is valid for that list and no other.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.operation, &self.region, self.parameters.ids_given(), &self.parameters.filters).hash(&mut hasher);
        hasher.finish()
    }
}

/// The operation that an `X-Amz-Target` header names.
pub(super) fn operation(target: Option<&str>) -> Result<Operation, ServiceError> {
    let unknown = |message: String| Err(ServiceError::client("UnknownOperationException", message));
    let Some(target) = target else {
        return unknown(
            "The request has no X-Amz-Target header, such as OvertureService.DescribeConnections".to_owned(),
        );
    };
    match target.strip_prefix("OvertureService.").and_then(Operation::from_name) {
        Some(operation) => Ok(operation),
        None => unknown(format!(
            "{target:?} is not an operation of this simulated Direct Connect, which answers {}",
            Operation::ALL.map(Operation::name).join(", ")
        )),
    }
}

/// The service and region that a Signature Version 4 is scoped to, from its `Authorization` header. The signature
/// itself is not checked: any credentials will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CredentialScope<'a> {
    /// The id of the access key.
    pub(super) access_key: &'a str,
    pub(super) service: &'a str,
    pub(super) region: &'a str,
}

impl CredentialScope<'_> {
    /// The region, if it was signed for Direct Connect.
    pub(super) fn region_of_direct_connect(&self) -> Result<String, ServiceError> {
        match self {
            CredentialScope { service: "directconnect", region, .. } if !region.is_empty() => Ok((*region).to_owned()),
            _ => Err(ServiceError {
                status: 403,
                code: "InvalidSignatureException",
                message: "Credential should be scoped to a valid region and to correct service: 'directconnect'."
                    .to_owned(),
            }),
        }
    }
}

/// The credential scope of an `Authorization` header.
pub(super) fn credential_scope(authorization: Option<&str>) -> Result<CredentialScope<'_>, ServiceError> {
    let Some(authorization) = authorization else {
        return Err(ServiceError {
            status: 403,
            code: "MissingAuthenticationTokenException",
            message: "Missing Authentication Token: sign the request, with any credentials".to_owned(),
        });
    };
    let incomplete = |what: &str| ServiceError::client("IncompleteSignatureException", what.to_owned());
    let Some(parts) = authorization.trim().strip_prefix("AWS4-HMAC-SHA256") else {
        return Err(incomplete("Authorization header requires the algorithm AWS4-HMAC-SHA256"));
    };
    let credential = parts
        .split(',')
        .find_map(|part| part.trim().strip_prefix("Credential="))
        .ok_or_else(|| incomplete("Authorization header requires 'Credential' parameter"))?;
    // An access key id may hold slashes in theory, so the scope is read from its end.
    let mut scope = credential.rsplitn(5, '/');
    let (terminator, service, region, date) = (scope.next(), scope.next(), scope.next(), scope.next());
    match (terminator, service, region, date, scope.next()) {
        (Some("aws4_request"), Some(service), Some(region), Some(_), Some(access_key)) => {
            Ok(CredentialScope { access_key, service, region })
        }
        _ => Err(incomplete("Credential must be <access key id>/<date>/<region>/<service>/aws4_request")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed_region(authorization: Option<&str>) -> Result<String, ServiceError> {
        credential_scope(authorization)?.region_of_direct_connect()
    }

    fn code(authorization: Option<&str>) -> &'static str {
        signed_region(authorization).unwrap_err().code
    }

    #[test]
    fn the_region_is_that_of_the_credential_scope() {
        let header = "AWS4-HMAC-SHA256 Credential=AKID/20261122/ap-southeast-2/directconnect/aws4_request, SignedHeaders=host, Signature=00";
        assert_eq!(signed_region(Some(header)).unwrap(), "ap-southeast-2");
        let header = "AWS4-HMAC-SHA256 SignedHeaders=host,Credential=A/B/20261122/eu-west-1/directconnect/aws4_request,Signature=00";
        assert_eq!(signed_region(Some(header)).unwrap(), "eu-west-1");
    }

    #[test]
    fn a_request_with_no_proper_scope_is_refused() {
        assert_eq!(code(None), "MissingAuthenticationTokenException");
        assert_eq!(code(Some("Bearer x")), "IncompleteSignatureException");
        assert_eq!(code(Some("AWS4-HMAC-SHA256 Signature=0")), "IncompleteSignatureException");
        assert_eq!(code(Some("AWS4-HMAC-SHA256 Credential=AKID")), "IncompleteSignatureException");
        assert_eq!(
            code(Some("AWS4-HMAC-SHA256 Credential=AKID/20261122//directconnect/aws4_request")),
            "InvalidSignatureException"
        );
        assert_eq!(
            code(Some("AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/ec2/aws4_request")),
            "InvalidSignatureException"
        );
    }

    #[test]
    fn only_described_operations_are_known() {
        assert_eq!(operation(Some("OvertureService.DescribeLags")).unwrap(), Operation::DescribeLags);
        for target in [None, Some("DescribeLags"), Some("OvertureService."), Some("OvertureService.DeleteLag")] {
            assert_eq!(operation(target).unwrap_err().code, "UnknownOperationException", "{target:?}");
        }
    }

    #[test]
    fn a_body_is_an_object_of_known_types_or_nothing() {
        assert_eq!(Parameters::from_body(b"").unwrap(), Parameters::default());
        assert_eq!(Parameters::from_body(br#"{"unheardOf": 1}"#).unwrap(), Parameters::default());
        for body in ["{", "7", r#"{"connectionId": 7}"#, r#"{"maxResults": "7"}"#, "\u{0}"] {
            assert_eq!(Parameters::from_body(body.as_bytes()).unwrap_err().code, "SerializationException", "{body}");
        }
    }
}
