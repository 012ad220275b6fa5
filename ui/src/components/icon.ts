import type { LucideIcon } from '@lucide/svelte';

/** An icon to draw beside words: any component of `@lucide/svelte/icons/`. */
export type Icon = LucideIcon;
