import type { Component } from 'svelte';

/** An icon to draw beside words: any component of `@lucide/svelte/icons/`, given no more than the built window draws. */
export type Icon = Component<{ class?: string; strokeWidth?: number; 'aria-hidden'?: 'true' }>;
