//! A listener on loopback whose connections follow scripts.

use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::script::follow;

/// A running server; it ends with the test.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// Everything the clients sent, and what did not fit the script.
    heard: Arc<Mutex<Vec<String>>>,
    problems: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Server {
    /// The first connection follows the first script, and so on; the last script also serves all later ones.
    pub(crate) async fn start(scripts: &[&str], tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scripts: Vec<String> = scripts.iter().map(|s| (*s).to_owned()).collect();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let problems = Arc::new(Mutex::new(Vec::new()));
        let (ears, notes) = (Arc::clone(&heard), Arc::clone(&problems));
        let task = tokio::spawn(async move {
            for at in 0.. {
                let Ok((stream, _)) = listener.accept().await else {
                    return;
                };
                let script = scripts[at.min(scripts.len() - 1)].clone();
                let (tls, ears, notes) = (tls.clone(), Arc::clone(&ears), Arc::clone(&notes));
                tokio::spawn(async move {
                    if let Err(problem) = follow(Box::new(stream), &script, tls, &ears).await {
                        notes.lock().unwrap().push(problem);
                    }
                });
            }
        });
        Self {
            port,
            heard,
            problems,
            task,
        }
    }

    /// All that was heard so far, one line each.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// Fails the test where a client said something that the script did not expect.
    pub(crate) fn check(&self) {
        let problems = self.problems.lock().unwrap();
        assert!(problems.is_empty(), "{problems:?}");
    }
}
