/** A source of your own: the pages of an API, read again after a crash from the page that was not done. */
import { startQuery } from 'sluice';
import { consoleSink, defineSource } from 'sluice/connectors';
import { trigger } from 'sluice/operators';

interface Commit {
  page: number;
  author: string;
}

/** Stands for an HTTP call. */
async function fetchPage(page: number): Promise<Commit[]> {
  await new Promise((resolve) => setTimeout(resolve, 10));
  return ['ada', 'grace', 'edsger'].map((author) => ({ page, author }));
}

/** An offset is the number of the next page; a batch holds at most two pages. */
const commitsSource = ({ pages }: { pages: number }) =>
  defineSource<Commit, number>({
    op: 'commitsSource',
    name: 'commits',
    schema: 'page INT, author STRING',
    supports: { replay: true },
    open: () => ({
      initial: () => 0,
      latest: (start) => Math.min(pages, start + 2),
      read: async (start, end) => {
        const asked = Array.from({ length: end - start }, (_, i) => fetchPage(start + i));
        return (await Promise.all(asked)).flat();
      },
      status: () => ({ latest: pages, ended: true }),
    }),
  });

const commits$ = commitsSource({ pages: 3 }).pipe(trigger({ availableNow: true }));
await startQuery({ from: commits$, to: consoleSink() }).awaitTermination();
