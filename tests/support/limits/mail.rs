//! SNS with an e-mail subscription to every topic, which it switches off when too many messages reach it.
//!
//! AWS delivers ten a second to an e-mail subscription. At the next one it takes the confirmation back, and `Publish`
//! goes on answering as before: nothing that is published shows it. Here the [`Mailbox`] does.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::support::http::{Request, Response, Server, response};
use crate::support::proxy::call::Call;

const NAMESPACE: &str = "http://sns.amazonaws.com/doc/2010-03-31/";
const ID: &str = "00000000-0000-4000-8000-000000000000";

/// How many messages an e-mail subscription bears, and in which time.
#[derive(Clone, Copy, Debug)]
pub struct Bearable {
    /// So many are delivered; one more switches the subscription off.
    pub messages: usize,
    /// Within this time.
    pub within: Duration,
}

impl Default for Bearable {
    fn default() -> Self {
        Self { messages: 10, within: Duration::from_secs(1) }
    }
}

/// A message as it was published.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The subject, if it has one.
    pub subject: String,
    /// The text.
    pub message: String,
    /// The message attributes that are strings.
    pub attributes: BTreeMap<String, String>,
}

/// What came of the messages to one topic.
#[derive(Clone, Debug, Default)]
pub struct Mailbox {
    /// What the subscriber has got.
    pub delivered: Vec<Letter>,
    /// What was published after the subscription was switched off, the message that did it among it.
    pub lost: Vec<Letter>,
    /// Whether the subscription was switched off.
    pub is_off: bool,
    recent: VecDeque<Instant>,
}

impl Mailbox {
    fn receive(&mut self, letter: Letter, bearable: Bearable, now: Instant) {
        self.recent.retain(|at| now.saturating_duration_since(*at) < bearable.within);
        self.is_off |= self.recent.len() >= bearable.messages;
        if self.is_off {
            self.lost.push(letter);
        } else {
            self.recent.push_back(now);
            self.delivered.push(letter);
        }
    }
}

/// A running SNS; dropping it closes its port.
pub struct Mail {
    server: Server,
    topics: Topics,
}

type Topics = Arc<Mutex<BTreeMap<String, Mailbox>>>;

impl Mail {
    /// An SNS that bears as much as AWS's.
    pub fn start() -> Self {
        Self::bearing(Bearable::default())
    }

    /// An SNS that bears as much as this.
    pub fn bearing(bearable: Bearable) -> Self {
        let topics = Topics::default();
        let server = Server::start({
            let topics = Arc::clone(&topics);
            move |request| {
                let answer = answer(&request, &topics, bearable);
                async move { Some(answer) }
            }
        });
        Self { server, topics }
    }

    /// The endpoint URL for SNS.
    pub fn endpoint(&self) -> String {
        self.server.url()
    }

    /// What came of the messages to a topic.
    pub fn mailbox(&self, topic_arn: &str) -> Mailbox {
        lock(&self.topics).get(topic_arn).cloned().unwrap_or_default()
    }

    /// Subscribes again: what is published from now on is delivered.
    pub fn confirm(&self, topic_arn: &str) {
        let mut topics = lock(&self.topics);
        let mailbox = topics.entry(topic_arn.to_owned()).or_default();
        mailbox.is_off = false;
        mailbox.recent.clear();
    }
}

fn lock(topics: &Topics) -> MutexGuard<'_, BTreeMap<String, Mailbox>> {
    topics.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answer to one call; an operation that it does not know is an error of AWS's.
pub fn answer(request: &Request, topics: &Topics, bearable: Bearable) -> Response {
    let call = Call::read(request);
    let form: BTreeMap<String, String> = form_urlencoded::parse(request.body()).into_owned().collect();
    let topic = form.get("TopicArn").cloned().unwrap_or_default();
    match call.operation.as_str() {
        "Publish" => {
            lock(topics).entry(topic).or_default().receive(letter(&form), bearable, Instant::now());
            result("Publish", &format!("<MessageId>{ID}</MessageId>"))
        }
        "GetTopicAttributes" => {
            let is_off = lock(topics).get(&topic).is_some_and(|mailbox| mailbox.is_off);
            let entry = |(name, value): (&str, &str)| format!("<entry><key>{name}</key><value>{value}</value></entry>");
            let [confirmed, pending] = if is_off { ["0", "1"] } else { ["1", "0"] };
            let attributes = [
                ("TopicArn", topic.as_str()),
                ("SubscriptionsConfirmed", confirmed),
                ("SubscriptionsPending", pending),
                ("SubscriptionsDeleted", "0"),
            ];
            let attributes: String = attributes.into_iter().map(entry).collect();
            result("GetTopicAttributes", &format!("<Attributes>{attributes}</Attributes>"))
        }
        other => call.protocol.error(400, "InvalidAction", &format!("{other} is no operation of this SNS.")),
    }
}

fn letter(form: &BTreeMap<String, String>) -> Letter {
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    let attribute = |number: usize| {
        let prefix = format!("MessageAttributes.entry.{number}.");
        Some((form.get(&format!("{prefix}Name"))?.clone(), field(&format!("{prefix}Value.StringValue"))))
    };
    let attributes = (1..).map_while(attribute).collect();
    Letter { subject: field("Subject"), message: field("Message"), attributes }
}

fn result(operation: &str, result: &str) -> Response {
    let body = format!(
        "<{operation}Response xmlns=\"{NAMESPACE}\"><{operation}Result>{result}</{operation}Result>\
         <ResponseMetadata><RequestId>{ID}</RequestId></ResponseMetadata></{operation}Response>"
    );
    let mut answer = response(200, body);
    answer.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static("text/xml"));
    answer
}

#[cfg(test)]
mod check {
    use aws_sdk_sns::{Client, types::MessageAttributeValue};

    use super::*;
    use crate::support::sdk;

    const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:people";

    fn letter(message: &str) -> Letter {
        Letter { subject: String::new(), message: message.to_owned(), attributes: BTreeMap::new() }
    }

    #[test]
    fn ten_in_a_second_are_borne_and_the_eleventh_ends_it() {
        let start = Instant::now();
        let received = |milliseconds: &[u64]| {
            let mut mailbox = Mailbox::default();
            for at in milliseconds {
                mailbox.receive(letter("x"), Bearable::default(), start + Duration::from_millis(*at));
            }
            (mailbox.delivered.len(), mailbox.lost.len(), mailbox.is_off)
        };
        assert_eq!(received(&[0; 10]), (10, 0, false));
        assert_eq!(received(&[0; 11]), (10, 1, true));
        let eight_a_second: Vec<u64> = (0..100).map(|number| number * 125).collect();
        assert_eq!(received(&eight_a_second), (100, 0, false));
        let eleven_a_second: Vec<u64> = (0..100).map(|number| number * 90).collect();
        assert_eq!(received(&eleven_a_second), (10, 90, true));
        assert_eq!(received(&[0, 0, 0, 0, 0, 999, 999, 999, 999, 999, 1_000]), (11, 0, false));
        assert_eq!(received(&[&[0; 11][..], &[60_000]].concat()), (10, 2, true), "off is off");
    }

    #[tokio::test]
    async fn publish_answers_as_before_when_the_subscription_is_off_and_its_attributes_tell() {
        let mail = Mail::bearing(Bearable { messages: 2, within: Duration::from_secs(3_600) });
        let client = Client::new(&sdk::config(&mail.endpoint(), "us-east-1"));
        let severity = MessageAttributeValue::builder().data_type("String").string_value("critical").build().unwrap();
        for message in ["one & only", "two", "three"] {
            let publish = client.publish().topic_arn(TOPIC).subject("[critical]").message(message);
            let published = publish.message_attributes("severity", severity.clone()).send().await.unwrap();
            assert_eq!(published.message_id(), Some(ID));
        }
        let mailbox = mail.mailbox(TOPIC);
        assert_eq!((mailbox.delivered.len(), mailbox.is_off), (2, true));
        let expected = Letter {
            subject: "[critical]".to_owned(),
            message: "one & only".to_owned(),
            attributes: [("severity".to_owned(), "critical".to_owned())].into(),
        };
        assert_eq!(mailbox.delivered[0], expected);
        assert_eq!(mailbox.lost[0].message, "three");

        let attributes = async || {
            let attributes = client.get_topic_attributes().topic_arn(TOPIC).send().await.unwrap().attributes.unwrap();
            ["SubscriptionsConfirmed", "SubscriptionsPending"].map(|name| attributes[name].clone())
        };
        assert_eq!(attributes().await, ["0", "1"]);
        mail.confirm(TOPIC);
        assert_eq!(attributes().await, ["1", "0"]);
        client.publish().topic_arn(TOPIC).message("four").send().await.unwrap();
        assert_eq!(mail.mailbox(TOPIC).delivered.last().unwrap().message, "four");
        assert_eq!(mail.mailbox("another topic").delivered, []);
        client.list_topics().send().await.unwrap_err();
    }
}
