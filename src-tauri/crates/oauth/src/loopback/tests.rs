use std::future::pending;
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use mailwright_domain::{Provider, Registration};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::*;
use crate::fixture::{registration, url};
use crate::pages::Next;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

fn by_name() -> Redirect {
    Redirect::of(&registration(Provider::Microsoft)).unwrap()
}

fn fixed(host: &str, port: u16) -> Redirect {
    let registration = Registration {
        redirect_uri: Some(url(&format!("http://{host}:{port}/cb"))),
        ..registration(Provider::Custom)
    };
    Redirect::of(&registration).unwrap()
}

/// A listener that waits for the state `s`.
async fn waiting() -> (u16, JoinHandle<Result<Callback, OauthError>>) {
    let loopback = Loopback::bind(&by_name()).await.unwrap();
    let port = loopback.port;
    let wait = tokio::spawn(async move { loopback.wait(&Secret::new("s"), WAIT, pending()).await });
    (port, wait)
}

async fn send(ip: IpAddr, port: u16, text: &str) -> TcpStream {
    let mut stream = TcpStream::connect(SocketAddr::new(ip, port)).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

async fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8(answer).unwrap()
}

fn get(target: &str, port: u16) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: */*\r\n\r\n")
}

async fn ask(port: u16, text: &str) -> String {
    read(send(V4, port, text).await).await
}

async fn callback(wait: JoinHandle<Result<Callback, OauthError>>) -> Callback {
    wait.await.unwrap().unwrap()
}

async fn has_ipv6() -> bool {
    TcpListener::bind((V6, 0)).await.is_ok()
}

#[tokio::test]
async fn the_whole_handshake_over_both_families() {
    for ip in [V4, V6] {
        if ip == V6 && !has_ipv6().await {
            continue;
        }
        let (port, wait) = waiting().await;
        let page = send(ip, port, &get("/?code=code-canary&state=s", port)).await;
        let callback = callback(wait).await;
        assert_eq!(callback.code.expose(), "code-canary");
        assert!(!format!("{callback:?}").contains("canary"));
        let done = EndPage::Done {
            signed_in_as: Some("anna@firma.nl".into()),
            next: Next::GoesOn,
        };
        callback.responder.finish(done).await;
        let page = read(page).await;
        assert!(
            page.starts_with("HTTP/1.1 200 OK\r\n") && page.contains("anna@firma.nl"),
            "{page}"
        );
        assert!(!page.contains("canary"), "no code in the page");
        // A reload, by either family.
        assert!(
            ask(port, &get("/?code=code-canary&state=s", port))
                .await
                .starts_with("HTTP/1.1 410 ")
        );
    }
}

#[tokio::test]
async fn foreign_requests_get_a_neutral_page_and_the_right_one_is_still_accepted() {
    let (port, wait) = waiting().await;
    for target in [
        "/?code=c&state=other",
        "/?code=c",
        "/",
        "/?error=access_denied&state=other",
    ] {
        assert!(
            ask(port, &get(target, port))
                .await
                .starts_with("HTTP/1.1 400 "),
            "{target}"
        );
    }
    for target in ["/favicon.ico", "/other?code=c&state=s", "//?code=c&state=s"] {
        assert!(
            ask(port, &get(target, port))
                .await
                .starts_with("HTTP/1.1 404 "),
            "{target}"
        );
    }
    let right = get("/?code=c&state=s", port);
    let strange_host = right.replace("localhost", "evil.example");
    for (text, status) in [
        (right.replace("GET", "POST"), "405"),
        (right.replace("GET", "OPTIONS"), "405"),
        (strange_host, "421"),
        ("\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), "400"),
        (
            get(&format!("/?code={}&state=s", "c".repeat(9000)), port),
            "414",
        ),
        (right.replace("*/*", &"x".repeat(9000)), "431"),
    ] {
        let answer = ask(port, &text).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{status}: {answer}"
        );
    }
    let page = send(V4, port, &right).await;
    let callback = callback(wait).await;
    drop(callback.responder);
    assert!(read(page).await.contains("still working"));
}

#[tokio::test]
async fn of_two_callbacks_one_is_accepted() {
    let (port, wait) = waiting().await;
    let first = send(V4, port, &get("/?code=c&state=s", port)).await;
    let callback = callback(wait).await;
    let second = ask(port, &get("/?code=d&state=s", port)).await;
    assert!(
        second.starts_with("HTTP/1.1 410 ") && second.contains("already used"),
        "{second}"
    );
    assert_eq!(callback.code.expose(), "c");
    callback.responder.finish(EndPage::Cancelled).await;
    assert!(read(first).await.contains("was cancelled"));
}

#[tokio::test]
async fn an_error_comes_back_as_evidence_and_as_a_page() {
    for (query, page, fault, codes) in [
        (
            "error=access_denied&error_subcode=cancel",
            "was cancelled",
            Some(Fault::Cancelled),
            vec![],
        ),
        (
            "error=access_denied&error_description=AADSTS90094%3A+x",
            "did not work",
            None,
            vec![90094],
        ),
    ] {
        let (port, wait) = waiting().await;
        let answer = ask(port, &get(&format!("/?{query}&state=s"), port)).await;
        assert!(answer.contains(page), "{answer}");
        let error = wait.await.unwrap().unwrap_err();
        assert!(matches!(error, OauthError::Denied(_)));
        assert_eq!(
            (error.evidence().fault, &error.evidence().error_codes),
            (fault, &codes)
        );
    }
}

#[tokio::test]
async fn an_approval_is_no_sign_in_and_a_sign_in_no_approval() {
    let loopback = Loopback::bind(&by_name()).await.unwrap();
    let port = loopback.port;
    let wait = tokio::spawn(async move {
        let state = Secret::new("s");
        loopback.wait_for_approval(&state, WAIT, pending()).await
    });
    for foreign in [
        "/?code=c&state=s",
        "/?admin_consent=True&tenant=t-1&state=other",
    ] {
        let page = ask(port, &get(foreign, port)).await;
        assert!(page.contains("Nothing to do here"), "{foreign}: {page}");
    }
    let page = send(
        V4,
        port,
        &get("/?admin_consent=True&tenant=t-1&state=s", port),
    )
    .await;
    let approved = wait.await.unwrap().unwrap();
    assert_eq!(approved.tenant.as_deref(), Some("t-1"));
    let shown = EndPage::Approved {
        organisation: Some("firma.nl".into()),
        then: None,
    };
    approved.responder.finish(shown).await;
    assert!(read(page).await.contains("approved for <b>firma.nl</b>"));

    let loopback = Loopback::bind(&by_name()).await.unwrap();
    let port = loopback.port;
    let wait = tokio::spawn(async move {
        let state = Secret::new("s");
        loopback.wait_for_approval(&state, WAIT, pending()).await
    });
    let page = ask(
        port,
        &get("/?error=access_denied&admin_consent=True&state=s", port),
    )
    .await;
    assert!(page.contains("was not approved"), "{page}");
    let error = wait.await.unwrap().unwrap_err();
    assert_eq!(error.evidence().fault, Some(Fault::ApprovalDeclined));
}

#[tokio::test]
async fn nobody_came_back_and_strangers_are_counted() {
    let (port, wait) = waiting().await;
    for _ in 0..2 {
        ask(port, &get("/?code=c&state=other", port)).await;
    }
    tokio::time::pause(); // an idle runtime moves the clock on by itself
    let error = wait.await.unwrap().unwrap_err();
    let evidence = error.evidence();
    assert_eq!(
        (evidence.stage, evidence.fault),
        (Stage::Loopback, Some(Fault::NobodyCameBack))
    );
    assert_eq!(
        evidence.text,
        "nobody came back from the browser within 300 seconds"
    );
    assert!(
        evidence
            .detail
            .as_deref()
            .unwrap()
            .starts_with("2 requests"),
        "{evidence:?}"
    );
    is_out_of_date(port, "/?code=c&state=s").await;
}

/// The old tab is told so, whatever it brings.
async fn is_out_of_date(port: u16, target: &str) {
    let page = ask(port, &get(target, port)).await;
    assert!(page.starts_with("HTTP/1.1 410 "), "{page}");
    assert!(page.contains("This page is out of date"), "{page}");
    assert!(page.contains("Return to Mailwright"), "{page}");
}

#[tokio::test]
async fn a_wait_can_be_cancelled_and_its_tab_is_told_for_a_minute() {
    let loopback = Loopback::bind(&by_name()).await.unwrap();
    let port = loopback.port;
    let error = loopback
        .wait(&Secret::new("s"), WAIT, async {})
        .await
        .unwrap_err();
    assert!(matches!(error, OauthError::Cancelled(_)));
    assert_eq!(error.evidence().fault, Some(Fault::Cancelled));
    for target in ["/?code=c&state=s", "/?error=access_denied&state=s", "/"] {
        is_out_of_date(port, target).await;
    }
    tokio::time::pause();
    tokio::time::sleep(Duration::from_secs(50)).await;
    is_out_of_date(port, "/?code=c&state=s").await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(
        TcpStream::connect((V4, port)).await.is_err(),
        "the listener is closed"
    );
}

#[tokio::test]
async fn a_dropped_wait_leaves_its_tab_a_page_and_the_new_sign_in_alone() {
    for ip in [V4, V6] {
        if ip == V6 && !has_ipv6().await {
            continue;
        }
        let (old, wait) = waiting().await;
        // So that the wait has begun.
        assert!(ask(old, &get("/", old)).await.starts_with("HTTP/1.1 400 "));
        wait.abort();
        assert!(wait.await.unwrap_err().is_cancelled());
        let (new, wait) = waiting().await;
        let late = read(send(ip, old, &get("/?code=old&state=s", old)).await).await;
        assert!(late.contains("This page is out of date"), "{late}");
        assert!(!wait.is_finished(), "the new sign-in goes on");
        let page = send(ip, new, &get("/?code=new&state=s", new)).await;
        let callback = callback(wait).await;
        assert_eq!(callback.code.expose(), "new");
        callback.responder.finish(EndPage::Cancelled).await;
        assert!(read(page).await.contains("was cancelled"));
    }
}

#[tokio::test]
async fn a_cancelled_sign_in_on_a_fixed_port_gives_way_to_the_next_one() {
    let port = Loopback::bind(&by_name()).await.unwrap().port;
    let redirect = fixed("localhost", port);
    for _ in 0..2 {
        let loopback = Loopback::bind(&redirect).await.unwrap();
        let wait = loopback.wait(&Secret::new("old"), WAIT, async {}).await;
        assert!(matches!(wait, Err(OauthError::Cancelled(_))));
        is_out_of_date(port, "/cb?code=c&state=old").await;
        assert!(
            Loopback::probe(&redirect).await.is_ok(),
            "it would give way"
        );
        is_out_of_date(port, "/cb?code=c&state=old").await;
    }
    let loopback = Loopback::bind(&redirect).await.unwrap();
    let state = Secret::new("new");
    let wait = tokio::spawn(async move { loopback.wait(&state, WAIT, pending()).await });
    let late = ask(port, &get("/cb?code=old&state=old", port)).await;
    assert!(late.contains("Nothing to do here"), "{late}");
    let page = send(V4, port, &get("/cb?code=c&state=new", port)).await;
    assert_eq!(callback(wait).await.code.expose(), "c");
    assert!(read(page).await.contains("still working"));
}

#[tokio::test]
async fn an_answer_that_comes_with_the_cancelling_is_out_of_date_too() {
    let (cancel, cancelled) = tokio::sync::oneshot::channel::<()>();
    let loopback = Loopback::bind(&by_name()).await.unwrap();
    let port = loopback.port;
    let state = Secret::new("s");
    let mut wait = Box::pin(loopback.wait(&state, WAIT, async {
        let _ = cancelled.await;
    }));
    tokio::select! {
        biased;
        _ = &mut wait => panic!("nobody came yet"),
        () = tokio::task::yield_now() => {}
    }
    // The listener takes the answer while nobody looks at the wait; then the wait is dropped.
    let page = send(V4, port, &get("/?code=c&state=s", port)).await;
    while ask(port, &get("/", port))
        .await
        .starts_with("HTTP/1.1 400 ")
    {}
    drop((wait, cancel));
    let page = read(page).await;
    assert!(page.contains("This page is out of date"), "{page}");
}

#[tokio::test]
async fn a_probe_says_whether_a_sign_in_could_listen_and_leaves_nothing() {
    let here = if has_ipv6().await {
        Families::Both
    } else {
        Families::Ipv4
    };
    assert_eq!(Loopback::probe(&by_name()).await.unwrap(), here);
    let taken = TcpListener::bind((V4, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let redirect = fixed("127.0.0.1", port);
    assert!(Loopback::probe(&redirect).await.is_err());
    drop(taken);
    for _ in 0..2 {
        assert!(Loopback::probe(&redirect).await.is_ok());
    }
}

#[tokio::test]
async fn the_page_waits_fifteen_seconds_and_the_listener_a_minute() {
    let (port, wait) = waiting().await;
    // Before the page is asked for: it waits from the moment that it was, and clocks differ in how finely they tick.
    let started = tokio::time::Instant::now();
    let page = send(V4, port, &get("/?code=c&state=s", port)).await;
    let callback = callback(wait).await;
    tokio::time::pause();
    let page = read(page).await;
    assert!(page.contains("still working"), "{page}");
    assert!(started.elapsed() >= PAGE_WAIT, "{:?}", started.elapsed());
    callback.responder.finish(EndPage::Cancelled).await; // too late, and harmless
    tokio::time::sleep(Duration::from_secs(50)).await;
    assert!(ask(port, &get("/", port)).await.contains("already used"));
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert!(
        TcpStream::connect((V4, port)).await.is_err(),
        "the listener is closed"
    );
}

#[tokio::test]
async fn slow_and_many_connections_do_not_stop_a_sign_in() {
    let (port, wait) = waiting().await;
    let slow = send(V4, port, "GET /?code=c").await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect((V4, port)).await.unwrap());
    }
    tokio::time::pause();
    assert!(read(slow).await.starts_with("HTTP/1.1 408 "));
    let page = send(V4, port, &get("/?code=c&state=s", port)).await;
    let callback = callback(wait).await;
    callback.responder.finish(EndPage::Cancelled).await;
    assert!(read(page).await.contains("was cancelled"));
}

#[tokio::test]
async fn a_taken_fixed_port_is_a_clear_error() {
    let taken = TcpListener::bind((V4, 0)).await.unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = Loopback::bind(&fixed("127.0.0.1", port)).await.unwrap_err();
    assert!(matches!(error, OauthError::NoLoopback(_)));
    assert_eq!(
        error.to_string(),
        format!("another program uses port {port} of this computer")
    );
    assert_eq!(
        (error.evidence().fault, error.evidence().port),
        (Some(Fault::NoLoopback), Some(port))
    );
}

#[tokio::test]
async fn a_stranger_on_the_other_family_would_get_the_code_by_name() {
    let Ok(taken) = TcpListener::bind((V6, 0)).await else {
        return; // no IPv6 on this computer, no stranger
    };
    let port = taken.local_addr().unwrap().port();
    assert!(Loopback::bind(&fixed("localhost", port)).await.is_err());
    assert!(
        Loopback::bind(&fixed("127.0.0.1", port)).await.is_ok(),
        "by address nobody else is reached"
    );
}

/// Listens as on a computer where one family cannot be bound, and says why not.
async fn without(family: IpAddr, kind: ErrorKind, address: SocketAddr) -> io::Result<TcpListener> {
    if address.ip() == family {
        return Err(kind.into());
    }
    TcpListener::bind(address).await
}

/// A whole sign-in over the one listener that there is.
async fn signs_in_by(ip: IpAddr, listeners: Vec<TcpListener>, port: u16) {
    let loopback = Loopback {
        listeners,
        redirect: by_name(),
        port,
    };
    assert_eq!(
        loopback.redirect_uri(),
        format!("http://localhost:{port}"),
        "the name leads the browser to the family that there is"
    );
    let wait = tokio::spawn(async move { loopback.wait(&Secret::new("s"), WAIT, pending()).await });
    let page = send(ip, port, &get("/?code=c&state=s", port)).await;
    let callback = callback(wait).await;
    callback.responder.finish(EndPage::Cancelled).await;
    assert!(read(page).await.contains("was cancelled"));
}

#[tokio::test]
async fn a_computer_with_one_family_does_with_it() {
    for (missing, there, only) in [(V6, V4, Families::Ipv4), (V4, V6, Families::Ipv6)] {
        if there == V6 && !has_ipv6().await {
            continue;
        }
        let listen = |address| without(missing, ErrorKind::AddrNotAvailable, address);
        let (listeners, port) = bind::both_with(&by_name(), listen).await.unwrap();
        assert_eq!(families(&listeners), only);
        signs_in_by(there, listeners, port).await;
    }
    // An address is an address: without its family nobody can come back to it.
    let by_address = fixed("127.0.0.1", 8400);
    let listen = |address| without(V4, ErrorKind::AddrNotAvailable, address);
    let error = bind::both_with(&by_address, listen).await.unwrap_err();
    assert_eq!(error.evidence().fault, Some(Fault::NoLoopback));
}

#[tokio::test]
async fn a_family_that_is_forbidden_on_every_port_is_done_without() {
    let listen = |address| without(V6, ErrorKind::PermissionDenied, address);
    let (listeners, port) = bind::both_with(&by_name(), listen).await.unwrap();
    assert_eq!(families(&listeners), Families::Ipv4);
    signs_in_by(V4, listeners, port).await;
}

#[tokio::test]
async fn where_no_port_is_left_the_error_says_so_after_some_tries() {
    for kind in [ErrorKind::AddrInUse, ErrorKind::PermissionDenied] {
        for (taken, redirect, tries) in [
            (V4, by_name(), 16),
            (V4, fixed("127.0.0.1", 8400), 1),
            (V4, fixed("localhost", 8400), 1),
        ] {
            let asked = std::cell::Cell::new(0);
            let listen = |address| {
                asked.set(asked.get() + 1);
                without(taken, kind, address)
            };
            let error = bind::both_with(&redirect, listen).await.unwrap_err();
            assert_eq!(asked.get(), tries, "{kind} {redirect:?}");
            assert!(matches!(error, OauthError::NoLoopback(_)));
            assert_eq!(error.evidence().port, redirect.port());
            assert!(error.to_string().contains("this computer"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_port_that_only_the_other_family_lacks_is_given_up_for_another() {
    let asked = std::cell::Cell::new(0);
    let listen = |address: SocketAddr| {
        let in_use = address.ip() == V6 && asked.replace(asked.get() + 1) < 3;
        let missing = if in_use {
            V6
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        };
        without(missing, ErrorKind::AddrInUse, address)
    };
    if has_ipv6().await {
        let (listeners, _) = bind::both_with(&by_name(), listen).await.unwrap();
        assert_eq!(families(&listeners), Families::Both);
        assert_eq!(asked.get(), 4);
    }
}

#[tokio::test]
async fn a_fixed_port_is_free_again_for_the_next_sign_in() {
    let port = Loopback::bind(&by_name()).await.unwrap().port;
    for round in 0..3 {
        let loopback = Loopback::bind(&fixed("localhost", port)).await.unwrap();
        assert_eq!(
            loopback.redirect_uri(),
            format!("http://localhost:{port}/cb")
        );
        let state = Secret::new("s");
        let wait = tokio::spawn(async move { loopback.wait(&state, WAIT, pending()).await });
        let page = send(V4, port, &get("/cb?code=c&state=s", port)).await;
        let callback = callback(wait).await;
        if round != 1 {
            callback.responder.finish(EndPage::Cancelled).await;
            assert!(read(page).await.contains("was cancelled"));
        }
    }
}

#[test]
fn a_registered_query_is_kept() {
    let redirect = fixed("localhost", 8400);
    assert_eq!(redirect.uri(8400), "http://localhost:8400/cb");
    assert_eq!(redirect.request_path(), "/cb");
}
