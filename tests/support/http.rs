//! A small HTTP/1.1 server on loopback, and a client for it: the ground of the recorder, the Runtime API and the proxy.
//!
//! A server has a thread and a runtime of its own, so that it answers even while a test blocks, and it is gone when dropped.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use futures::channel::oneshot;
use futures::future::{Either, select};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;

/// A request whose body has been read.
pub type Request = hyper::Request<Bytes>;

/// A response whose body is known.
pub type Response = hyper::Response<Bytes>;

/// A response with this status and body.
pub fn response(status: u16, body: impl Into<Bytes>) -> Response {
    let mut response = hyper::Response::new(body.into());
    *response.status_mut() = hyper::StatusCode::from_u16(status).expect("a valid HTTP status");
    response
}

/// A server on a free loopback port; dropping it closes the port and every connection.
pub struct Server {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves each request with `answer`; where that gives none, the connection is closed without an answer.
    pub fn start<A, F>(answer: A) -> Self
    where
        A: Fn(Request) -> F + Clone + Send + 'static,
        F: Future<Output = Option<Response>> + Send + 'static,
    {
        Server::listening(move |listener| accept(listener, answer))
    }

    /// Starts a server in front of `upstream`, an `http://` URL without a path: `relay` gets the state that all requests
    /// share, and the upstream's authority.
    pub fn in_front_of<S, R, F>(upstream: &str, state: &Arc<Mutex<S>>, relay: R) -> Self
    where
        S: Send + 'static,
        R: Fn(Arc<Mutex<S>>, String, Request) -> F + Clone + Send + 'static,
        F: Future<Output = Option<Response>> + Send + 'static,
    {
        let (authority, state) = (authority(upstream), Arc::clone(state));
        Server::start(move |request| relay(Arc::clone(&state), authority.clone(), request))
    }

    /// Hands the listener to `serve`, which runs until the server is dropped.
    pub fn listening<F: Future<Output = ()>>(
        serve: impl FnOnce(tokio::net::TcpListener) -> F + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
        let address = listener.local_addr().expect("a bound port has an address");
        listener.set_nonblocking(true).expect("a socket can be made non-blocking");
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime for the server").block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                let accepting = std::pin::pin!(serve(listener));
                match select(accepting, stopped).await {
                    Either::Left(((), _)) | Either::Right((_, _)) => {}
                }
            });
        });
        Self { address, stop: Some(stop), thread: Some(thread) }
    }

    /// Host and port, as in `127.0.0.1:40123`.
    pub fn authority(&self) -> String {
        self.address.to_string()
    }

    /// The URL of the server, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in an answer has ended its own task only; there is nothing to learn from the thread.
            let _ = thread.join();
        }
    }
}

async fn accept<A, F>(listener: tokio::net::TcpListener, answer: A)
where
    A: Fn(Request) -> F + Clone + Send + 'static,
    F: Future<Output = Option<Response>> + Send + 'static,
{
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let answer = answer.clone();
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
                let answer = answer.clone();
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await?.to_bytes();
                    match answer(Request::from_parts(head, body)).await {
                        Some(response) => Ok(response.map(Full::new)),
                        None => Err(anyhow::anyhow!("left without an answer")),
                    }
                }
            });
            // Clients come, go and are killed as the tests want it: a broken connection is no event.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// Sends one request, over a connection of its own, to `authority` (host and port).
pub async fn send(authority: &str, request: Request) -> anyhow::Result<Response> {
    let stream = tokio::net::TcpStream::connect(authority).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let (head, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
        anyhow::Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    };
    // Driven here and not by a task of its own, so that dropping this future closes the connection too.
    match select(std::pin::pin!(exchange), std::pin::pin!(connection)).await {
        Either::Left((response, _)) => response,
        Either::Right((ended, exchange)) => {
            ended?;
            exchange.await
        }
    }
}

/// Host and port of `endpoint`, an `http://` URL without a path.
pub fn authority(endpoint: &str) -> String {
    endpoint.strip_prefix("http://").expect("an http:// URL").trim_end_matches('/').to_owned()
}

/// Passes a request on to `authority`. The headers about the connection and the length of a body are each connection's own.
pub async fn forward(authority: &str, mut request: Request) -> Response {
    for name in ["connection", "transfer-encoding"] {
        request.headers_mut().remove(name);
    }
    match send(authority, request).await {
        Ok(mut answer) => {
            for name in ["connection", "transfer-encoding", "content-length"] {
                answer.headers_mut().remove(name);
            }
            answer
        }
        Err(error) => response(502, format!("What is behind has not answered: {error:#}")),
    }
}

#[cfg(test)]
mod check {
    use super::*;

    fn post(body: &'static str) -> Request {
        hyper::Request::post("/").header("host", "localhost").body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    #[tokio::test]
    async fn a_server_answers_or_hangs_up_and_is_gone_when_dropped() {
        let server = Server::start(|request: Request| async move {
            (request.body() != "nothing").then(|| response(418, request.into_body()))
        });
        let authority = server.authority();
        let answer = send(&authority, post("tea")).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (418, &b"tea"[..]));
        send(&authority, post("nothing")).await.unwrap_err();
        drop(server);
        send(&authority, post("tea")).await.unwrap_err();
    }
}
