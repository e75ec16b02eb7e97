//! The wire: HTTP on loopback, `awsJson1.1` inside.
//!
//! The server runs on a thread of its own with its own single-threaded runtime, so it serves callers that block and
//! callers on any runtime. It stops when its [`Simulator`](super::Simulator) is dropped.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use futures::channel::oneshot;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::body::Incoming;
use hyper::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use uuid::Uuid;

use super::error::ServiceError;
use super::identity;
use super::stage::{RawRequest, Reply, Stage};

/// The largest request body. Requests for a list are a few hundred bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// What Direct Connect answers in.
const JSON: &str = "application/x-amz-json-1.1";
/// What the Security Token Service answers in.
const XML: &str = "text/xml";

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start(stage: Arc<Stage>, port: u16) -> io::Result<Server> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name("direct-connect-simulator".to_owned()).spawn(move || {
            // Leaving the runtime drops the connections that are still open, also those that are being delayed.
            runtime.block_on(async {
                tokio::select! {
                    () = serve(listener, stage) => {}
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Server { address, stop: Some(stop), thread: Some(thread) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Dropping the sender ends the receiver's wait.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic on that thread has been printed by the panic hook already.
            let _ = thread.join();
        }
    }
}

async fn serve(listener: tokio::net::TcpListener, stage: Arc<Stage>) {
    let answered = Arc::new(AtomicU64::new(0));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Most likely out of file descriptors: wait until some are free again.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (stage, answered) = (Arc::clone(&stage), Arc::clone(&answered));
        tokio::spawn(async move {
            let service = service_fn(|request| respond(&stage, &answered, request));
            let mut protocol = http1::Builder::new();
            protocol.timer(TokioTimer::new());
            // An error on a connection concerns its client, which sees it too.
            let _ = protocol.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection dropped, as the scenario wants")]
struct Dropped;

async fn respond(
    stage: &Stage,
    answered: &AtomicU64,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let number = answered.fetch_add(1, Ordering::Relaxed);
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes());
    let status_of =
        |error: &ServiceError| StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (status, code, content_type, body) = match reply(stage, request).await {
        Reply::Dropped => return Err(Dropped),
        Reply::Answer(body) => (StatusCode::OK, None, JSON, body),
        Reply::Error(error) => (status_of(&error), Some(error.code), JSON, error.body().to_string().into_bytes()),
        Reply::Identity(Ok(body)) => (StatusCode::OK, None, XML, body.into_bytes()),
        Reply::Identity(Err(error)) => (status_of(&error), None, XML, identity::error_body(&error).into_bytes()),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(content_type));
    if let Ok(id) = id.to_string().parse() {
        headers.insert("x-amzn-requestid", id);
    }
    if let Some(code) = code {
        headers.insert("x-amzn-errortype", hyper::header::HeaderValue::from_static(code));
    }
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, hyper::header::HeaderValue::from_static("POST"));
    }
    Ok(response)
}

async fn reply(stage: &Stage, request: Request<Incoming>) -> Reply {
    let unknown = |status, message: &str| {
        Reply::Error(ServiceError { status, code: "UnknownOperationException", message: message.to_owned() })
    };
    if request.method() != Method::POST {
        return unknown(405, "This is a simulated Direct Connect endpoint: POST / with an X-Amz-Target header");
    }
    if request.uri().path() != "/" {
        return unknown(404, "Direct Connect knows no path but /");
    }
    let (head, body) = request.into_parts();
    let body = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Reply::Error(ServiceError {
                status: 413,
                code: "RequestEntityTooLargeException",
                message: format!("A request's body holds {LARGEST_BODY} bytes at most"),
            });
        }
        Err(_) => return Reply::Dropped,
    };
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let authorization = header(AUTHORIZATION.as_str());
    stage.reply(RawRequest { target: header("x-amz-target"), authorization, body: &body }).await
}
