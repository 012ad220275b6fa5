import '@testing-library/jest-dom/vitest';

// jsdom has no dialogs; these open and close as far as tests can see.
HTMLDialogElement.prototype.showModal = function () {
  this.open = true;
};
HTMLDialogElement.prototype.close = function () {
  this.open = false;
  this.dispatchEvent(new Event('close'));
};

// Nothing is painted in jsdom either: there is no canvas, and that is said on every look unless somebody else says it.
HTMLCanvasElement.prototype.getContext = () => null;
