//! A stack: the expanded template with its parameters put in, conditions decided and functions resolved, as
//! CloudFormation would. In place of the physical names that AWS makes up, it has the logical ones, so that a test can
//! recognize them.

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::{Map, Value, json};

/// A template with its parameters put in.
pub struct Stack {
    parameters: BTreeMap<String, String>,
}

/// What is the same for every stack: the expanded template.
pub fn template() -> &'static Value {
    static TEMPLATE: OnceLock<Value> = OnceLock::new();
    TEMPLATE.get_or_init(super::expanded)
}

/// Parameters that switch on everything.
pub const EVERYTHING: [(&str, &str); 12] = [
    ("Routes", "count"),
    ("SlackWorkspaceId", "T0123456789"),
    ("SlackChannelId", "C0123456789"),
    ("EventBus", "create"),
    ("TopicKey", "create"),
    ("EmailAddress", "noc@example.com"),
    ("AlarmEmailAddress", "noc@example.com"),
    ("PagerDutyRoutingKey", "0123456789abcdef0123456789abcdef"),
    ("Evidence", "metrics"),
    ("StatusPage", "true"),
    ("MonthlyReport", "true"),
    ("PagesDistributionArn", "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE"),
];

impl Stack {
    /// The stack of these parameters, the others at their defaults: named `watch`, in `us-east-1`.
    pub fn of(parameters: &[(&str, &str)]) -> Stack {
        let declared = template()["Parameters"].as_object().unwrap();
        let mut values: BTreeMap<String, String> =
            declared.iter().map(|(name, parameter)| (name.clone(), as_text(&parameter["Default"]))).collect();
        for (name, value) in [
            ("AWS::AccountId", "123456789012"),
            ("AWS::Partition", "aws"),
            ("AWS::Region", "us-east-1"),
            ("AWS::StackName", "watch"),
            ("AWS::URLSuffix", "amazonaws.com"),
        ] {
            values.insert(name.to_owned(), value.to_owned());
        }
        for (name, value) in parameters {
            assert!(values.insert((*name).to_owned(), (*value).to_owned()).is_some(), "there is no parameter {name}");
        }
        Stack { parameters: values }
    }

    /// Every resource that the stack has, by logical name, all functions resolved.
    pub fn resources(&self) -> BTreeMap<String, Value> {
        let all = template()["Resources"].as_object().unwrap();
        let there = all.iter().filter(|(_, resource)| self.holds(resource));
        there.map(|(name, resource)| (name.clone(), self.resolve(resource).unwrap())).collect()
    }

    /// The resources of a type.
    pub fn resources_of(&self, kind: &str) -> BTreeMap<String, Value> {
        self.resources().into_iter().filter(|(_, resource)| resource["Type"] == kind).collect()
    }

    /// The properties of a resource, which must be there.
    pub fn properties(&self, name: &str) -> Value {
        let mut resources = self.resources();
        resources.remove(name).unwrap_or_else(|| panic!("the stack has no {name}"))["Properties"].take()
    }

    /// Whether the stack has the resource.
    pub fn has(&self, name: &str) -> bool {
        template()["Resources"].get(name).is_some_and(|resource| self.holds(resource))
    }

    /// The outputs.
    pub fn outputs(&self) -> BTreeMap<String, String> {
        let all = template()["Outputs"].as_object().unwrap();
        let there = all.iter().filter(|(_, output)| self.holds(output));
        there.map(|(name, output)| (name.clone(), as_text(&self.resolve(&output["Value"]).unwrap()))).collect()
    }

    fn holds(&self, conditional: &Value) -> bool {
        conditional["Condition"].as_str().is_none_or(|name| self.condition(name))
    }

    fn condition(&self, name: &str) -> bool {
        self.decide(&template()["Conditions"][name])
    }

    fn decide(&self, expression: &Value) -> bool {
        let (function, argument) = only(expression).unwrap_or_else(|| panic!("not a condition: {expression}"));
        let parts = argument.as_array();
        match function {
            "Condition" => self.condition(argument.as_str().unwrap()),
            "Fn::Not" => !self.decide(&parts.unwrap()[0]),
            "Fn::And" => parts.unwrap().iter().all(|part| self.decide(part)),
            "Fn::Or" => parts.unwrap().iter().any(|part| self.decide(part)),
            "Fn::Equals" => {
                let [left, right] = [0, 1].map(|side| as_text(&self.resolve(&parts.unwrap()[side]).unwrap()));
                left == right
            }
            other => panic!("unknown condition {other}"),
        }
    }

    /// The value with all functions resolved; none for `AWS::NoValue`.
    fn resolve(&self, value: &Value) -> Option<Value> {
        match value {
            Value::Array(items) => Some(items.iter().filter_map(|item| self.resolve(item)).collect()),
            Value::Object(fields) => match only(value) {
                Some((function, argument)) if function == "Ref" || function.starts_with("Fn::") => {
                    self.call(function, argument)
                }
                _ => Some(Value::Object(self.fields(fields))),
            },
            plain => Some(plain.clone()),
        }
    }

    fn fields(&self, fields: &Map<String, Value>) -> Map<String, Value> {
        fields.iter().filter_map(|(name, field)| Some((name.clone(), self.resolve(field)?))).collect()
    }

    fn call(&self, function: &str, argument: &Value) -> Option<Value> {
        let part = |index: usize| &argument[index];
        match function {
            "Ref" => self.reference(argument.as_str().unwrap()),
            "Fn::If" => self.resolve(part(if self.condition(part(0).as_str().unwrap()) { 1 } else { 2 })),
            "Fn::GetAtt" => Some(self.attribute(part(0).as_str().unwrap(), part(1).as_str().unwrap()).into()),
            "Fn::FindInMap" => {
                let keys = [0, 1, 2].map(|index| as_text(&self.resolve(part(index)).unwrap()));
                let found = &template()["Mappings"][&keys[0]][&keys[1]][&keys[2]];
                assert!(!found.is_null(), "nothing is mapped from {keys:?}");
                Some(found.clone())
            }
            "Fn::Split" => {
                let text = as_text(&self.resolve(part(1)).unwrap());
                Some(text.split(part(0).as_str().unwrap()).collect())
            }
            "Fn::Select" => {
                let index = usize::try_from(part(0).as_u64().unwrap()).unwrap();
                Some(self.resolve(part(1)).unwrap()[index].clone())
            }
            "Fn::Join" => {
                let parts = self.resolve(part(1)).unwrap();
                let parts: Vec<String> = parts.as_array().unwrap().iter().map(as_text).collect();
                Some(parts.join(part(0).as_str().unwrap()).into())
            }
            "Fn::Sub" => {
                let (text, variables) = match argument {
                    Value::Array(parts) => (&parts[0], self.fields(parts[1].as_object().unwrap())),
                    text => (text, Map::new()),
                };
                Some(self.substitute(text.as_str().unwrap(), &variables).into())
            }
            other => panic!("unknown function {other}"),
        }
    }

    fn substitute(&self, text: &str, variables: &Map<String, Value>) -> String {
        let mut parts = text.split("${");
        let mut result = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap();
            result += &match (name.strip_prefix('!'), variables.get(name), name.split_once('.')) {
                (Some(literal), _, _) => format!("${{{literal}}}"),
                (None, Some(value), _) => as_text(value),
                (None, None, Some((resource, attribute))) => self.attribute(resource, attribute),
                (None, None, None) => as_text(&self.reference(name).unwrap()),
            };
            result += rest;
        }
        result
    }

    fn reference(&self, name: &str) -> Option<Value> {
        if name == "AWS::NoValue" {
            return None;
        }
        if let Some(value) = self.parameters.get(name) {
            let is_list = template()["Parameters"][name]["Type"] == "CommaDelimitedList";
            return Some(if is_list { value.split(',').collect() } else { value.clone().into() });
        }
        assert!(self.has(name), "the stack refers to {name}, which it does not have");
        let properties = &template()["Resources"][name]["Properties"];
        Some(match template()["Resources"][name]["Type"].as_str().unwrap() {
            "AWS::SNS::Topic" => self.attribute(name, "TopicArn").into(),
            "AWS::SQS::Queue" => format!("https://sqs.us-east-1.amazonaws.com/123456789012/{name}").into(),
            "AWS::CloudWatch::Dashboard" => self.resolve(&properties["DashboardName"]).unwrap(),
            "AWS::Events::EventBus" => self.resolve(&properties["Name"]).unwrap(),
            "AWS::Lambda::Alias" => {
                let [function, alias] = ["FunctionName", "Name"].map(|key| self.resolve(&properties[key]).unwrap());
                format!("{}:{}", self.attribute(&as_text(&function), "Arn"), as_text(&alias)).into()
            }
            _ => name.into(),
        })
    }

    fn attribute(&self, name: &str, attribute: &str) -> String {
        assert!(self.has(name), "the stack refers to {name}, which it does not have");
        let kind = template()["Resources"][name]["Type"].as_str().unwrap();
        let in_region = |service: &str, rest: String| {
            let [partition, region, account] =
                ["AWS::Partition", "AWS::Region", "AWS::AccountId"].map(|pseudo| &self.parameters[pseudo]);
            format!("arn:{partition}:{service}:{region}:{account}:{rest}")
        };
        match (kind, attribute) {
            ("AWS::SNS::Topic", "TopicArn") => in_region("sns", name.to_owned()),
            ("AWS::DynamoDB::Table", "Arn") => in_region("dynamodb", format!("table/{name}")),
            ("AWS::Events::EventBus", "Arn") => {
                in_region("events", format!("event-bus/{}", as_text(&self.reference(name).unwrap())))
            }
            ("AWS::Events::Rule", "Arn") => in_region("events", self.rule(name)),
            ("AWS::Events::ApiDestination", "Arn") => in_region("events", format!("api-destination/{name}")),
            ("AWS::Events::Connection", "Arn") => in_region("events", format!("connection/{name}")),
            ("AWS::SQS::Queue", "Arn") => in_region("sqs", name.to_owned()),
            ("AWS::SQS::Queue", "QueueName") => name.to_owned(),
            ("AWS::S3::Bucket", "Arn") => format!("arn:{}:s3:::{name}", self.parameters["AWS::Partition"]),
            ("AWS::KMS::Key", "Arn") => in_region("kms", format!("key/{name}")),
            ("AWS::Lambda::Function", "Arn") => in_region("lambda", format!("function:{name}")),
            ("AWS::Logs::LogGroup", "Arn") => in_region("logs", format!("log-group:{name}:*")),
            ("AWS::IAM::Role", "Arn") => {
                format!(
                    "arn:{}:iam::{}:role/{name}",
                    self.parameters["AWS::Partition"], self.parameters["AWS::AccountId"]
                )
            }
            ("AWS::EventSchemas::Registry", "RegistryName") => name.to_owned(),
            other => panic!("unknown attribute {other:?}"),
        }
    }

    /// A rule as its ARN ends: with its bus before it, unless that is the default one.
    fn rule(&self, name: &str) -> String {
        let bus = template()["Resources"][name]["Properties"].get("EventBusName").and_then(|bus| self.resolve(bus));
        match bus.as_ref().and_then(Value::as_str) {
            None | Some("default") => format!("rule/{name}"),
            Some(bus) => format!("rule/{bus}/{name}"),
        }
    }
}

/// The key and value of an object that has just one.
fn only(value: &Value) -> Option<(&str, &Value)> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.iter().next().map(|(name, argument)| (name.as_str(), argument))
}

/// A scalar as CloudFormation writes it into a string.
pub fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        other => panic!("not a scalar: {other}"),
    }
}

#[test]
fn a_stack_is_resolved_as_cloudformation_does() {
    let stack = Stack::of(&[("AWS::StackName", "other"), ("EventBus", "create"), ("PollRate", "rate(5 minutes)")]);
    let resolved = |value: Value| stack.resolve(&value);
    assert_eq!(resolved(json!({"Ref": "AWS::NoValue"})), None);
    assert_eq!(
        resolved(json!([{"Ref": "AWS::NoValue"}, {"Ref": "Topic"}])).unwrap(),
        json!(["arn:aws:sns:us-east-1:123456789012:Topic"])
    );
    assert_eq!(
        resolved(
            json!({"Fn::Sub": ["${AWS::StackName} ${X} ${!PROP('Dim.Y')} ${Bus.Arn}", {"X": {"Ref": "PollRate"}}]})
        )
        .unwrap(),
        "other rate(5 minutes) ${PROP('Dim.Y')} arn:aws:events:us-east-1:123456789012:event-bus/other-direct-connect"
    );
    assert_eq!(resolved(json!({"Fn::Join": ["", {"Ref": "MemberUnits"}]})).unwrap(), "");
    assert_eq!(resolved(json!({"Fn::FindInMap": ["Timing", "EveryMinute", "PeriodSeconds"]})).unwrap(), 60);
}
