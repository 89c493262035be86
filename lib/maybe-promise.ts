/** A value now or later. What can be had at once is, so that pipelines of synchronous parts run in virtual time. */
export type MaybePromise<T> = T | PromiseLike<T>;

export function isPromise<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Goes on with the value: at once if it is there, else when it comes. What `use` throws goes to `fail`, too. */
export function whenReady<T>(
  make: () => MaybePromise<T>,
  use: (value: T) => void,
  fail: (error: unknown) => void,
): void {
  let value: MaybePromise<T>;
  try {
    value = make();
  } catch (error) {
    fail(error);
    return;
  }
  if (isPromise(value)) {
    value.then(use).then(undefined, fail);
    return;
  }
  try {
    use(value);
  } catch (error) {
    fail(error);
  }
}

/** All values in order: at once if all are there. */
export function all<T>(values: readonly MaybePromise<T>[]): MaybePromise<T[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as T[]);
}

/** `use(value)`, now or later. */
export function chain<T, R>(value: MaybePromise<T>, use: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return isPromise(value) ? value.then(use) : use(value);
}
