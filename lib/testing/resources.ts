import { pause } from './compare.js';

/** Kinds of resources that come and go with work that is over in a moment. */
const passing = new Set([
  'FSReqCallback',
  'FSReqPromise',
  'Immediate',
  'TickObject',
  'CloseReq',
  'GetAddrInfoReqWrap',
  'ShutdownWrap',
  'WriteWrap',
]);

function active(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!passing.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/**
 * Takes stock of what keeps the process alive (timers, sockets, watchers). The returned function fails if there is
 * more of it after a short while: something was not closed.
 */
export function takeStock(): () => Promise<void> {
  const before = active();
  return async () => {
    let left: string[] = [];
    for (let tries = 0; tries < 100; tries++) {
      // The timer of the pause itself is over by then.
      await pause(tries === 0 ? 0 : 10);
      left = [...active()].filter(([kind, n]) => n > (before.get(kind) ?? 0)).map(([kind]) => kind);
      if (left.length === 0) return;
    }
    throw new Error(
      `Something is left running after everything was closed: ${left.join(', ')} (as process.getActiveResourcesInfo() names it).`,
    );
  };
}
