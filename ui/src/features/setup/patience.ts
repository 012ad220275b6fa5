import { configure } from '@testing-library/svelte';
import { vi } from 'vitest';

// Whole pages with axe take seconds on a busy machine; a test that waits for what comes is not slower for it.
configure({ asyncUtilTimeout: 15_000 });
vi.setConfig({ testTimeout: 60_000 });
