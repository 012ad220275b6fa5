//! A server that is far away: what is said to it, and what it says, takes half a round trip each way.

use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, sleep_until};

use crate::Front;

/// Leads to a port of this computer as if it were on another one.
pub struct Far(Front);

impl Far {
    /// With this round trip; connecting takes one, as TCP does.
    pub fn from(port: u16, round_trip: Duration) -> Self {
        Self(Front::serve(move |near, _| async move {
            // Who leaves early has what was wanted.
            let _ = carry(near, port, round_trip).await;
        }))
    }

    /// Where it is to be found.
    pub fn port(&self) -> u16 {
        self.0.port
    }
}

async fn carry(near: TcpStream, port: u16, round_trip: Duration) -> std::io::Result<()> {
    // It is connected at once; a distant client would have waited for one round trip.
    let connected = Instant::now() + round_trip;
    near.set_nodelay(true)?;
    let (near_read, near_write) = near.into_split();
    let there = held(near_read, connected, round_trip / 2);
    // The server hears of it when the handshake's last packet arrives.
    sleep_until(connected + round_trip / 2).await;
    let distant = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    distant.set_nodelay(true)?;
    let (distant_read, distant_write) = distant.into_split();
    let back = held(distant_read, connected, round_trip / 2);
    tokio::join!(let_go(there, distant_write), let_go(back, near_write));
    Ok(())
}

/// What is read, and when it arrives at the other end.
fn held(
    mut from: OwnedReadHalf,
    connected: Instant,
    half: Duration,
) -> UnboundedReceiver<(Instant, Vec<u8>)> {
    let (sender, queue) = unbounded_channel();
    tokio::spawn(async move {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut bytes).await {
            let sent = Instant::now().max(connected);
            let chunk = bytes.get(..read).unwrap_or_default().to_vec();
            if sender.send((sent + half, chunk)).is_err() {
                return;
            }
        }
    });
    queue
}

async fn let_go(mut queue: UnboundedReceiver<(Instant, Vec<u8>)>, mut to: OwnedWriteHalf) {
    while let Some((at, chunk)) = queue.recv().await {
        sleep_until(at).await;
        if to.write_all(&chunk).await.is_err() {
            return;
        }
    }
}
