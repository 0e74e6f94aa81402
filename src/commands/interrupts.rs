//! SIGINT and SIGTERM, counted from the start of a command on, so that none is lost between two parts
//! of it.

use std::sync::LazyLock;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How many have come so far.
static COUNT: LazyLock<watch::Sender<u32>> = LazyLock::new(|| watch::channel(0).0);

/// Catches signals from now on; they no longer end the program by themselves.
pub(super) fn catch() {
    let mut interrupt = listen(SignalKind::interrupt());
    let mut terminate = listen(SignalKind::terminate());
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            COUNT.send_modify(|count| *count += 1);
        }
    });
}

fn listen(kind: SignalKind) -> Signal {
    signal(kind).expect("the runtime handles signals")
}

/// Waits for the first one, which may have come already.
pub(super) async fn first() {
    at_least(1).await;
}

/// Waits for the second one: somebody does not want to wait any longer.
pub(super) async fn second() {
    at_least(2).await;
}

async fn at_least(wanted: u32) {
    let mut count = COUNT.subscribe();
    count
        .wait_for(|count| *count >= wanted)
        .await
        .expect("the sender lives as long as the program");
}
