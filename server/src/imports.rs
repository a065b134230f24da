//! Works files off that people have sent, beside the worker: a large one holds nothing else up.
use std::time::Duration;

use market::imports::commands;
use market::kernel::Store;
use tokio::time::sleep;

/// How often it looks for files.
const LOOK: Duration = Duration::from_millis(500);

/// Works until the process ends.
pub async fn run(store: Store) {
    loop {
        match commands::work_off(&store).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(fault) => {
                tracing::error!(
                    "Working a file off failed: {}",
                    app::trouble::causes(&fault)
                );
            }
        }
        sleep(LOOK).await;
    }
}
