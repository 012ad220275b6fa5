use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use crate::Net;

/// Head start of one address over the next (RFC 8305 section 5, “Connection Attempt Delay”).
const HEAD_START: Duration = Duration::from_millis(250);

/// An open connection.
#[derive(Debug)]
pub struct Connected {
    /// The connection, with Nagle's algorithm off.
    pub stream: TcpStream,
    /// Where it leads.
    pub peer: SocketAddr,
    /// What was noticed about addresses that did not answer, one plain sentence each; never a failure.
    pub notes: Vec<String>,
}

/// Why no address could be connected to. Kind and text are those of the first address, which is the preferred one.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Something answered that nothing listens there.
    #[error("{0} refused the connection")]
    Refused(SocketAddr),
    /// No answer within the limit.
    #[error("{0} did not answer in time")]
    TimedOut(SocketAddr),
    /// No route to the network or host.
    #[error("{address} cannot be reached from this computer: {reason}")]
    Unreachable {
        /// Where to.
        address: SocketAddr,
        /// The operating system's words.
        reason: String,
    },
    /// Any other reason of the operating system.
    #[error("connecting to {address} failed: {reason}")]
    Other {
        /// Where to.
        address: SocketAddr,
        /// The operating system's words.
        reason: String,
    },
    /// There was no address to try.
    #[error("there is no address to connect to")]
    NoAddress,
}

impl Net {
    /// Connects to the first address that answers. Families take turns and each attempt gets 250 ms before the next
    /// one joins (RFC 8305), so that a broken IPv6 costs a quarter of a second and not the whole limit.
    ///
    /// # Errors
    /// None answered within `limit`; says why the preferred one did not.
    pub async fn connect(
        &self,
        addresses: &[IpAddr],
        port: u16,
        limit: Duration,
    ) -> Result<Connected, ConnectError> {
        let deadline = Instant::now() + limit;
        let mut queue = interleave(addresses)
            .into_iter()
            .map(|ip| SocketAddr::new(ip, port))
            .collect::<Vec<_>>()
            .into_iter();
        let preferred = queue
            .as_slice()
            .first()
            .copied()
            .ok_or(ConnectError::NoAddress)?;
        let mut attempts = JoinSet::new();
        let mut failures: Vec<(SocketAddr, io::Error)> = Vec::new();
        loop {
            let next = queue.next();
            if let Some(address) = next {
                attempts.spawn(async move { (address, TcpStream::connect(address).await) });
            }
            let head_start = next.map_or(deadline, |_| (Instant::now() + HEAD_START).min(deadline));
            match timeout_at(head_start, attempts.join_next()).await {
                Ok(Some(Ok((peer, Ok(stream))))) => return Ok(connected(stream, peer, &failures)),
                Ok(Some(Ok((address, Err(error))))) => failures.push((address, error)),
                Ok(Some(Err(_)) | None) if queue.as_slice().is_empty() && attempts.is_empty() => {
                    return Err(first_failure(preferred, failures));
                }
                Err(_) if Instant::now() >= deadline => {
                    return Err(first_failure(preferred, failures));
                }
                Ok(Some(Err(_)) | None) | Err(_) => {}
            }
            if attempts.is_empty() && queue.as_slice().is_empty() {
                return Err(first_failure(preferred, failures));
            }
        }
    }
}

fn connected(
    stream: TcpStream,
    peer: SocketAddr,
    failures: &[(SocketAddr, io::Error)],
) -> Connected {
    // Small commands wait for their answers; holding them back only adds delay. Failing to set it costs just that.
    let _ = stream.set_nodelay(true);
    let notes = failures
        .iter()
        .map(|(address, error)| format!("{} did not work: {error}", address.ip()))
        .collect();
    Connected {
        stream,
        peer,
        notes,
    }
}

fn first_failure(preferred: SocketAddr, failures: Vec<(SocketAddr, io::Error)>) -> ConnectError {
    let mut failures = failures.into_iter();
    let Some((address, error)) = failures.next() else {
        return ConnectError::TimedOut(preferred);
    };
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ConnectError::Refused(address),
        io::ErrorKind::TimedOut => ConnectError::TimedOut(address),
        io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::AddrNotAvailable => ConnectError::Unreachable {
            address,
            reason: error.to_string(),
        },
        _ => ConnectError::Other {
            address,
            reason: error.to_string(),
        },
    }
}

/// Families alternate, each in the resolver's order, IPv6 first where there is one (RFC 8305 section 4).
fn interleave(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let (six, four): (Vec<IpAddr>, Vec<IpAddr>) =
        addresses.iter().copied().partition(IpAddr::is_ipv6);
    let mut out = Vec::with_capacity(addresses.len());
    let (mut six, mut four) = (six.into_iter(), four.into_iter());
    loop {
        let pair = [six.next(), four.next()];
        if pair == [None, None] {
            return out;
        }
        out.extend(pair.into_iter().flatten());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::NetOptions;
    use tokio::net::TcpListener;

    const LIMIT: Duration = Duration::from_secs(5);

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn families_take_turns() {
        let mixed = [ip("1.1.1.1"), ip("1.1.1.2"), ip("::1"), ip("1.1.1.3")];
        assert_eq!(
            interleave(&mixed),
            [ip("::1"), ip("1.1.1.1"), ip("1.1.1.2"), ip("1.1.1.3")]
        );
    }

    #[tokio::test]
    async fn the_other_family_is_tried_when_one_refuses() {
        let net = Net::new(&NetOptions::default()).unwrap();
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let connected = net
            .connect(&[ip("::1"), ip("127.0.0.1")], port, LIMIT)
            .await
            .unwrap();
        assert_eq!(connected.peer.ip(), ip("127.0.0.1"));
        assert_eq!(
            connected.notes.len(),
            1,
            "the family that failed is a note: {:?}",
            connected.notes
        );
    }

    #[tokio::test]
    async fn a_port_nobody_listens_on_is_refused() {
        let net = Net::new(&NetOptions::default()).unwrap();
        let port = {
            let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
            server.local_addr().unwrap().port()
        };
        let error = net
            .connect(&[ip("127.0.0.1")], port, LIMIT)
            .await
            .unwrap_err();
        assert!(matches!(error, ConnectError::Refused(_)), "{error}");
        assert!(matches!(
            net.connect(&[], 1, LIMIT).await,
            Err(ConnectError::NoAddress)
        ));
    }
}
