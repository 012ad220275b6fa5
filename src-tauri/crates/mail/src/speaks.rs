//! Whether a server speaks its protocol with protection, found out without signing in.

use std::time::Duration;

use mailwright_domain::{CheckId, Endpoint, Secret, Security};
use mailwright_net::Net;
use tokio::sync::mpsc::unbounded_channel;
use tokio::time::timeout;

use crate::climb::Climb;
use crate::open::Context;
use crate::transcript::Log;
use crate::{Credential, Findings, Target, ladder};

/// Climbs a server's ladder up to the step before the sign-in: name, connection, greeting, TLS with a certificate that
/// is trusted, and what is offered under it, a way to sign in included. `limit` is for all of it. There is no credential that could be sent, and
/// a server without protection is no answer: false without a connection, for any mode but TLS and STARTTLS.
pub async fn speaks(net: &Net, endpoint: &Endpoint, limit: Duration) -> bool {
    if !matches!(endpoint.security, Security::Tls | Security::Starttls) {
        return false;
    }
    let target = Target {
        endpoint: endpoint.clone(),
        login: String::new(),
        sender: None,
        more_senders: Vec::new(),
        recipient: None,
        known_folders: Vec::new(),
        timeout: limit,
        allow_plain: false,
    };
    let nothing = Credential::OAuth(Secret::new(String::new()));
    let log = Log::new(nothing.secret());
    let (events, _) = unbounded_channel();
    let mut climb = Climb::new(&target.endpoint, nothing.kind(), log.clone(), &events)
        .ending_before(CheckId::Authenticate);
    let mut context = Context::new(net, &target, &nothing, log);
    let mut found = Findings::default();
    let climbing = ladder(&mut context, &mut climb, &mut found);
    // Where it ended is in the climb.
    let _ = timeout(limit, climbing).await;
    climb.has_ended_there() && !found.offers_no_sign_in
}
