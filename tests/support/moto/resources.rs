//! What the monitor announces on and writes to, created in moto: topics and a bus that each fill a queue, and buckets.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::Moto;
use crate::support::http::{self, Response};

/// An SQS queue.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its URL.
    pub url: String,
    /// Its ARN.
    pub arn: String,
}

/// An SNS topic and the queue that is subscribed to it.
#[derive(Clone, Debug)]
pub struct Topic {
    /// The topic's ARN.
    pub arn: String,
    /// Where its messages go.
    pub queue: Queue,
}

/// An EventBridge bus and the queue that a rule fills.
#[derive(Clone, Debug)]
pub struct Bus {
    /// The bus's name.
    pub name: String,
    /// The bus's ARN.
    pub arn: String,
    /// Where the events that match go.
    pub queue: Queue,
}

/// One message of a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The body as it was delivered.
    pub body: String,
    /// The message attributes that are strings: raw delivery carries those of the SNS message.
    pub attributes: BTreeMap<String, String>,
}

impl Message {
    /// The body as JSON: an EventBridge event, or the envelope of an SNS message that was not delivered raw.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in the message {:?}", self.body))
    }
}

impl Moto {
    /// Creates a queue.
    pub async fn create_queue(&self, region: &str, name: &str) -> Queue {
        let client = aws_sdk_sqs::Client::new(&self.sdk_config(region));
        let created = client.create_queue().queue_name(name).send().await.expect("the queue can be created");
        let url = created.queue_url.expect("a queue has a URL");
        let asked = client.get_queue_attributes().queue_url(&url).attribute_names(QueueAttributeName::QueueArn);
        let attributes = asked.send().await.expect("the queue has attributes").attributes.unwrap_or_default();
        Queue { arn: attributes[&QueueAttributeName::QueueArn].clone(), url }
    }

    /// Creates a topic and a queue of this name; what the filter policy on message attributes lets through goes to the queue,
    /// as it is (`raw`) or in SNS's envelope.
    pub async fn create_topic(&self, region: &str, name: &str, raw: bool, filter_policy: Option<&Value>) -> Topic {
        let client = aws_sdk_sns::Client::new(&self.sdk_config(region));
        let queue = self.create_queue(region, name).await;
        let created = client.create_topic().name(name).send().await.expect("the topic can be created");
        let arn = created.topic_arn.expect("a topic has an ARN");
        let mut attributes = HashMap::from([("RawMessageDelivery".to_owned(), raw.to_string())]);
        if let Some(policy) = filter_policy {
            attributes.insert("FilterPolicy".to_owned(), policy.to_string());
        }
        client
            .subscribe()
            .topic_arn(&arn)
            .protocol("sqs")
            .endpoint(&queue.arn)
            .set_attributes(Some(attributes))
            .send()
            .await
            .expect("the queue can be subscribed");
        Topic { arn, queue }
    }

    /// Creates a bus and a queue of this name, and a rule that sends the events matching `pattern` to the queue: by default
    /// all of the monitor's.
    pub async fn create_bus(&self, region: &str, name: &str, pattern: Option<&Value>) -> Bus {
        let client = aws_sdk_eventbridge::Client::new(&self.sdk_config(region));
        let queue = self.create_queue(region, name).await;
        let created = client.create_event_bus().name(name).send().await.expect("the bus can be created");
        let pattern = pattern.cloned().unwrap_or_else(|| json!({"source": ["awsx.directconnect"]}));
        let rule = client.put_rule().name(name).event_bus_name(name).event_pattern(pattern.to_string());
        rule.send().await.expect("the rule can be created");
        let target = aws_sdk_eventbridge::types::Target::builder().id("queue").arn(&queue.arn).build();
        let target = target.expect("a complete target");
        let targets = client.put_targets().rule(name).event_bus_name(name).targets(target).send().await;
        assert_eq!(targets.expect("the rule can have a target").failed_entry_count, 0);
        Bus { name: name.to_owned(), arn: created.event_bus_arn.expect("a bus has an ARN"), queue }
    }

    /// Takes every message out of a queue, oldest first. moto delivers before it answers the publisher, so that what was
    /// accepted is here.
    pub async fn receive_all(&self, region: &str, queue: &Queue) -> Vec<Message> {
        let client = aws_sdk_sqs::Client::new(&self.sdk_config(region));
        let mut messages = Vec::new();
        loop {
            let request = client
                .receive_message()
                .queue_url(&queue.url)
                .max_number_of_messages(10)
                .message_attribute_names("All")
                .message_system_attribute_names(MessageSystemAttributeName::All);
            let received = request.send().await.expect("the queue can be read").messages.unwrap_or_default();
            if received.is_empty() {
                return messages;
            }
            for message in received {
                let handle = message.receipt_handle.expect("a received message has a handle");
                let deleted = client.delete_message().queue_url(&queue.url).receipt_handle(handle).send().await;
                deleted.expect("a received message can be deleted");
                let attributes = message.message_attributes.unwrap_or_default();
                let attributes = attributes.into_iter().filter_map(|(name, value)| Some((name, value.string_value?)));
                messages.push(Message { body: message.body.unwrap_or_default(), attributes: attributes.collect() });
            }
        }
    }

    /// Creates a bucket.
    pub async fn create_bucket(&self, name: &str) {
        let created = self.s3("PUT", &format!("/{name}")).await;
        assert_eq!(created.status(), 200, "{created:?}");
    }

    /// An object of a bucket; none if there is none.
    pub async fn object(&self, bucket: &str, key: &str) -> Option<Response> {
        Some(self.s3("GET", &format!("/{bucket}/{key}")).await).filter(|answer| answer.status() == 200)
    }

    /// A call of S3, which no SDK that is linked has. moto tells the service by the signature, and does not check it.
    async fn s3(&self, method: &str, path: &str) -> Response {
        let authority = http::authority(&self.endpoint);
        let signature =
            "AWS4-HMAC-SHA256 Credential=AKIA/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        let request = hyper::Request::builder().method(method).uri(path).header("host", &authority);
        let request = request.header("authorization", signature).body(Bytes::new()).expect("a request");
        http::send(&authority, request).await.expect("moto answers")
    }
}
