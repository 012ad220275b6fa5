use mailwright_domain::Secret;
use tokio::io::DuplexStream;
use tokio::time::sleep;

use super::*;

const LIMIT: Duration = Duration::from_secs(10);

fn driver() -> (Driver, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(1024);
    let log = Log::new(&Secret::new("secret"));
    let mut driver = Driver::new(Box::new(ours), log);
    driver.begin(LIMIT);
    (driver, theirs)
}

#[tokio::test]
async fn lines_end_in_crlf_or_lf_and_may_come_in_pieces() {
    let (mut driver, mut server) = driver();
    let writing = async {
        for piece in ["on", "e\r", "\ntwo\n\r\nthr", "ee\r\nrest"] {
            server.write_all(piece.as_bytes()).await.unwrap();
        }
        drop(server);
    };
    let reading = async {
        for expected in ["one", "two", "", "three"] {
            assert_eq!(driver.line().await, Ok(expected.as_bytes().to_vec()));
        }
        assert_eq!(driver.line().await, Err(WireError::Closed));
        assert_eq!(driver.unfinished(), b"rest");
    };
    tokio::join!(writing, reading);
}

#[tokio::test(start_paused = true)]
async fn a_byte_a_second_does_not_prolong_the_limit() {
    let (mut driver, mut server) = driver();
    let began = Instant::now();
    let dripping = async move {
        while server.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        line = driver.line() => assert_eq!(line, Err(WireError::TimedOut)),
        () = dripping => panic!("the driver reads on"),
    }
    assert_eq!(began.elapsed(), LIMIT);
}

#[tokio::test(start_paused = true)]
async fn a_line_a_second_does_not_prolong_the_limit_either() {
    let (mut driver, mut server) = driver();
    let began = Instant::now();
    let dripping = async move {
        while server.write_all(b"x\r\n").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    };
    let reading = async {
        loop {
            if let Err(error) = driver.line().await {
                return error;
            }
        }
    };
    tokio::select! {
        error = reading => assert_eq!(error, WireError::TimedOut),
        () = dripping => panic!("the driver reads on"),
    }
    assert_eq!(began.elapsed(), LIMIT);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_read_cannot_hold_us() {
    let (mut driver, _server) = driver();
    let much = vec![b'x'; 10_000];
    assert_eq!(driver.send(&much, "much").await, Err(WireError::TimedOut));
}

#[tokio::test]
async fn bytes_and_lines_are_counted_for_each_step() {
    let (mut driver, mut server) = driver();
    let writing = async move {
        while server
            .write_all(&[b"x".repeat(1000), b"\n".to_vec()].concat())
            .await
            .is_ok()
        {}
    };
    let reading = async move {
        let mut lines = 0;
        loop {
            match driver.line().await {
                Ok(_) => lines += 1,
                Err(error) => return (lines, error),
            }
        }
    };
    let ((lines, error), ()) = tokio::join!(reading, writing);
    assert!(matches!(error, WireError::TooMuch(_)), "{error}");
    assert!(
        (250..300).contains(&lines),
        "256 KiB are about {lines} lines"
    );
}

#[tokio::test]
async fn a_connection_is_given_away_for_tls_only_when_nothing_is_left_over() {
    let (mut driver, mut server) = driver();
    server.write_all(b"220 go\r\n250 more").await.unwrap();
    assert_eq!(driver.line().await, Ok(b"220 go".to_vec()));
    assert!(driver.take_for_tls().is_err());
    let (mut driver, mut server) = self::driver();
    server.write_all(b"220 go\r\n").await.unwrap();
    assert_eq!(driver.line().await, Ok(b"220 go".to_vec()));
    assert!(driver.take_for_tls().is_ok());
    assert_eq!(
        driver.line().await,
        Err(WireError::Closed),
        "nothing is read in between"
    );
}
