document.querySelector('h1').textContent = await window.__TAURI_INTERNALS__.invoke('app_info');
