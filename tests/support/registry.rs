//! A registry of images on a loopback port: our own fake of the distribution API, with a token for the
//! nameless. It proves what is asked and understood, not what real registries do.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// It ends with the process.
pub struct Registry {
    /// Host and port.
    pub host: String,
    /// Paths that were asked for, in order.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    /// A registry with these images, each for one platform such as `linux/arm64`.
    pub fn with(images: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let pages = Arc::new(pages(images));
        let asked = Arc::new(Mutex::new(vec![]));
        let (own, log) = (host.clone(), asked.clone());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (pages, own, log) = (pages.clone(), own.clone(), log.clone());
                thread::spawn(move || answer(stream, &pages, &own, &log));
            }
        });
        Self { host, asked }
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn pages(images: &[(&str, &str)]) -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for (index, (image, platform)) in images.iter().enumerate() {
        let (name, tag) = image.split_once(':').unwrap();
        let (os, architecture) = platform.split_once('/').unwrap();
        let digest = format!("sha256:{index:064x}");
        pages.insert(
            format!("/v2/{name}/manifests/{tag}"),
            format!(r#"{{"schemaVersion": 2, "config": {{"digest": "{digest}"}}, "layers": []}}"#),
        );
        pages.insert(
            format!("/v2/{name}/blobs/{digest}"),
            format!(r#"{{"os": "{os}", "architecture": "{architecture}"}}"#),
        );
    }
    pages
}

fn answer(
    mut stream: TcpStream,
    pages: &BTreeMap<String, String>,
    host: &str,
    asked: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok);
    let path = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let is_known = headers.iter().any(|line| line.eq_ignore_ascii_case("authorization: Bearer t0"));
    asked.lock().unwrap().push(path.clone());
    let (status, further, body) = if path.starts_with("/token?") {
        ("200 OK", String::new(), r#"{"token": "t0"}"#.to_owned())
    } else if !is_known {
        let challenge = format!(
            "www-authenticate: Bearer realm=\"http://{host}/token\",service=\"fake\",scope=\"repository:x:pull\"\r\n"
        );
        ("401 Unauthorized", challenge, "{}".to_owned())
    } else if let Some(page) = pages.get(&path) {
        ("200 OK", String::new(), page.clone())
    } else {
        ("404 Not Found", String::new(), "{}".to_owned())
    };
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{further}\r\n{body}"
    );
    stream.write_all(reply.as_bytes()).ok()
}
