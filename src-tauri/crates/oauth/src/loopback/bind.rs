use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use mailwright_domain::{Evidence, Fault, Stage};
use tokio::net::TcpListener;

use crate::error::OauthError;
use crate::redirect::Redirect;

/// How often another port is tried. Windows keeps whole ranges of ports for itself, in each family others.
const TRIES: usize = 16;

/// Listeners on one port: the needed address first, then the other family's where there is one.
pub(super) async fn both(redirect: &Redirect) -> Result<(Vec<TcpListener>, u16), OauthError> {
    let mut tries = if redirect.port().is_some() { 1 } else { TRIES };
    loop {
        tries -= 1;
        match once(redirect, tries == 0).await {
            Ok(found) => return Ok(found),
            Err(error) if tries > 0 && is_taken(&error) => {}
            Err(error) => return Err(no_loopback(redirect, &error)),
        }
    }
}

async fn once(redirect: &Redirect, last: bool) -> io::Result<(Vec<TcpListener>, u16)> {
    let asked = SocketAddr::new(redirect.needed(), redirect.port().unwrap_or(0));
    let needed = TcpListener::bind(asked).await?;
    let port = needed.local_addr()?.port();
    match TcpListener::bind(SocketAddr::new(redirect.other(), port)).await {
        Ok(other) => Ok((vec![needed, other], port)),
        // The name may lead the browser, and with it the code, to whoever has the port there. Refused on every port
        // that was tried, it is the family that is forbidden, and nobody can have it.
        Err(error) if redirect.is_by_name() && is_taken(&error) => {
            let forbidden =
                last && redirect.port().is_none() && error.kind() == ErrorKind::PermissionDenied;
            if forbidden {
                Ok((vec![needed], port))
            } else {
                Err(error)
            }
        }
        Err(_) => Ok((vec![needed], port)),
    }
}

/// In use, or kept back by the system (Windows answers 10013 for an excluded range).
fn is_taken(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::AddrInUse | ErrorKind::PermissionDenied
    )
}

fn no_loopback(redirect: &Redirect, error: &io::Error) -> OauthError {
    let text = match (redirect.port(), error.kind()) {
        (Some(port), ErrorKind::AddrInUse) => {
            format!("another program uses port {port} of this computer")
        }
        (Some(port), ErrorKind::PermissionDenied) => {
            format!("this computer does not let Mailwright use port {port}")
        }
        (Some(port), _) => format!("port {port} of this computer cannot be opened: {error}"),
        (None, _) => format!("no port of this computer can be opened: {error}"),
    };
    OauthError::NoLoopback(Box::new(Evidence {
        host: Some(redirect.needed().to_string()),
        port: redirect.port(),
        ..Evidence::fault(Stage::Loopback, Fault::NoLoopback, text)
    }))
}
