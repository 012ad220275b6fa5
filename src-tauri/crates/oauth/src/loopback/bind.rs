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
    both_with(redirect, TcpListener::bind::<SocketAddr>).await
}

/// The same with another way to listen, for tests: few computers lack a family or a free port.
pub(super) async fn both_with<F>(
    redirect: &Redirect,
    listen: impl Fn(SocketAddr) -> F,
) -> Result<(Vec<TcpListener>, u16), OauthError>
where
    F: Future<Output = io::Result<TcpListener>>,
{
    let mut tries = if redirect.port().is_some() { 1 } else { TRIES };
    loop {
        tries -= 1;
        match once(redirect, tries == 0, &listen).await {
            Ok(found) => return Ok(found),
            Err(error) if tries > 0 && is_taken(&error) => {}
            Err(error) => return Err(no_loopback(redirect, &error)),
        }
    }
}

async fn once<F>(
    redirect: &Redirect,
    last: bool,
    listen: &impl Fn(SocketAddr) -> F,
) -> io::Result<(Vec<TcpListener>, u16)>
where
    F: Future<Output = io::Result<TcpListener>>,
{
    let port = redirect.port().unwrap_or(0);
    let needed = match listen(SocketAddr::new(redirect.needed(), port)).await {
        Ok(needed) => needed,
        // Without that family the name leads to the other one only.
        Err(error) if redirect.is_by_name() && !is_taken(&error) => {
            let other = listen(SocketAddr::new(redirect.other(), port)).await;
            let other = other.map_err(|_| error)?;
            let port = other.local_addr()?.port();
            return Ok((vec![other], port));
        }
        Err(error) => return Err(error),
    };
    let port = needed.local_addr()?.port();
    match listen(SocketAddr::new(redirect.other(), port)).await {
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
