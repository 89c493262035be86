export { type BatchOptions, type MarbleRow, TestQuery, batch, deliver } from './batch.js';
export { type ExpectedError } from './compare.js';
export { type CountedStep, type CrashPoint, type StepCount, countSteps, crashAt, crashEnv, failAt } from './crash.js';
export { type ExpectedSettlement, expectHeld, expectSettled } from './expect-settled.js';
export {
  type BatchMarbles,
  type MarbleHelpers,
  type MarbleOptions,
  type SubscriptionFrames,
  marbles,
} from './marbles.js';
export { type OperatorSuiteOptions, operatorSuite } from './operator-suite.js';
export { type Places } from './places.js';
export { type TestRunner } from './runner.js';
export { type Given, type Pipeline, type Step, type TestStreamOptions } from './script.js';
export { type SinkSuiteOptions, type SinkSupports, sinkSuite } from './sink-suite.js';
export { type SourceSuiteOptions, type SourceSupports, sourceSuite } from './source-suite.js';
export {
  type ExpectRowsOptions,
  type Feedable,
  addData,
  advanceBy,
  advanceTo,
  execute,
  expectBatches,
  expectEnd,
  expectError,
  expectLateRows,
  expectNewRows,
  expectProgress,
  expectRows,
  expectState,
  expectStateOperators,
  expectWatermark,
  start,
  stop,
} from './steps.js';
export { testStream } from './test-stream.js';
