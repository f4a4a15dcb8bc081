//! The gateway. It prints each position as a line of JSON.

#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use framewright::net::{Limits, Malformed, Serves};
use framewright::{Close, CloseReason, Conn, DecodeError, Handler, Result, Server};
use framewright_examples::{EACH, Flood, interrupted, log, say};
use tokio::time::Instant;

#[cfg(unix)]
use crate::line::{self, Line};
use crate::protocol::{Answer, Body, Packet, Position};

#[derive(clap::Args, Debug)]
pub struct Gateway {
    /// The time in seconds within which a tracker must log in
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    login: u64,
    /// The time in seconds without a packet after which a tracker is disconnected
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    silence: u64,
    /// The tracker on the serial line. A gateway on TCP has none.
    #[arg(skip)]
    on_line: Option<OnLine>,
    /// Logins with another IMEI than that of the tracker.
    #[arg(skip)]
    changed: Flood,
}

/// The tracker that has logged in on a serial line. It is kept when noise ends the connection, because
/// the tracker does not know of that, and forgotten when the device cannot be opened.
#[derive(Clone, Debug, Default)]
struct OnLine(Arc<Mutex<Option<Tracker>>>);

impl OnLine {
    fn replace(&self, tracker: Option<Tracker>) -> Option<Tracker> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), tracker)
    }
}

impl Default for Gateway {
    fn default() -> Self {
        Self { login: 10, silence: 300, on_line: None, changed: Flood::new() }
    }
}

pub async fn serve(address: &str, gateway: Gateway) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    server(gateway).bind(address).await?.serve_until(stop).await
}

pub fn server(gateway: Gateway) -> Server<impl Serves> {
    Server::new(gateway).limits(limits())
}

/// Serves one tracker on a serial line. If the line is closed or has too much noise, opens it again
/// as soon as the device is there.
///
/// # Errors
/// Returns an error if the line cannot be opened the first time.
#[cfg(unix)]
pub async fn serve_line(path: &Path) -> Result<()> {
    log("info");
    let mut stop = pin!(interrupted()?);
    // A tracker on a serial line cannot reconnect, so it is never disconnected for being silent.
    let on_line = OnLine::default();
    let gateway =
        Gateway { login: u64::MAX, silence: u64::MAX, on_line: Some(on_line.clone()), ..Gateway::default() };
    let server = Server::new(gateway).limits(limits().idle(None));
    let mut line = line::open(path)?;
    loop {
        tracing::info!("listening on {}", path.display());
        let served_and_opened = async {
            server.serve_connection(line).await?;
            Ok::<_, framewright::Error>(open_again(path, &on_line).await)
        };
        line = tokio::select! {
            opened = served_and_opened => opened?,
            () = &mut stop => return Ok(()),
        };
    }
}

/// Opens a serial line as soon as that succeeds. Only the first error is logged.
#[cfg(unix)]
async fn open_again(path: &Path, on_line: &OnLine) -> Line {
    let mut logged = false;
    loop {
        tokio::time::sleep(PAUSE).await;
        match line::open(path) {
            Ok(line) => return line,
            Err(error) if !logged => tracing::warn!("{} cannot be opened: {error}", path.display()),
            Err(_) => {}
        }
        // The device was unplugged. Another tracker may be connected when it is back.
        on_line.replace(None);
        logged = true;
    }
}

/// The time before a serial line is opened again.
#[cfg(unix)]
const PAUSE: Duration = Duration::from_millis(500);

/// Returns limits for packets of at most 260 bytes. The frame limit is much larger, because it also
/// limits the search for a packet in noise. How long a tracker may be silent is limited by
/// `keep_alive`.
fn limits() -> Limits {
    Limits::new().frame(64 * 1024).per_address(EACH).first_frame_time(None)
}

#[derive(Debug)]
pub struct Tracker {
    imei: String,
}

impl Handler for Gateway {
    type In<'a> = Packet;
    type Out = Answer;
    type State = Option<Tracker>;

    async fn open(&self, conn: &mut Conn<Answer>) -> Result<Option<Tracker>, Close> {
        conn.deadline(Instant::now().checked_add(Duration::from_secs(self.login)));
        Ok(self.on_line.as_ref().and_then(|on_line| on_line.replace(None)))
    }

    async fn frame(
        &self,
        conn: &mut Conn<Answer>,
        tracker: &mut Option<Tracker>,
        packet: Packet,
    ) -> Result<(), Close> {
        match (packet.body, tracker) {
            (Body::Login { imei }, tracker) => {
                let imei: String = imei.iter().map(|byte| format!("{byte:02x}")).collect();
                // A client can send logins at any rate, so not all of them are logged.
                match tracker {
                    None => tracing::info!("{imei} has logged in"),
                    Some(before) if before.imei != imei => self.changed.happened(|count| {
                        tracing::info!(
                            "{imei} has logged in after {} ({count} such logins since the last line)",
                            before.imei
                        );
                    }),
                    Some(_) => {}
                }
                *tracker = Some(Tracker { imei });
                conn.deadline(None);
                conn.keep_alive(Duration::from_secs(self.silence));
                conn.send(Answer::new(0x01, packet.serial))?;
            }
            (_, None) => return Err("the tracker has not logged in".into()),
            (Body::Position(position), Some(tracker)) => say(tracker.json(&position)),
            (Body::Heartbeat { .. }, Some(_)) => conn.send(Answer::new(0x13, packet.serial))?,
            (Body::Other(kind, _), Some(_)) => tracing::debug!("a packet of kind {kind:#04x}"),
        }
        Ok(())
    }

    async fn closed(&self, tracker: Option<Tracker>, _: CloseReason) {
        if let Some(on_line) = &self.on_line {
            on_line.replace(tracker);
        }
    }

    /// Searches for the next packet, because the line is noisy.
    fn malformed(&self, _: &mut Conn<Answer>, _: &mut Option<Tracker>, _: &DecodeError) -> Malformed<Answer> {
        Malformed::Resync
    }
}

impl Tracker {
    fn json(&self, position: &Position) -> String {
        let [year, month, day, hour, minute, second] = position.time;
        let (latitude, longitude) = position.degrees();
        format!(
            "{{\"imei\": \"{}\", \"time\": \"20{year:02}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z\", \
             \"latitude\": {latitude:.6}, \"longitude\": {longitude:.6}, \"speed\": {}, \"course\": {}, \"satellites\": {}}}",
            self.imei, position.speed, position.course, position.satellites
        )
    }
}
