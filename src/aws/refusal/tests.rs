//! Every refusal that AWS documents, and some that were seen in practice, with their classes.

use super::*;

const PERMISSION: RefusalKind = RefusalKind::Sink(Obstacle::Permission);
const KEY_PERMISSION: RefusalKind = RefusalKind::Sink(Obstacle::KeyPermission);
const KEY: RefusalKind = RefusalKind::Sink(Obstacle::Key);
const MISSING: RefusalKind = RefusalKind::Sink(Obstacle::Missing);
const ADDRESS: RefusalKind = RefusalKind::Sink(Obstacle::Address);
const CREDENTIALS: RefusalKind = RefusalKind::Sink(Obstacle::Credentials);

/// The same of both services.
const COMMON: &[(&str, &str, RefusalKind)] = &[
    ("AccessDeniedException", "User: arn:aws:sts::123456789012:assumed-role/r/f is not authorized", PERMISSION),
    ("AccessDenied", "", PERMISSION),
    ("AuthorizationError", "is not authorized to perform: SNS:Publish on resource: arn:aws:sns:…", PERMISSION),
    ("AuthorizationErrorException", "", PERMISSION),
    ("NotAuthorized", "", PERMISSION),
    ("UnauthorizedOperation", "", PERMISSION),
    ("AccessDeniedException", "is not authorized to perform: kms:GenerateDataKey on resource", KEY_PERMISSION),
    ("KMSAccessDenied", "null (Service: AWSKMS; Status Code: 400)", KEY_PERMISSION),
    ("KMSAccessDeniedException", "", KEY_PERMISSION),
    ("KMSDisabled", "arn:aws:kms:… is disabled.", KEY),
    ("KMSInvalidState", "arn:aws:kms:… is pending deletion.", KEY),
    ("KMSNotFound", "", KEY),
    ("KMSOptInRequired", "", KEY),
    ("KMSThrottling", "You have exceeded the rate at which you may call KMS.", RefusalKind::Transient),
    ("ExpiredToken", "The security token included in the request is expired", CREDENTIALS),
    ("ExpiredTokenException", "", CREDENTIALS),
    ("IncompleteSignature", "", CREDENTIALS),
    ("InvalidAccessKeyId", "", CREDENTIALS),
    ("InvalidClientTokenId", "The security token included in the request is invalid.", CREDENTIALS),
    ("InvalidSecurity", "", CREDENTIALS),
    ("InvalidSignatureException", "", CREDENTIALS),
    ("MissingAuthenticationToken", "", CREDENTIALS),
    ("OptInRequired", "The AWS Access Key Id needs a subscription for the service", CREDENTIALS),
    ("SignatureDoesNotMatch", "", CREDENTIALS),
    ("UnrecognizedClientException", "", CREDENTIALS),
    ("Throttling", "Rate exceeded", RefusalKind::Transient),
    ("ThrottlingException", "Rate exceeded", RefusalKind::Transient),
    ("ThrottledException", "", RefusalKind::Transient),
    ("TooManyRequestsException", "", RefusalKind::Transient),
    ("RequestLimitExceeded", "", RefusalKind::Transient),
    ("InternalError", "", RefusalKind::Transient),
    ("InternalException", "", RefusalKind::Transient),
    ("InternalFailure", "Unexpected failure", RefusalKind::Transient),
    ("InternalServiceError", "", RefusalKind::Transient),
    ("ServiceUnavailable", "", RefusalKind::Transient),
    ("RequestExpired", "", RefusalKind::Transient),
    ("RequestTimeTooSkewed", "", RefusalKind::Transient),
    ("ConcurrentModificationException", "", RefusalKind::Transient),
    ("SomethingNewException", "the message detail is too large for the subject", RefusalKind::Transient),
    ("Exception", "", RefusalKind::Transient),
    ("", "", RefusalKind::Transient),
    ("", "request has timed out: message subject detail size", RefusalKind::Transient),
    ("RequestEntityTooLarge", "", RefusalKind::Event),
];

fn check(sort: fn(&CallFailure) -> RefusalKind, cases: &[(&str, &str, RefusalKind)]) {
    for (code, message, expected) in COMMON.iter().chain(cases) {
        let code_or_none = (!code.is_empty()).then_some(*code);
        let kind = sort(&CallFailure::answered(code_or_none, message));
        assert_eq!(kind, *expected, "{code}: {message}");
    }
}

#[test]
fn what_sns_refuses() {
    check(
        of_publish,
        &[
            ("NotFound", "Topic does not exist", MISSING),
            ("NotFoundException", "Topic does not exist", MISSING),
            ("InvalidParameter", "Invalid parameter: TopicArn", ADDRESS),
            ("InvalidParameter", "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements", ADDRESS),
            ("InvalidParameter", "Invalid parameter: TargetArn Reason: no value for required parameter", ADDRESS),
            ("InvalidParameter", "Invalid parameter: Topic Name", ADDRESS),
            (
                "InvalidParameter",
                "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
                ADDRESS,
            ),
            ("InvalidParameterException", "Invalid parameter: TopicArn", ADDRESS),
            ("ValidationException", "Value at 'topicArn' failed to satisfy constraint", ADDRESS),
            ("InvalidParameter", "Invalid parameter: Message too long", RefusalKind::Event),
            ("InvalidParameter", "Invalid parameter: Empty message", RefusalKind::Event),
            ("InvalidParameter", "Invalid parameter: Subject", RefusalKind::Event),
            ("InvalidParameterValue", "The message attribute 'state' must contain non-empty value", RefusalKind::Event),
            ("ParameterValueInvalid", "The message attribute 'itemId' has an invalid value", RefusalKind::Event),
            ("ValidationException", "Value at 'subject' failed to satisfy constraint", RefusalKind::Event),
            ("ValidationError", "1 validation error detected: 'messageAttributes'", RefusalKind::Event),
            ("InvalidParameter", "Invalid parameter", RefusalKind::Transient),
            ("InvalidParameter", "", RefusalKind::Transient),
            ("ParameterValueInvalid", "", RefusalKind::Transient),
            ("EndpointDisabled", "Endpoint is disabled", RefusalKind::Transient),
            ("PlatformApplicationDisabled", "", RefusalKind::Transient),
            // EventBridge's words mean nothing here.
            ("MalformedDetail", "", RefusalKind::Transient),
            ("InvalidArgument", "", RefusalKind::Transient),
        ],
    );
}

#[test]
fn what_eventbridge_refuses() {
    check(
        of_put_events,
        &[
            ("ResourceNotFoundException", "Event bus network does not exist.", MISSING),
            ("InvalidArgument", "Parameter EventBusName is not valid. Reason: …", ADDRESS),
            ("InvalidArgument", "The event bus is of another account", ADDRESS),
            ("InvalidAccountIdException", "The account ID provided is not valid.", ADDRESS),
            (
                "ValidationException",
                "1 validation error detected: Value '' at 'entries.1.member.eventBusName' failed to satisfy constraint",
                ADDRESS,
            ),
            ("ValidationException", "Value at 'endpointId' failed to satisfy constraint", ADDRESS),
            ("NotAuthorizedForSourceException", "Not authorized for the source.", PERMISSION),
            ("NotAuthorizedForDetailTypeException", "", PERMISSION),
            ("MalformedDetail", "Detail is malformed.", RefusalKind::Event),
            ("InvalidArgument", "Parameter Detail is not valid. Reason: …", RefusalKind::Event),
            ("RedactionFailure", "", RefusalKind::Event),
            ("ValidationException", "Total size of the entries in the request is over the limit.", RefusalKind::Event),
            (
                "ValidationException",
                "Value at 'entries.3.member.detail' failed to satisfy constraint",
                RefusalKind::Event,
            ),
            ("ValidationException", "Value at 'entries.1.member.resources' failed …", RefusalKind::Event),
            ("ValidationException", "Value at 'entries.1.member.time' failed …", RefusalKind::Event),
            ("ValidationException", "Value at 'entries' failed to satisfy constraint", RefusalKind::Transient),
            ("ValidationException", "", RefusalKind::Transient),
            // SNS's words mean nothing here.
            ("NotFound", "", RefusalKind::Transient),
            ("InvalidParameter", "Invalid parameter: Message too long", RefusalKind::Transient),
        ],
    );
}

#[test]
fn a_refusal_names_the_destination_what_is_missing_and_awss_error() {
    let destination =
        Destination { noun: "topic", name: "arn:aws:sns:us-east-1:123456789012:people", permission: "sns:Publish" };
    let said = |kind| {
        let refusal = destination.refusal(CallFailure::answered(Some("Code"), "Message."), kind);
        match (refusal, kind) {
            (Refusal::Transient(error), RefusalKind::Transient)
            | (Refusal::Event(error), RefusalKind::Event)
            | (Refusal::Sink(error), RefusalKind::Sink(_)) => format!("{error:#}"),
            (refusal, kind) => panic!("{refusal:?} for {kind:?}"),
        }
    };
    let texts =
        [RefusalKind::Transient, RefusalKind::Event, PERMISSION, KEY_PERMISSION, KEY, MISSING, ADDRESS, CREDENTIALS];
    insta::assert_snapshot!(texts.map(said).join("\n"), @"
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: it needs the permission sns:Publish on arn:aws:sns:us-east-1:123456789012:people: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: it needs the permissions kms:GenerateDataKey and kms:Decrypt on the topic's key: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: the topic's KMS key cannot be used: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: there is no such topic: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: this topic cannot be announced on: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: the credentials are not accepted: Code: Message.
    ");
}
