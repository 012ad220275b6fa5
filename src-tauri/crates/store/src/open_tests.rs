use std::collections::BTreeMap;
use std::sync::Barrier;

use super::*;
use crate::Store;
use crate::samples::mailbox;

/// Every file of a folder with its bytes.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            (path, bytes)
        })
        .collect()
}

/// A folder whose database was made by this program, closed, and then changed like this.
fn changed(change: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    store.mailboxes().insert(&mailbox("a@firma.nl")).unwrap();
    drop(store);
    let connection = Connection::open(dir.path().join(FILE)).unwrap();
    connection.execute_batch(change).unwrap();
    dir
}

#[test]
fn what_was_stored_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("new").join("data");
    let store = Store::open(&data).unwrap();
    let (id, created) = (store.database_id(), store.created());
    store.mailboxes().insert(&mailbox("a@firma.nl")).unwrap();
    drop(store);
    assert_eq!(
        contents(&data).keys().collect::<Vec<_>>(),
        [&data.join(FILE)],
        "nothing but the one file is left when it is closed"
    );
    let store = Store::open(&data).unwrap();
    assert_eq!((store.database_id(), store.created()), (id, created));
    assert_eq!(store.mailboxes().list().unwrap().len(), 1);
    assert_eq!(store.path(), data.join(FILE));
}

#[test]
fn a_newer_database_is_refused_and_stays_as_it_is() {
    let dir = changed(&format!("PRAGMA user_version = {}", KNOWN + 1));
    let before = contents(dir.path());
    let error = Store::open(dir.path()).unwrap_err();
    assert_eq!(
        error,
        StoreError::Newer {
            found: KNOWN + 1,
            known: KNOWN,
            path: dir.path().join(FILE),
        }
    );
    assert!(error.to_string().contains("newer Mailwright"), "{error}");
    assert_eq!(contents(dir.path()), before, "not a byte, not a file");
}

/// A mailbox and a registration as the program of version 1 wrote them.
const OLD_MAILBOX: &str = "
    INSERT INTO registration (id, customer, name, name_key, provider, client_id, tenant, cloud, authority,
        authorize_url, token_url, device_url, revoke_url, scopes, has_secret, secret_expires, redirect_uri)
    SELECT '00000000-0000-4000-8000-000000000002', id, 'ERP mail', 'erp mail', 'microsoft',
        '00001111-aaaa-2222-bbbb-3333cccc4444', '', 'global', '', '', '', '', '', '[]', 1, '2027-01-31', ''
        FROM customer;
    INSERT INTO mailbox (id, customer, address, address_key, account_name, sender_name, sign_in_name, smtp_login,
        provider, sends, receives, auth, registration, grant_id, timeout_ms, status)
    SELECT '00000000-0000-4000-8000-000000000001', id, 'Anna@firma.nl', 'anna@firma.nl', 'Orders', '',
        'anna@firma.nl', 'anna@firma.nl', 'microsoft', 1, 1, 'oauth', NULL, NULL, 30000, 'working' FROM customer;
    INSERT INTO sender (mailbox, position, address, address_key)
    VALUES ('00000000-0000-4000-8000-000000000001', 0, 'anna@firma.nl', 'anna@firma.nl');
    INSERT INTO report (mailbox, started, took_ms, status, proof, checks)
    VALUES ('00000000-0000-4000-8000-000000000001', '2026-11-20T10:00:00.000000000Z', 5, 'working', 'login', '[]');
";

#[test]
fn a_database_of_the_first_version_keeps_all_it_has() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE), "").unwrap();
    let mut old = Connection::open(dir.path().join(FILE)).unwrap();
    schema::migrate_to(&mut old, 1);
    old.execute_batch(OLD_MAILBOX).unwrap();
    let version = |connection: &Connection| -> u32 {
        connection
            .query_one("PRAGMA user_version", [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(version(&old), 1);
    assert!(
        old.execute_batch("SELECT removed FROM mailbox").is_err(),
        "as it was then"
    );
    let id: String = old
        .query_one("SELECT database_id FROM meta", [], |row| row.get(0))
        .unwrap();
    drop(old);

    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.database_id().to_string(), id);
    let kept = store.mailboxes().list().unwrap().remove(0);
    assert_eq!(kept.address.to_string(), "Anna@firma.nl");
    assert_eq!(kept.senders.len(), 1);
    let registration = store.registrations().list().unwrap().remove(0);
    assert!(registration.has_secret && registration.secret_expires.is_some());
    assert_eq!(registration.certificate, None);
    assert!(store.reports().latest(kept.id).unwrap().is_some());
    assert_eq!(store.setups().list(), Ok(Vec::new()));
    assert_eq!(store.mailboxes().removed(), Ok(Vec::new()));
    store
        .mailboxes()
        .take_off(kept.id, jiff::Timestamp::UNIX_EPOCH)
        .unwrap();
    drop(store);
    let raw = Connection::open(dir.path().join(FILE)).unwrap();
    assert_eq!(version(&raw), KNOWN);
    drop(raw);
    let again = Store::open(dir.path()).unwrap();
    assert_eq!(again.mailboxes().removed(), Ok(vec![kept]));
}

#[test]
fn a_newer_format_that_is_still_in_the_log_is_refused_too() {
    let dir = changed("");
    let path = dir.path().join(FILE);
    let connection = Connection::open(&path).unwrap();
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA user_version = {}; UPDATE meta SET created = 'x'",
            KNOWN + 1
        ))
        .unwrap();
    drop(connection);
    let log = dir.path().join(format!("{FILE}-wal"));
    let before = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
    assert!(!before.1.is_empty(), "the change is in the log only");
    assert!(matches!(
        Store::open(dir.path()),
        Err(StoreError::Newer { found, .. }) if found == KNOWN + 1
    ));
    assert_eq!((fs::read(&path).unwrap(), fs::read(&log).unwrap()), before);
}

#[test]
fn what_is_no_database_of_ours_is_refused_and_stays_as_it_is() {
    let not_sqlite = tempfile::tempdir().unwrap();
    fs::write(not_sqlite.path().join(FILE), "name;address\n".repeat(500)).unwrap();
    let short = tempfile::tempdir().unwrap();
    fs::write(short.path().join(FILE), "x").unwrap();
    let other = tempfile::tempdir().unwrap();
    Connection::open(other.path().join(FILE))
        .unwrap()
        .execute_batch("CREATE TABLE cookies (name TEXT); PRAGMA user_version = 1")
        .unwrap();
    for dir in [
        not_sqlite,
        short,
        other,
        changed("PRAGMA application_id = 12345"),
    ] {
        let before = contents(dir.path());
        assert_eq!(
            Store::open(dir.path()).unwrap_err(),
            StoreError::NotADatabase {
                path: dir.path().join(FILE)
            }
        );
        assert_eq!(contents(dir.path()), before);
    }
}

#[test]
fn an_empty_file_is_a_new_database() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join(FILE), "").unwrap();
    assert!(Store::open(dir.path()).is_ok());
}

#[test]
fn a_folder_that_cannot_be_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    match Store::open(&file.join("data")) {
        Err(StoreError::Folder { path, .. }) => assert_eq!(path, file.join("data")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn folder_names_may_hold_anything() {
    let dir = tempfile::tempdir().unwrap();
    let names = if cfg!(windows) {
        vec!["a b", "50%20", "é#x"]
    } else {
        vec!["a b", "50%20", "é#x", "wh?at&immutable=0", "back\\slash"]
    };
    for name in names {
        let data = dir.path().join(name);
        Store::open(&data).unwrap();
        Connection::open(data.join(FILE))
            .unwrap()
            .execute_batch("PRAGMA user_version = 9")
            .unwrap();
        let before = contents(&data);
        assert!(
            matches!(peek(&data.join(FILE)), Err(StoreError::Newer { .. })),
            "{name}"
        );
        assert_eq!(contents(&data), before, "{name}");
    }
}

#[test]
fn several_may_open_a_new_database_at_the_same_moment() {
    for _ in 0..10 {
        let dir = tempfile::tempdir().unwrap();
        let start = Barrier::new(4);
        let ids: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        start.wait();
                        Store::open(dir.path()).unwrap().database_id()
                    })
                })
                .collect();
            threads.into_iter().map(|t| t.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
}

#[test]
fn a_read_of_another_handle_does_not_lose_its_locks_to_a_second_open() {
    let dir = tempfile::tempdir().unwrap();
    let first = Store::open(dir.path()).unwrap();
    first
        .write("holding the database", |_| {
            // Opened and closed while a write is going on: the write must stay alone.
            drop(Store::open(dir.path())?);
            let second = Connection::open(dir.path().join(FILE)).doing("opening")?;
            second.busy_timeout(Duration::ZERO).doing("opening")?;
            assert!(second.execute_batch("BEGIN IMMEDIATE").is_err());
            Ok(())
        })
        .unwrap();
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let store = Store::open(&data).unwrap();
    store.mailboxes().insert(&mailbox("a@firma.nl")).unwrap();
    assert_eq!(mode(&data), 0o700);
    for file in contents(&data).keys() {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    drop(store);
    fs::set_permissions(data.join(FILE), fs::Permissions::from_mode(0o644)).unwrap();
    drop(Store::open(&data).unwrap());
    assert_eq!(mode(&data.join(FILE)), 0o600);
}
