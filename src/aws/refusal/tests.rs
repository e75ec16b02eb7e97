//! Every refusal that AWS documents, and some that were seen, with what becomes of the event.

use super::*;

const PERMISSION: Verdict = Verdict::Sink(Obstacle::Permission);
const KEY_PERMISSION: Verdict = Verdict::Sink(Obstacle::KeyPermission);
const KEY: Verdict = Verdict::Sink(Obstacle::Key);
const MISSING: Verdict = Verdict::Sink(Obstacle::Missing);
const ADDRESS: Verdict = Verdict::Sink(Obstacle::Address);
const CREDENTIALS: Verdict = Verdict::Sink(Obstacle::Credentials);

/// The same of both services.
const COMMON: &[(&str, &str, Verdict)] = &[
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
    ("KMSThrottling", "You have exceeded the rate at which you may call KMS.", Verdict::Transient),
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
    ("Throttling", "Rate exceeded", Verdict::Transient),
    ("ThrottlingException", "Rate exceeded", Verdict::Transient),
    ("ThrottledException", "", Verdict::Transient),
    ("TooManyRequestsException", "", Verdict::Transient),
    ("RequestLimitExceeded", "", Verdict::Transient),
    ("InternalError", "", Verdict::Transient),
    ("InternalException", "", Verdict::Transient),
    ("InternalFailure", "Unexpected failure", Verdict::Transient),
    ("InternalServiceError", "", Verdict::Transient),
    ("ServiceUnavailable", "", Verdict::Transient),
    ("RequestExpired", "", Verdict::Transient),
    ("RequestTimeTooSkewed", "", Verdict::Transient),
    ("ConcurrentModificationException", "", Verdict::Transient),
    ("SomethingNewException", "the message detail is too large for the subject", Verdict::Transient),
    ("Exception", "", Verdict::Transient),
    ("", "", Verdict::Transient),
    ("", "request has timed out: message subject detail size", Verdict::Transient),
    ("RequestEntityTooLarge", "", Verdict::Event),
];

fn check(sort: fn(&CallFailure) -> Verdict, cases: &[(&str, &str, Verdict)]) {
    for (code, message, expected) in COMMON.iter().chain(cases) {
        let code_or_none = (!code.is_empty()).then_some(*code);
        let verdict = sort(&CallFailure::answered(code_or_none, message));
        assert_eq!(verdict, *expected, "{code}: {message}");
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
            ("InvalidParameter", "Invalid parameter: Message too long", Verdict::Event),
            ("InvalidParameter", "Invalid parameter: Empty message", Verdict::Event),
            ("InvalidParameter", "Invalid parameter: Subject", Verdict::Event),
            ("InvalidParameterValue", "The message attribute 'state' must contain non-empty value", Verdict::Event),
            ("ParameterValueInvalid", "The message attribute 'itemId' has an invalid value", Verdict::Event),
            ("ValidationException", "Value at 'subject' failed to satisfy constraint", Verdict::Event),
            ("ValidationError", "1 validation error detected: 'messageAttributes'", Verdict::Event),
            ("InvalidParameter", "Invalid parameter", Verdict::Transient),
            ("InvalidParameter", "", Verdict::Transient),
            ("ParameterValueInvalid", "", Verdict::Transient),
            ("EndpointDisabled", "Endpoint is disabled", Verdict::Transient),
            ("PlatformApplicationDisabled", "", Verdict::Transient),
            // EventBridge's words mean nothing here.
            ("MalformedDetail", "", Verdict::Transient),
            ("InvalidArgument", "", Verdict::Transient),
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
            ("MalformedDetail", "Detail is malformed.", Verdict::Event),
            ("InvalidArgument", "Parameter Detail is not valid. Reason: …", Verdict::Event),
            ("RedactionFailure", "", Verdict::Event),
            ("ValidationException", "Total size of the entries in the request is over the limit.", Verdict::Event),
            ("ValidationException", "Value at 'entries.3.member.detail' failed to satisfy constraint", Verdict::Event),
            ("ValidationException", "Value at 'entries.1.member.resources' failed …", Verdict::Event),
            ("ValidationException", "Value at 'entries.1.member.time' failed …", Verdict::Event),
            ("ValidationException", "Value at 'entries' failed to satisfy constraint", Verdict::Transient),
            ("ValidationException", "", Verdict::Transient),
            // SNS's words mean nothing here.
            ("NotFound", "", Verdict::Transient),
            ("InvalidParameter", "Invalid parameter: Message too long", Verdict::Transient),
        ],
    );
}

#[test]
fn a_refusal_says_where_what_is_missing_and_what_aws_said() {
    let place = Place { noun: "topic", name: "arn:aws:sns:us-east-1:123456789012:people", permission: "sns:Publish" };
    let said = |verdict| {
        let refusal = place.refusal(CallFailure::answered(Some("Code"), "Message."), verdict);
        match (refusal, verdict) {
            (Refusal::Transient(error), Verdict::Transient)
            | (Refusal::Event(error), Verdict::Event)
            | (Refusal::Sink(error), Verdict::Sink(_)) => format!("{error:#}"),
            (refusal, verdict) => panic!("{refusal:?} for {verdict:?}"),
        }
    };
    let texts = [Verdict::Transient, Verdict::Event, PERMISSION, KEY_PERMISSION, KEY, MISSING, ADDRESS, CREDENTIALS];
    insta::assert_snapshot!(texts.map(said).join("\n"), @"
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: it takes the permission sns:Publish on arn:aws:sns:us-east-1:123456789012:people: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: it takes the permissions kms:GenerateDataKey and kms:Decrypt on the topic's key: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: the topic's KMS key cannot be used: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: there is no such topic: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: this topic cannot be announced on: Code: Message.
    cannot announce on the topic arn:aws:sns:us-east-1:123456789012:people: the credentials are not accepted: Code: Message.
    ");
}
