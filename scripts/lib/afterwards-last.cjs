const { default: Sequencer } = require('@jest/test-sequencer')

const isLast = ({ path }) => path.includes('/afterwards/')

/** Runs the tests of a folder `afterwards`, which check what the others caused, after all others. */
module.exports = class AfterwardsLast extends Sequencer {
  sort(tests) {
    // The method of Jest's class, not that of an array.
    // oxlint-disable-next-line unicorn/no-array-sort
    const sorted = super.sort(tests)
    return [...sorted.filter((test) => !isLast(test)), ...sorted.filter(isLast)]
  }
}
