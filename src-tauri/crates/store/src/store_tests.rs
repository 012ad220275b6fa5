use std::thread;

use mailwright_domain::Status;
use serde_json::json;

use super::*;
use crate::NewChange;
use crate::samples::{history, mailbox, registration, store};

fn number(store: &Store, sql: &str) -> i64 {
    store
        .read("counting", |transaction| {
            transaction.query_one(sql, [], |row| row.get(0))
        })
        .unwrap()
}

#[test]
fn two_handles_see_each_others_work_and_wait_for_each_other() {
    let (dir, first) = store();
    let second = Store::open(&dir.path().join("data")).unwrap();
    assert_eq!(first.database_id(), second.database_id());
    assert_eq!(first.created(), second.created());

    thread::scope(|scope| {
        for (name, store) in [("a", &first), ("b", &second), ("c", &first)] {
            scope.spawn(move || {
                for i in 0..25 {
                    let mailbox = mailbox(&format!("{name}{i}@firma.nl"));
                    store.mailboxes().insert(&mailbox).unwrap();
                    store
                        .durable()
                        .mailboxes()
                        .set_status(mailbox.id, Status::Working)
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(first.mailboxes().list().unwrap().len(), 75);
    assert_eq!(first.mailboxes().list(), second.mailboxes().list());
    assert_eq!(history(&second).len(), 150);
}

#[test]
fn only_a_durable_handle_flushes_the_disk() {
    let (_dir, store) = store();
    let synchronous = |store: &Store| {
        store
            .write("asking", |transaction| {
                transaction
                    .query_one("PRAGMA synchronous", [], |row| row.get::<_, i64>(0))
                    .doing("asking")
            })
            .unwrap()
    };
    assert_eq!(synchronous(&store), 1, "NORMAL");
    assert_eq!(synchronous(&store.durable()), 2, "FULL");
    assert_eq!(synchronous(&store), 1, "NORMAL again");
}

#[test]
fn a_failed_write_leaves_nothing() {
    let (_dir, store) = store();
    let result = store.write("trying", |transaction| {
        transaction
            .execute("UPDATE meta SET created = ''", [])
            .doing("trying")?;
        Err::<(), _>(StoreError::NotFound {
            what: "thing",
            id: "1".to_owned(),
        })
    });
    assert!(result.is_err());
    assert_eq!(
        number(&store, "SELECT count(*) FROM meta WHERE created = ''"),
        0
    );
}

#[test]
fn a_panic_in_one_thread_does_not_close_the_database_for_the_others() {
    let (_dir, store) = store();
    let clone = store.clone();
    let panicked = thread::spawn(move || {
        let _ = clone.write::<()>("failing", |_| panic!("planted"));
    })
    .join();
    assert!(panicked.is_err());
    assert_eq!(store.registrations().insert(&registration("x")), Ok(()));
}

#[test]
fn history_is_newest_first_and_takes_what_happened_elsewhere() {
    let (_dir, store) = store();
    let registration = registration("ERP mail");
    store.registrations().insert(&registration).unwrap();
    let elsewhere = NewChange {
        what: "handed-over".to_owned(),
        subject: registration.id.0,
        name: "ERP mail".to_owned(),
        before: None,
        after: Some(json!({ "to": "iche" })),
    };
    store.changes().append(&elsewhere).unwrap();
    let newest = store.changes().list(1).unwrap();
    assert_eq!(newest.len(), 1);
    assert_eq!(newest[0].what, elsewhere);
    let all = store.changes().list(10).unwrap();
    assert!(all[0].id > all[1].id && all[0].at >= all[1].at);
}

#[test]
fn every_table_is_strict_and_only_references_may_be_null() {
    let (_dir, store) = store();
    assert_eq!(
        number(
            &store,
            "SELECT count(*) FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND strict = 0"
        ),
        0
    );
    let nullable = store
        .read("reading the schema", |transaction| {
            transaction
                .prepare(
                    "SELECT t.name || '.' || c.name AS column FROM sqlite_schema AS t
                     JOIN pragma_table_info(t.name) AS c
                     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.\"notnull\" = 0
                     ORDER BY 1",
                )?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<String>>>()
        })
        .unwrap();
    assert_eq!(
        nullable,
        [
            "mailbox.grant_id",
            "mailbox.registration",
            "setup.grant_id",
            "setup.mailbox"
        ]
    );
}

#[test]
fn no_column_is_meant_for_a_secret() {
    let (_dir, store) = store();
    let suspicious = number(
        &store,
        "SELECT count(*) FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND c.name NOT IN ('has_secret', 'secret_expires', 'token_url')
            AND (c.name LIKE '%secret%' OR c.name LIKE '%token%' OR c.name LIKE '%password%')",
    );
    assert_eq!(suspicious, 0);
}

#[test]
fn there_is_one_customer_without_a_name_and_everything_is_its() {
    let (_dir, store) = store();
    store.mailboxes().insert(&mailbox("a@firma.nl")).unwrap();
    store.registrations().insert(&registration("x")).unwrap();
    assert_eq!(
        number(&store, "SELECT count(*) FROM customer WHERE name = ''"),
        1
    );
    for table in ["mailbox", "registration"] {
        let sql =
            format!("SELECT count(*) FROM {table} JOIN customer ON customer.id = {table}.customer");
        assert_eq!(number(&store, &sql), 1, "{table}");
    }
}

#[test]
fn a_value_that_this_program_does_not_know_is_an_error_with_its_column() {
    let (_dir, store) = store();
    store.mailboxes().insert(&mailbox("a@firma.nl")).unwrap();
    store
        .write("spoiling", |transaction| {
            transaction
                .execute("UPDATE mailbox SET status = 'sleeping'", [])
                .doing("spoiling")
        })
        .unwrap();
    match store.mailboxes().list() {
        Err(StoreError::Damaged { doing, reason }) => {
            assert_eq!(doing, "reading the mailboxes");
            assert!(
                reason.contains("status") && reason.contains("sleeping"),
                "{reason}"
            );
        }
        other => panic!("{other:?}"),
    }
}
