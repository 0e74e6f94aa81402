//! A reverse proxy before `moto_server`, which says what moto cannot: it answers some operations as AWS
//! documents them, changes replies, and lets others wait or get lost. What is proved with it is what
//! ecsctl makes of such replies, not that AWS gives them.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value as Json, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A call that passes.
#[derive(Clone, Debug)]
pub struct Call {
    /// `DescribeServices`
    pub operation: String,
    /// Of a JSON protocol; parameters by name of the query protocol.
    pub body: Json,
}

/// What becomes of a call.
pub enum Answer {
    /// moto answers.
    Pass,
    Json(Json),
    Xml(String),
    /// Status, code and message of an error in the JSON protocol.
    Error(u16, &'static str, String),
    /// moto gets it after this time.
    Wait(Duration),
    /// moto gets it, and the reply never arrives.
    Lost,
}

/// What a proxy says.
pub trait Script: Send {
    fn answer(&mut self, _call: &Call) -> Answer {
        Answer::Pass
    }

    /// Changes moto's reply.
    fn change(&mut self, _call: &Call, _reply: &mut Json) {}
}

/// A server on a port of its own, ended with its owner.
pub struct Proxy {
    pub url: String,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

struct Shared {
    upstream: String,
    script: Mutex<Box<dyn Script>>,
    calls: Mutex<BTreeMap<String, u64>>,
    client: Client<hyper_util::client::legacy::connect::HttpConnector, Full<Bytes>>,
}

impl Proxy {
    pub fn before(upstream: &str, script: impl Script + 'static) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let shared = Arc::new(Shared {
            upstream: upstream.trim_end_matches('/').to_owned(),
            script: Mutex::new(Box::new(script)),
            calls: Mutex::default(),
            client: Client::builder(TokioExecutor::new()).build_http(),
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = shared.clone();
        runtime.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let shared = served.clone();
                let serve = service_fn(move |request| serve(shared.clone(), request));
                tokio::spawn(async move {
                    // A client that goes away is none of the proxy's business.
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), serve)
                        .await;
                });
            }
        });
        Self { url, shared, runtime: Some(runtime) }
    }

    /// Says something else from now on.
    pub fn say(&self, script: impl Script + 'static) {
        *self.shared.script() = Box::new(script);
    }

    /// How often an operation was asked for.
    pub fn count(&self, operation: &str) -> u64 {
        self.shared.calls.lock().unwrap().get(operation).copied().unwrap_or(0)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Tests are asynchronous, and nothing there may wait for threads.
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    fn script(&self) -> MutexGuard<'_, Box<dyn Script>> {
        self.script.lock().unwrap()
    }
}

type Reply = Response<Full<Bytes>>;

async fn serve(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Reply, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let call = call(&head, &body);
    *shared.calls.lock().unwrap().entry(call.operation.clone()).or_default() += 1;
    let answer = shared.script().answer(&call);
    let is_lost = matches!(answer, Answer::Lost);
    match answer {
        Answer::Pass | Answer::Lost => {}
        Answer::Wait(time) => tokio::time::sleep(time).await,
        Answer::Json(reply) => return Ok(of_json(200, &reply)),
        Answer::Xml(reply) => return Ok(reply_of(200, "text/xml", reply)),
        Answer::Error(status, code, message) => {
            return Ok(of_json(status, &json!({"__type": code, "message": message})));
        }
    }
    let mut reply = forward(&shared, head, body).await;
    if is_lost {
        std::future::pending::<()>().await;
    }
    if let Ok(mut read) = serde_json::from_slice::<Json>(reply.body()) {
        shared.script().change(&call, &mut read);
        *reply.body_mut() = Bytes::from(read.to_string());
    }
    let (mut head, body) = reply.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    Ok(Response::from_parts(head, Full::new(body)))
}

async fn forward(
    shared: &Shared,
    head: hyper::http::request::Parts,
    body: Bytes,
) -> Response<Bytes> {
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request =
        Request::builder().method(head.method).uri(format!("{}{path}", shared.upstream));
    // The host's header too: it is signed.
    for (name, value) in &head.headers {
        request = request.header(name, value);
    }
    let reply = shared.client.request(request.body(Full::new(body)).unwrap()).await.unwrap();
    let (head, body) = reply.into_parts();
    Response::from_parts(head, body.collect().await.unwrap().to_bytes())
}

fn call(head: &hyper::http::request::Parts, body: &[u8]) -> Call {
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    if let Some((_, operation)) = target.and_then(|target| target.rsplit_once('.')) {
        let body = serde_json::from_slice(body).unwrap_or_default();
        return Call { operation: operation.to_owned(), body };
    }
    let parameters: BTreeMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
    let action = parameters.get("Action").cloned();
    let operation = action.unwrap_or_else(|| format!("{} {}", head.method, head.uri.path()));
    Call { operation, body: json!(parameters) }
}

fn of_json(status: u16, body: &Json) -> Reply {
    reply_of(status, "application/x-amz-json-1.1", body.to_string())
}

fn reply_of(status: u16, content_type: &str, body: String) -> Reply {
    let reply = Response::builder().status(status).header(CONTENT_TYPE, content_type);
    reply.body(Full::new(Bytes::from(body))).unwrap()
}
