//! Bytes on the wire: what the SDK never sends, and what it never shows.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use aws_dx_monitor::simulator::Simulator;
use serde_json::{Value, json};

use super::crowd;

const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261122/us-east-1/directconnect/aws4_request, SignedHeaders=host, Signature=00\r\n";

/// Sends these bytes and reads whatever comes until the connection is closed. `hang_up`: as one who sends no more.
fn exchange(simulator: &Simulator, bytes: &[u8], hang_up: bool) -> String {
    let mut stream = TcpStream::connect(simulator.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // The server may answer and close before it has read all of a bad request.
    let _ = stream.write_all(bytes);
    if hang_up {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(simulator: &Simulator, headers: &str, body: &str) -> (u16, String, Value) {
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    let answer = exchange(simulator, request.as_bytes(), false);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let status = head[9..12].parse().unwrap();
    (status, head.to_ascii_lowercase(), serde_json::from_str(body).unwrap())
}

#[test]
fn an_answer_is_in_the_protocol_of_the_service() {
    let simulator = Simulator::start(crowd(1, 0), 0).unwrap();
    let target = format!("X-Amz-Target: OvertureService.DescribeConnections\r\n{SIGNED}");
    let (status, head, body) = post(&simulator, &target, "{}");
    assert_eq!(status, 200);
    assert!(head.contains("content-type: application/x-amz-json-1.1"), "{head}");
    assert!(head.contains("x-amzn-requestid: "), "{head}");
    // No member is null, and none that an item lacks is there.
    assert_eq!(
        body,
        json!({"connections": [{
            "connectionId": "dxcon-00000", "connectionState": "available",
            "region": "us-east-1", "ownerAccount": "123456789012"
        }]})
    );
}

#[test]
fn an_error_is_named_in_header_and_body() {
    let simulator = Simulator::start(crowd(1, 0), 0).unwrap();
    let target = |operation: &str| format!("X-Amz-Target: OvertureService.{operation}\r\n");
    let signed = |operation: &str| target(operation) + SIGNED;
    for (headers, body, status, code) in [
        (target("DescribeConnections"), "{}", 403, "MissingAuthenticationTokenException"),
        (signed("DescribeWeather"), "{}", 400, "UnknownOperationException"),
        (SIGNED.to_owned(), "{}", 400, "UnknownOperationException"),
        (signed("DescribeConnections"), "{", 400, "SerializationException"),
        (signed("DescribeConnections"), "[[[[", 400, "SerializationException"),
        (signed("DescribeConnections"), r#"{"maxResults": 0}"#, 400, "DirectConnectClientException"),
        (signed("DescribeHostedConnections"), "{}", 400, "DirectConnectClientException"),
    ] {
        let (was, head, answer) = post(&simulator, &headers, body);
        assert_eq!((was, &answer["__type"]), (status, &json!(code)), "{answer}");
        assert!(head.contains(&format!("x-amzn-errortype: {}", code.to_ascii_lowercase())), "{head}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    }
}

#[test]
fn what_is_no_request_gets_an_error_and_the_server_lives() {
    let simulator = Simulator::start(crowd(1, 0), 0).unwrap();
    let get = exchange(&simulator, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", false);
    assert!(get.starts_with("HTTP/1.1 405 ") && get.contains("allow: POST"), "{get}");
    assert!(get.contains("simulated Direct Connect endpoint"), "{get}");
    let path = exchange(
        &simulator,
        b"POST /admin HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        false,
    );
    assert!(path.starts_with("HTTP/1.1 404 "), "{path}");

    let (status, _, answer) =
        post(&simulator, &format!("X-Amz-Target: OvertureService.DescribeLags\r\n{SIGNED}"), &" ".repeat(100_000));
    assert_eq!((status, &answer["__type"]), (413, &json!("RequestEntityTooLargeException")));

    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc"[..],
        b"\r\n\r\n",
        b"",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
    ] {
        exchange(&simulator, garbage, true);
    }
    let (status, ..) = post(&simulator, &format!("X-Amz-Target: OvertureService.DescribeLags\r\n{SIGNED}"), "");
    assert_eq!(status, 200);
}
