//! Running a server with one runtime for each core.

use std::num::NonZero;
use std::thread::{available_parallelism, scope};

use tokio::runtime::Builder;
use tokio::sync::watch;

use crate::error::{Error, Result};

/// Runs `work` on as many threads as there are cores, each with its own single-threaded tokio
/// runtime. `work` receives the number of the core, starting with 0. Returns when the work of all
/// cores is done.
///
/// A connection then stays on one core. With [`Server::reuse_port`](crate::net::Server::reuse_port)
/// the system distributes connections among the cores by their addresses, not by load. So a
/// multi-threaded runtime balances better for few connections, or if a few connections do most of
/// the work. Use a fixed port, because port 0 would be a different port on each core. Limits apply
/// to each server, so a limit on connections applies per core.
///
/// ```no_run
/// use framewright::net::per_core;
/// use framewright::prelude::*;
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Text { #[len_prefixed] text: String }
///
/// fn main() -> framewright::Result<()> {
///     per_core(async |_| Server::new(async |text: Text| text).reuse_port().bind("127.0.0.1:8888").await?.serve().await)
/// }
/// ```
///
/// # Errors
/// Returns the error of the first core that fails, after the work of the other cores is dropped.
/// [`Error::Io`] if the threads cannot be started.
///
/// # Panics
/// Panics if `work` panics on one core, after the other cores are stopped.
pub fn per_core(work: impl AsyncFn(usize) -> Result<()> + Sync) -> Result<()> {
    let cores = available_parallelism().map_or(1, NonZero::get);
    let (stop, _) = watch::channel(false);
    scope(|threads| {
        let cores = (0..cores).map(|core| {
            let (work, stop) = (&work, &stop);
            std::thread::Builder::new().name(format!("core {core}")).spawn_scoped(threads, move || {
                let mut others = StopsAll { stop, done: false };
                let done = run(work(core), stop.subscribe());
                others.done = done.is_ok();
                done
            })
        });
        let mut started = Vec::new();
        for core in cores {
            match core {
                Ok(core) => started.push(core),
                Err(error) => {
                    stop.send_replace(true);
                    return Err(Error::Io(error));
                }
            }
        }
        // A core that was stopped because of another core returns `Ok`.
        started.into_iter().try_for_each(|core| match core.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// Runs the work of a core until it ends, or until all cores are stopped.
fn run(work: impl Future<Output = Result<()>>, mut stopped: watch::Receiver<bool>) -> Result<()> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        tokio::select! {
            done = work => done,
            _ = stopped.wait_for(|stopped| *stopped) => Ok(()),
        }
    })
}

/// Stops all cores when this one fails or panics.
struct StopsAll<'a> {
    stop: &'a watch::Sender<bool>,
    done: bool,
}

impl Drop for StopsAll<'_> {
    fn drop(&mut self) {
        if !self.done {
            self.stop.send_replace(true);
        }
    }
}
