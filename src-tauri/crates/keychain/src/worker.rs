use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use zeroize::Zeroizing;

use crate::{KeychainError, SecretStore, Vault};

pub(crate) type Job = Box<dyn FnOnce(&Vault) + Send>;

const RUNNING: u8 = 0;
const ABANDONED: u8 = 1;
const ENDED: u8 = 2;

/// One thread that does what may block. Dropping this lets it finish its queue and end; nobody ever joins it, so the
/// process ends without waiting for it.
pub(crate) struct Worker {
    jobs: Sender<Job>,
    state: Arc<AtomicU8>,
    stuck: Arc<AtomicUsize>,
}

impl Worker {
    /// Starts a worker. `stuck` counts the abandoned ones that have not come back.
    pub(crate) fn start(
        store: Arc<dyn SecretStore>,
        stuck: Arc<AtomicUsize>,
    ) -> Result<Self, KeychainError> {
        let (jobs, queue) = channel::<Job>();
        let state = Arc::new(AtomicU8::new(RUNNING));
        let ending = Ending {
            state: Arc::clone(&state),
            stuck: Arc::clone(&stuck),
        };
        let vault = Vault::new(Arc::new(UntilAbandoned {
            store,
            state: Arc::clone(&state),
        }));
        thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || run(&queue, &vault, ending))
            .map_err(|e| KeychainError::Other(format!("no thread could be started: {e}")))?;
        Ok(Self { jobs, state, stuck })
    }

    /// Hands over a job. False if the worker has ended.
    pub(crate) fn give(&self, job: Job) -> bool {
        self.jobs.send(job).is_ok()
    }

    /// Gives up on a worker that hangs. What it is doing now may still take effect; nothing after that does.
    pub(crate) fn abandon(self) {
        self.stuck.fetch_add(1, Ordering::SeqCst);
        if self.state.swap(ABANDONED, Ordering::SeqCst) == ENDED {
            self.stuck.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

fn run(queue: &Receiver<Job>, vault: &Vault, ending: Ending) {
    let _ending = ending;
    while let Ok(job) = queue.recv() {
        job(vault);
    }
}

/// Notes the end of a worker, by panic too.
struct Ending {
    state: Arc<AtomicU8>,
    stuck: Arc<AtomicUsize>,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if self.state.swap(ENDED, Ordering::SeqCst) == ABANDONED {
            self.stuck.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// A store that no longer does anything once its worker was abandoned: a call that comes back late must not overwrite
/// what its successor has written meanwhile.
struct UntilAbandoned {
    store: Arc<dyn SecretStore>,
    state: Arc<AtomicU8>,
}

impl UntilAbandoned {
    fn check(&self) -> Result<&dyn SecretStore, KeychainError> {
        if self.state.load(Ordering::SeqCst) == ABANDONED {
            return Err(KeychainError::TimedOut);
        }
        Ok(self.store.as_ref())
    }
}

impl SecretStore for UntilAbandoned {
    fn get(&self, account: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.check()?.get(account)
    }

    fn set(&self, account: &str, value: &[u8]) -> Result<(), KeychainError> {
        self.check()?.set(account, value)
    }

    fn delete(&self, account: &str) -> Result<(), KeychainError> {
        self.check()?.delete(account)
    }

    fn name(&self) -> &'static str {
        self.store.name()
    }
}
