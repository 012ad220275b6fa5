import '@fontsource-variable/inter';
import './styles/tokens.css';
import './styles/base.css';

// index.html holds the frame of the first page already. The script of the window, which takes longer to run than that
// frame to paint, is begun with the frame's painting and not before.
requestAnimationFrame(() => {
  void import('./window').then(({ open }) => {
    open();
  });
});
