import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HostError } from '../../host/gateway';
import { Saver } from './saver.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('saving what is typed', () => {
  it('waits for the last letter', async () => {
    let text = '';
    const save = vi.fn(() => Promise.resolve());
    const saver = new Saver(() => text, save);
    for (const letter of 'anna') {
      text += letter;
      saver.touch();
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(save).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(400);
    expect(save).toHaveBeenCalledOnce();
  });

  it('makes one call at a time and saves what was typed meanwhile', async () => {
    let text = 'a';
    const ends: (() => void)[] = [];
    const saved: string[] = [];
    const saver = new Saver(
      () => text,
      () => {
        saved.push(text);
        return new Promise<void>((resolve) => ends.push(resolve));
      },
    );
    const first = saver.flush();
    text = 'ab';
    const second = saver.flush();
    const third = saver.flush();
    expect(saved).toEqual(['a']);
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(saved).toEqual(['a', 'ab']);
    ends[1]?.();
    expect(await Promise.all([first, second, third])).toEqual([true, true, true]);
    expect(saved).toEqual(['a', 'ab']);
  });

  it('says that it failed, keeps it to be saved, and forgets the failure once it is', async () => {
    let fails = true;
    const saver = new Saver(
      () => 'text',
      () => (fails ? Promise.reject(new HostError('storage', 'The disk is full.')) : Promise.resolve()),
    );
    expect(await saver.flush()).toBe(false);
    expect(saver.error?.message).toBe('The disk is full.');
    fails = false;
    expect(await saver.flush()).toBe(true);
    expect(saver.error).toBeNull();
  });
});
