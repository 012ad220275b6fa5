//! When a program has painted its window, seen from the screen: nothing is asked of the program.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use tokio::time::sleep;
use x11rb::connection::Connection;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, Window as Id};
use x11rb::rust_connection::RustConnection;

use crate::Outcome;
use crate::window::until;

/// A page that paints nothing for so long has painted everything.
const SILENCE: Duration = Duration::from_millis(700);
const LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(1);
/// Text has edges in many shades; an empty page has one colour.
const SHADES: usize = 8;
/// The part of the screen that is looked at, around its middle.
const PART: (i16, i16, u16, u16) = (60, 30, 700, 480);

/// Times since the program was started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Painted {
    /// Something could be read.
    pub first: Duration,
    /// What can be seen did not change any more.
    pub all: Duration,
}

/// Watches one display.
pub struct Eye {
    connection: RustConnection,
    root: Id,
}

impl Eye {
    /// Opens it.
    pub fn open(display: &str) -> Outcome<Self> {
        let (connection, number) = RustConnection::connect(Some(display))?;
        let root = connection
            .setup()
            .roots
            .get(number)
            .ok_or("no screen")?
            .root;
        connection.damage_query_version(1, 1)?.reply()?;
        let damage = connection.generate_id()?;
        connection
            .damage_create(damage, root, ReportLevel::RAW_RECTANGLES)?
            .check()?;
        Ok(Self { connection, root })
    }

    /// Looks from the start of a program until nothing changes any more.
    pub async fn watch(&self, started: Instant) -> Outcome<Painted> {
        let mut first = None;
        let mut last = (started, Vec::new());
        while started.elapsed() < LIMIT {
            if self.changed()? {
                let now = Instant::now();
                let part = self.part()?;
                if part != last.1 {
                    if first.is_none() && has_text(&part) {
                        first = Some(now);
                    }
                    last = (now, part);
                }
            } else if let Some(first) = first
                && last.0.elapsed() > SILENCE
            {
                return Ok(Painted {
                    first: first - started,
                    all: last.0 - started,
                });
            } else {
                sleep(PAUSE).await;
            }
        }
        Err("nothing was painted".into())
    }

    /// Waits until every window is gone from the screen.
    pub async fn until_nothing_is_left(&self) -> Outcome<()> {
        until("the screen is empty", async || {
            let part = self.part()?;
            Ok((!has_text(&part)).then_some(()))
        })
        .await
    }

    /// Whether anything was painted since the last question.
    fn changed(&self) -> Outcome<bool> {
        let mut changed = false;
        while self.connection.poll_for_event()?.is_some() {
            changed = true;
        }
        Ok(changed)
    }

    fn part(&self) -> Outcome<Vec<u8>> {
        let (x, y, width, height) = PART;
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, !0)?
            .reply()?;
        Ok(image.data)
    }
}

fn has_text(part: &[u8]) -> bool {
    let shades: HashSet<&[u8]> = part.chunks_exact(4).map(|pixel| &pixel[..3]).collect();
    shades.len() > SHADES
}
