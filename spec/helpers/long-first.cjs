const Sequencer = require('@jest/test-sequencer').default;

/** Specs that start processes and brokers, and wait for them. */
const isLong = ({ path, context }) =>
  /samples|crash|kafka|memory|interop/.test(path.slice(context.config.rootDir.length));

/**
 * The order of the spec files: the long ones first, so that no worker is left with one at the end. Jest knows them by
 * its last run; where there was none, as in CI, it goes by the size of the files, which says little.
 */
module.exports = class LongFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    return [...sorted.filter(isLong), ...sorted.filter((test) => !isLong(test))];
  }
};
