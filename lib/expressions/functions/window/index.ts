import type { AnyFunction } from '../define.js';
import { sessionWindow } from './session-window.js';
import { timeWindow } from './time-window.js';
import { windowTime } from './window-time.js';

export const windowFunctions: readonly AnyFunction[] = [timeWindow, sessionWindow, windowTime];
