//! Every minute: no task stays unfinished because a worker or a message was lost.

use divbase_worker::Wiring;

/// One round of rescue and relay.
pub async fn run(wiring: &Wiring) {
    wiring.runner.rescue().await;
}
