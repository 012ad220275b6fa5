// Everything that the page keeps. The last argument is called with it.
const done = arguments[arguments.length - 1];
const promised = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
const database = async ({ name, version }) => {
  const open = await promised(indexedDB.open(name, version));
  const stores = {};
  for (const store of open.objectStoreNames) {
    stores[store] = await promised(open.transaction(store).objectStore(store).getAll());
  }
  open.close();
  return { name, stores };
};
(async () => {
  const databases = indexedDB.databases ? await indexedDB.databases() : [];
  const caches = 'caches' in window ? await window.caches.keys().catch(() => []) : [];
  done({
    local: { ...localStorage },
    session: { ...sessionStorage },
    cookies: document.cookie,
    databases: await Promise.all(databases.map(database)),
    caches,
    history: history.state,
    address: location.href,
  });
})().catch((error) => done({ error: String(error) }));
