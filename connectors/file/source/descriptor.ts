import { type Stats, close, fstat, open, read } from 'node:fs';

/** Files through callbacks: for small ones the promises of `fs/promises` would cost more than all the rest. */

export const openToRead = (path: string): Promise<number> =>
  new Promise((resolve, reject) => open(path, 'r', (error, fd) => (error === null ? resolve(fd) : reject(error))));

export const statOf = (fd: number): Promise<Stats> =>
  new Promise((resolve, reject) => fstat(fd, (error, stats) => (error === null ? resolve(stats) : reject(error))));

/** Fills `buffer` from `at` on, or less of it, with what is at `position`; returns how many bytes were there. */
export const readAt = (fd: number, buffer: Buffer, at: number, position: number): Promise<number> =>
  new Promise((resolve, reject) => {
    read(fd, buffer, at, buffer.length - at, position, (error, count) =>
      error === null ? resolve(count) : reject(error),
    );
  });

export const closeFile = (fd: number): Promise<void> =>
  new Promise((resolve, reject) => close(fd, (error) => (error == null ? resolve() : reject(error))));
